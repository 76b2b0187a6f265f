import type { MasterResponse, Resource } from '@carillon/mesos';
import type { Master } from '../master/master.js';
import { agentsOf, frameworksOf, tasksOf } from './operator-reads.js';

type Metric = NonNullable<MasterResponse['getMetrics']>['metrics'][number];

/** Gauges for the states of tasks that are there, by their names in Mesos. */
const TASK_STATES = ['STAGING', 'STARTING', 'RUNNING', 'KILLING'] as const;
const RESOURCES = ['cpus', 'mem', 'disk', 'gpus'] as const;

/**
 * The metrics of a Mesos master that tell how things are now. Those that count events since its start, and those of its
 * inside (queues, registrar, allocator), are left out.
 */
export function metricsOf(master: Master): readonly Metric[] {
  const { agents } = agentsOf(master);
  const { frameworks } = frameworksOf(master);
  const { tasks, unreachableTasks } = tasksOf(master);
  const members = [...master.registry.members.values()];
  const count = <T>(of: readonly T[], is: (one: T) => boolean) => of.filter(is).length;
  const values: Record<string, number> = {
    elected: 1,
    uptime_secs: (Date.now() - master.startedAt) / 1_000,
    slaves_connected: agents.length,
    slaves_active: count(agents, ({ active }) => active),
    slaves_inactive: count(agents, ({ active }) => !active),
    slaves_unreachable: count(members, ({ membership }) => membership === 'unreachable'),
    frameworks_connected: count(frameworks, ({ connected }) => connected),
    frameworks_disconnected: count(frameworks, ({ connected }) => !connected),
    frameworks_active: count(frameworks, ({ active }) => active),
    frameworks_inactive: count(frameworks, ({ active }) => !active),
    outstanding_offers: frameworks.reduce((sum, { offers }) => sum + offers.length, 0),
    tasks_unreachable: unreachableTasks.length,
  };
  for (const state of TASK_STATES) {
    values[`tasks_${state.toLowerCase()}`] = count(tasks, (task) => task.state === `TASK_${state}`);
  }
  for (const name of RESOURCES) {
    const total = sumOf(
      agents.flatMap(({ totalResources }) => totalResources),
      name,
    );
    const used = sumOf(
      agents.flatMap(({ allocatedResources }) => allocatedResources),
      name,
    );
    values[`${name}_total`] = total;
    values[`${name}_used`] = used;
    values[`${name}_percent`] = total === 0 ? 0 : used / total;
  }
  return Object.entries(values).map(([name, value]) => ({ name: `master/${name}`, value }));
}

const sumOf = (resources: readonly Resource[], name: string) =>
  resources.reduce((sum, one) => (one.name === name ? sum + (one.scalar?.value ?? 0) : sum), 0);
