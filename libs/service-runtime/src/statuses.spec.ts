import { concurrencyConflict, domainError, invalid, notFound, unavailable } from '@carillon/event-sourcing';
import { expect, test } from 'vitest';
import { grpcStatusOf, httpStatusOf, logLevelOf } from './statuses.js';

test.each([
  [invalid('a', 'a'), 422, 3, 'debug'],
  [notFound('a', 'a'), 404, 5, 'debug'],
  [domainError('a', 'a'), 409, 9, 'info'],
  [concurrencyConflict('job-a', 1), 409, 10, 'info'],
  [unavailable('a', 'a'), 503, 14, 'warn'],
  [new TypeError('a bug'), 500, 13, 'error'],
])('%s has one status per edge', (error, http, grpc, level) => {
  expect([httpStatusOf(error), grpcStatusOf(error), logLevelOf(error)]).toEqual([http, grpc, level]);
});
