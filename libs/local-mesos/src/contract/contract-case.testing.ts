import type { TestFramework, TestFrameworkOptions } from './test-framework.testing.js';
import type { RawFramework } from './raw-framework.testing.js';
import type { Answer } from './requests.testing.js';

export interface ContractContext {
  readonly master: string;
  /** Subscribes; torn down after the case. */
  framework(options?: TestFrameworkOptions): Promise<TestFramework>;
  /** Subscribes by hand; torn down after the case. */
  raw(): Promise<RawFramework>;
  /** A call of the operator API, in JSON. */
  operator(type: string, body?: object): Promise<Answer>;
  /** The same, from its JSON. */
  operatorText(body: string): Promise<Answer>;
  readonly agents: AgentControl;
}

/** What a case may do to agents, by id. */
export interface AgentControl {
  /** As `kill -9` of the agent's process. */
  kill(agentId: string): Promise<void>;
  /** Resolves when it is on its way; it registers by itself. */
  restart(agentId: string): Promise<void>;
}

export interface ContractCase {
  readonly name: string;
  /** Why it cannot run on the real Mesos of test/rigs/mesos. */
  readonly notOnRig?: string;
  run(context: ContractContext): Promise<void>;
}
