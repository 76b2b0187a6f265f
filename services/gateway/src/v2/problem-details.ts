import { isCarillonError } from '@carillon/event-sourcing';
import { httpStatusOf } from '@carillon/service-runtime';
import { ClientError } from '../metronome/client-error.js';
import { type Asked, type ErrorAnswer, UNAVAILABLE } from '../metronome/error-bodies.js';
import type { Problem } from '../metronome/problems.js';

/** Every failure as RFC 9457 says it. `code` is stable; `title` and `detail` are for people. */
export function problemDetails(error: unknown, { path }: Asked): ErrorAnswer {
  if (!isCarillonError(error)) {
    const status = error instanceof ClientError ? error.status : httpStatusOf(error);
    const detail = error instanceof ClientError ? { detail: error.message } : {};
    return {
      status,
      body: { type: 'about:blank', title: titleOf(status), status, ...detail, instance: path },
    };
  }
  const { kind, code, message, details } = error;
  const status = STATUSES[code] ?? httpStatusOf(error);
  const detail = kind === 'unavailable' ? UNAVAILABLE : message + (WAYS_OUT[code] ?? '');
  const problems = Array.isArray(details['problems'])
    ? { problems: (details['problems'] as Problem[]).map(presentProblem) }
    : {};
  const body = {
    type: 'about:blank',
    title: titleOf(status),
    status,
    code,
    detail,
    instance: path,
    ...problems,
  };
  return { status, body };
}

/** The place in the body as a JSON pointer (RFC 6901). */
const presentProblem = ({ path, message }: Problem) => ({
  pointer: path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  detail: message,
});

/** Where it is not that of the kind of error. */
const STATUSES: Readonly<Record<string, number>> = {
  revisionChanged: 412,
  idempotencyKeyUsed: 422,
  runIdInvalid: 422,
};

/** What the caller can do about it, where another route or parameter is the answer. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  activeRuns: '; stopRuns=true stops them',
};

const titleOf = (status: number) => TITLES[status] ?? 'Request failed';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
