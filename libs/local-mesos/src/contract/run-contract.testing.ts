import { describe, it } from 'vitest';
import { agentLoss, draining } from './cases/agents.testing.js';
import { badRequests } from './cases/bad-requests.testing.js';
import { badTasks } from './cases/bad-tasks.testing.js';
import { calls } from './cases/calls.testing.js';
import { frameworks } from './cases/frameworks.testing.js';
import { groups } from './cases/groups.testing.js';
import { kills } from './cases/kills.testing.js';
import { lifeOfTasks } from './cases/life-of-tasks.testing.js';
import { maintenance, takenDown } from './cases/maintenance.testing.js';
import { offers } from './cases/offers.testing.js';
import { operations } from './cases/operations.testing.js';
import { operatorEvents } from './cases/operator-events.testing.js';
import { operator } from './cases/operator.testing.js';
import { sandboxes } from './cases/sandboxes.testing.js';
import { subscriptions } from './cases/subscriptions.testing.js';
import { updates } from './cases/updates.testing.js';
import type { AgentControl, ContractCase, ContractContext } from './contract-case.testing.js';
import { RawFramework } from './raw-framework.testing.js';
import { operatorCall, postJson } from './requests.testing.js';
import { TestFramework } from './test-framework.testing.js';

/** In this order: the last ones leave agents behind that are gone. */
const suites: Readonly<Record<string, readonly ContractCase[]>> = {
  'life of tasks': lifeOfTasks,
  'what a task sees': sandboxes,
  kills,
  'bad tasks': badTasks,
  'task groups': groups,
  updates,
  offers,
  'operations on resources': operations,
  subscriptions,
  frameworks,
  calls,
  'bad requests': badRequests,
  operator,
  'events for operators': operatorEvents,
  maintenance,
  draining,
  'loss of agents': agentLoss,
  'machines taken down': takenDown,
};

/** A Mesos with two agents of 4 cpus and 4096 MB, with an attribute `rack`. */
export interface ContractSubject {
  readonly master: string;
  readonly agents: AgentControl;
}

/** What local Mesos and a real one must agree on. */
export function runContract(subject: () => ContractSubject, on: 'local' | 'real'): void {
  for (const [suite, cases] of Object.entries(suites)) {
    describe(suite, () => {
      for (const contractCase of cases) {
        const { name, notOnRig } = contractCase;
        const skipped = on === 'real' && notOnRig !== undefined;
        if (skipped) process.stdout.write(`not on the rig: ${name}: ${notOnRig}\n`);
        it.skipIf(skipped)(skipped ? `${name} (not on the rig: ${notOnRig})` : name, async () => {
          await runCase(contractCase, subject());
        });
      }
    });
  }
}

async function runCase(contractCase: ContractCase, { master, agents }: ContractSubject): Promise<void> {
  const subscribed: TestFramework[] = [];
  const raw: RawFramework[] = [];
  const context: ContractContext = {
    master,
    agents,
    framework: async (options) => {
      const framework = await TestFramework.subscribed(master, options);
      subscribed.push(framework);
      return framework;
    },
    raw: async () => {
      const framework = await RawFramework.subscribed(master);
      raw.push(framework);
      return framework;
    },
    operator: (type, body) => operatorCall(master, type, body),
    operatorText: (body) => postJson(master, '/api/v1', body),
  };
  try {
    await contractCase.run(context);
  } finally {
    await Promise.allSettled(subscribed.map((framework) => framework.tearDown()));
    await Promise.allSettled(raw.map((framework) => framework.close()));
  }
}
