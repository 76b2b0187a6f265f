import { CarillonError, type ErrorKind, isCarillonError, unavailable } from '@carillon/event-sourcing';
import { type GrpcStatus, grpcStatusOf } from '@carillon/service-runtime';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { deadlineExceeded } from './deadline.js';

const errorKey = 'carillon-error-bin';
/** HTTP/2 peers limit the size of all headers together; Node's is 64 KiB before base64. */
const maxErrorBytes = 32_768;
const maxMessageChars = 2_000;

const statuses: Readonly<Record<GrpcStatus, status>> = {
  3: status.INVALID_ARGUMENT,
  5: status.NOT_FOUND,
  9: status.FAILED_PRECONDITION,
  10: status.ABORTED,
  13: status.INTERNAL,
  14: status.UNAVAILABLE,
};

/** What a failed call answers: an expected failure whole, in trailing metadata; a bug only as what it is. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const code = statuses[grpcStatusOf(error)];
  if (!isCarillonError(error)) return { code, details: 'internal error: see the log of the service' };
  const metadata = new Metadata();
  metadata.set(errorKey, Buffer.from(errorJson(error)));
  return { code, details: error.message.slice(0, maxMessageChars), metadata };
}

function errorJson({ kind, code, message, details }: CarillonError): string {
  const whole = JSON.stringify({ kind, code, message, details });
  if (Buffer.byteLength(whole) <= maxErrorBytes) return whole;
  const short = { kind, code, message: message.slice(0, maxMessageChars) };
  const room = maxErrorBytes - Buffer.byteLength(JSON.stringify(short)) - sparedBytes;
  const { problems } = details;
  return JSON.stringify({
    ...short,
    details: { truncated: true, ...(Array.isArray(problems) ? { problems: fitting(problems, room) } : {}) },
  });
}

/** For the rest of the details and the problem that tells how many there are. */
const sparedBytes = 200;

/** The problems that fit, in their order, and a last one that tells how many there are in all. */
function fitting(problems: readonly unknown[], room: number): unknown[] {
  let left = room;
  const told = problems.filter((problem) => {
    const bytes = Buffer.byteLength(JSON.stringify(problem)) + 1;
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
  const message = `These are ${told.length} of ${problems.length} problems; the others do not fit into the answer.`;
  return [...told, { path: [], message }];
}

/** What the caller of a failed call gets to see: the failure of the other side, or that the other side is away. */
export function fromServiceError(error: ServiceError, call: string, address: string): Error {
  const carried = error.metadata.get(errorKey)[0];
  if (Buffer.isBuffer(carried)) return carriedError(carried, error);
  switch (error.code) {
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return unavailable(
        'serviceUnavailable',
        `${call}: no answer from ${address} (${error.details})`,
        error,
        {
          address,
        },
      );
    case status.DEADLINE_EXCEEDED:
      return deadlineExceeded(`${call} at ${address}`, error);
    // Nothing is wrong with a request that we let through and cannot hand on, or whose answer we cannot.
    case status.RESOURCE_EXHAUSTED:
      return new Error(`${call} is more than gRPC takes: ${error.details}`, { cause: error });
    default:
      return new Error(`${call} at ${address} failed: ${error.details}`, { cause: error });
  }
}

function carriedError(json: Buffer, cause: ServiceError): CarillonError {
  const { kind, code, message, details } = JSON.parse(json.toString()) as {
    kind: ErrorKind;
    code: string;
    message: string;
    details: Record<string, unknown>;
  };
  return new CarillonError(kind, code, message, details, cause);
}
