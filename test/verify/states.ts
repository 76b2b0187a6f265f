import { isDeepStrictEqual } from 'node:util';
import type { Decider, DomainEvent } from '@carillon/event-sourcing';
import { jobDecider } from '@carillon/job-registry';
import { jobRuns, runDecider } from '@carillon/scheduler-framework';
import { backfill, workflow } from '@carillon/timer';
import { type Deployment, rowsOf, type Service } from './deployment.js';
import type { Finding } from './finding.js';

type Replayed = Pick<Decider<unknown, never, DomainEvent>, 'initialState' | 'evolve'>;

/** By the categories of their streams; clocks are replayed with their decisions (clocks.ts). */
const REPLAYED: Readonly<Partial<Record<Service, Readonly<Record<string, unknown>>>>> = {
  job_registry: { job: jobDecider },
  timer: { workflow, backfill },
  scheduler_framework: { jobRuns, run: runDecider },
};

const MOST_SHOWN = 20;

interface EventRow extends DomainEvent {
  readonly stream: string;
}

/** Replays all streams of a service, and compares the ends with the stored states, side by side: there may be millions. */
export async function checkStates(deployment: Deployment, service: Service): Promise<Finding> {
  const violations: string[] = [];
  let checked = 0;
  for (const [category, decider] of Object.entries(REPLAYED[service] ?? {})) {
    const { initialState, evolve } = decider as Replayed;
    const within = `stream > '${category}-' AND stream < '${category}.'`; // '.' follows '-' in collation "C"
    const events = rowsOf<EventRow>(
      deployment,
      service,
      `SELECT stream, type, data FROM events WHERE ${within} ORDER BY stream, version`,
    );
    const rows = rowsOf<{ stream: string; state: unknown }>(
      deployment,
      service,
      `SELECT stream, state FROM streams WHERE ${within} ORDER BY stream`,
      [],
      'all_states',
    );
    let event = await events.next();
    for await (const { stream, state: stored } of rows) {
      while (event.value !== undefined && event.value.stream < stream) event = await events.next();
      let state = initialState();
      for (; event.value?.stream === stream; event = await events.next()) state = evolve(state, event.value);
      checked++;
      if (isDeepStrictEqual(JSON.parse(JSON.stringify(state)), stored)) continue;
      if (violations.length < MOST_SHOWN)
        violations.push(`${stream}: its state is not what its events lead to`);
    }
    await events.return(undefined);
  }
  return { checked, violations };
}
