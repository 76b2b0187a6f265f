import type { TestFramework, TestFrameworkOptions } from './test-framework.testing.js';

export interface ContractContext {
  readonly master: string;
  /** Subscribes; torn down after the case. */
  framework(options?: TestFrameworkOptions): Promise<TestFramework>;
}

export interface ContractCase {
  readonly name: string;
  /** Why it cannot run on the real Mesos of test/rigs/mesos. */
  readonly notOnRig?: string;
  run(context: ContractContext): Promise<void>;
}
