import { withSpan } from '@carillon/service-runtime';
import type { Apis } from '../generated/apis.js';
import { answering, beforeDeadline, deadlineIn } from './deadline.js';
import { type ApiName, apiOf, callOf } from './methods.js';

/**
 * An API within one process: the same deadlines and spans as through gRPC, the same objects on both sides (so neither
 * side may change them).
 */
export function directBinding<Name extends ApiName>(
  name: Name,
  implementation: Apis[Name],
  options: { deadlineMs?: number } = {},
): Apis[Name] {
  return apiOf(name, (method) => {
    const call = callOf(implementation, method);
    return (request) =>
      withSpan(method.spanName, { 'rpc.system': 'direct', ...method.attributes }, () => {
        const deadline = deadlineIn(options.deadlineMs ?? method.deadlineMs);
        return beforeDeadline(
          deadline,
          method.spanName,
          answering(deadline, () => call(request)),
        );
      });
  });
}
