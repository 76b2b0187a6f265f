import { domainError, invalid, notFound, unavailable } from '@carillon/event-sourcing';
import { ClientError } from '../metronome/client-error.js';
import { problemDetails } from './problem-details.js';

/** What a status of a problem says, and an error that is answered so. */
const PROBLEMS: Readonly<Record<number, { readonly says: string; readonly error: unknown }>> = {
  400: {
    says: 'A parameter, or the syntax of the body, is wrong',
    error: new ClientError(400, "query limit '5000': must be a whole number from 1 to 1000"),
  },
  404: {
    says: 'There is no such job, schedule, run, revision or dead letter; `code` says which',
    error: notFound('jobNotFound', 'Job not found'),
  },
  409: {
    says: 'What is there does not allow it; `code` says why',
    error: domainError('activeRuns', 'job team.report has active runs'),
  },
  412: {
    says: 'The job has changed since the version in If-Match',
    error: domainError('revisionChanged', 'The job has changed: it is at revision 7 now'),
  },
  413: { says: 'The body is too large', error: new ClientError(413, 'Request Entity Too Large') },
  415: {
    says: 'The body is not said to be JSON: Content-Type: application/json',
    error: new ClientError(415, 'Expecting text/json or application/json body'),
  },
  422: {
    says: 'The body breaks rules: `problems` has every one with its place',
    error: invalid('jobInvalid', 'Object is not valid', {
      problems: [
        { path: ['schedules', 0, 'timezone'], message: 'No time zone found with this id: "Europe/Roma"' },
        { path: ['run', 'mem'], message: '1 is smaller than required minimum value of 32.' },
      ],
    }),
  },
  429: {
    says: 'Too many requests of one principal: again after as many seconds as Retry-After says',
    error: new ClientError(429, 'Too many requests'),
  },
  500: { says: 'A bug: the log has it under the X-Request-Id', error: new Error('a bug') },
  503: {
    says: 'A part of Carillon is away: again after as many seconds as Retry-After says',
    error: unavailable('databaseUnavailable', 'the database does not answer'),
  },
};

const nameOf = (status: number | string) => `Problem${status}`;

/** Of an operation that may answer these statuses. */
export const problemReferences = (statuses: readonly number[]) =>
  Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }] as const),
  );

/** What is referred to: in words, and as it is answered. */
export const problemResponses = () =>
  Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, { says, error }]) => {
      const example = problemDetails(error, { path: '/v2/jobs/team.report' }).body;
      const schema = { $ref: '#/components/schemas/Problem' };
      const content = { 'application/problem+json': { schema, example } };
      return [nameOf(status), { description: says, content }] as const;
    }),
  );
