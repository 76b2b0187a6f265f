import { isCarillonError } from '@carillon/event-sourcing';
import { httpStatusOf } from '@carillon/service-runtime';
import { ClientError } from '../metronome/client-error.js';
import { type Asked, type ErrorAnswer, UNAVAILABLE } from '../metronome/error-bodies.js';

/** Every failure as RFC 9457 says it. `code` is stable; `title` and `detail` are for people. */
export function problemDetails(error: unknown, { path }: Asked): ErrorAnswer {
  const status = error instanceof ClientError ? error.status : httpStatusOf(error);
  const title = TITLES[status] ?? 'Request failed';
  if (isCarillonError(error)) {
    const { kind, code, message } = error;
    const detail = kind === 'unavailable' ? UNAVAILABLE : message;
    return { status, body: { type: 'about:blank', title, status, code, detail, instance: path } };
  }
  const detail = error instanceof ClientError ? { detail: error.message } : {};
  return { status, body: { type: 'about:blank', title, status, ...detail, instance: path } };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
