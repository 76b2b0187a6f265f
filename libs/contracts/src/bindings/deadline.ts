import { AsyncLocalStorage } from 'node:async_hooks';
import { unavailable } from '@carillon/event-sourcing';

/** The call that is being answered. Work that outlives it, such as a loop it awakened, is not bound by its deadline. */
interface AnsweredCall {
  readonly deadline: number;
  over: boolean;
}

const answered = new AsyncLocalStorage<AnsweredCall>();

export const defaultDeadlineMs = 10_000;

/** When a call made now has to be over: within its own limit and within the call that it is part of. */
export function deadlineIn(deadlineMs: number): number {
  const outer = answered.getStore();
  const own = Date.now() + deadlineMs;
  return outer === undefined || outer.over ? own : Math.min(own, outer.deadline);
}

/** Answers a call: the calls made on the way end with it. */
export async function answering<T>(deadline: number, work: () => Promise<T>): Promise<T> {
  const call: AnsweredCall = { deadline, over: false };
  try {
    return await answered.run(call, work);
  } finally {
    call.over = true;
  }
}

/** Waits for the work until the deadline. The work itself is not stopped: what it does may still come about. */
export async function beforeDeadline<T>(deadline: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(deadlineExceeded(what)), deadline - Date.now());
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const deadlineExceeded = (what: string, cause?: unknown) =>
  unavailable('deadlineExceeded', `${what} took longer than its deadline`, cause);
