import { describe, it } from 'vitest';
import { badRequests } from './cases/bad-requests.testing.js';
import { badTasks } from './cases/bad-tasks.testing.js';
import { kills } from './cases/kills.testing.js';
import { lifeOfTasks } from './cases/life-of-tasks.testing.js';
import { offers } from './cases/offers.testing.js';
import { subscriptions } from './cases/subscriptions.testing.js';
import { updates } from './cases/updates.testing.js';
import type { ContractCase } from './contract-case.testing.js';
import { TestFramework } from './test-framework.testing.js';

const groups: Readonly<Record<string, readonly ContractCase[]>> = {
  'life of tasks': lifeOfTasks,
  kills,
  'bad tasks': badTasks,
  updates,
  offers,
  subscriptions,
  'bad requests': badRequests,
};

/** What local Mesos and a real one must agree on. */
export function runContract(master: () => string, on: 'local' | 'real'): void {
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const contractCase of cases) {
        const { name, notOnRig } = contractCase;
        const skipped = on === 'real' && notOnRig !== undefined;
        it.skipIf(skipped)(skipped ? `${name} (not on the rig: ${notOnRig})` : name, async () => {
          const frameworks: TestFramework[] = [];
          try {
            await contractCase.run({
              master: master(),
              framework: async (options) => {
                const framework = await TestFramework.subscribed(master(), options);
                frameworks.push(framework);
                return framework;
              },
            });
          } finally {
            await Promise.allSettled(frameworks.map((framework) => framework.tearDown()));
          }
        });
      }
    });
  }
}
