import { type ErrorKind, isCarillonError } from '@carillon/event-sourcing';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** gRPC status codes that Carillon uses. */
export type GrpcStatus = 3 | 5 | 9 | 10 | 13 | 14;

interface Statuses {
  readonly http: number;
  readonly grpc: GrpcStatus;
  readonly level: LogLevel;
}

const BY_KIND: Readonly<Record<ErrorKind, Statuses>> = {
  invalid: { http: 422, grpc: 3 /* INVALID_ARGUMENT */, level: 'debug' },
  notFound: { http: 404, grpc: 5 /* NOT_FOUND */, level: 'debug' },
  domain: { http: 409, grpc: 9 /* FAILED_PRECONDITION */, level: 'info' },
  conflict: { http: 409, grpc: 10 /* ABORTED */, level: 'info' },
  unavailable: { http: 503, grpc: 14 /* UNAVAILABLE */, level: 'warn' },
};

const BUG: Statuses = { http: 500, grpc: 13 /* INTERNAL */, level: 'error' };

/** The one table from what went wrong to how each edge says it. Anything that is no CarillonError is a bug. */
const statusesOf = (error: unknown): Statuses => (isCarillonError(error) ? BY_KIND[error.kind] : BUG);

export const httpStatusOf = (error: unknown): number => statusesOf(error).http;
export const grpcStatusOf = (error: unknown): GrpcStatus => statusesOf(error).grpc;
export const logLevelOf = (error: unknown): LogLevel => statusesOf(error).level;
