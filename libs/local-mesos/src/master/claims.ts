import { isTerminal, type Task } from '../agent/task.js';
import type { Allocation, Allocator } from './allocator.js';

/** Which tasks have their resources allocated: each is claimed and released once. */
export class Claims {
  readonly #allocator: Allocator;
  readonly #claimed = new Set<Task>();

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
  }

  /** The allocator counts them already: they were part of an offer. */
  adopt(task: Task): void {
    this.#claimed.add(task);
  }

  claim(task: Task): void {
    if (this.#claimed.has(task) || isTerminal(task.latest.state)) return;
    this.#claimed.add(task);
    this.#allocator.claim(allocation(task));
  }

  release(task: Task): void {
    if (this.#claimed.delete(task)) this.#allocator.recover(allocation(task));
  }

  has(task: Task): boolean {
    return this.#claimed.has(task);
  }
}

function allocation({ launched, role, resources }: Task): Allocation {
  return { agentId: launched.info.agentId.value, frameworkId: launched.frameworkId, role, resources };
}
