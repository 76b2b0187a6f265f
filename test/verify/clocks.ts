import { isDeepStrictEqual } from 'node:util';
import { clock, nextDueAt } from '@carillon/timer';
import type { Deployment } from './deployment.js';
import type { Finding } from './finding.js';

const PAGE = 2_000;
const MOST_SHOWN = 20;

type State = ReturnType<typeof clock.initialState>;
type Event = Parameters<typeof clock.evolve>[1];
type Row = Event & { stream: string; version: number };

/**
 * Replays every clock. Each decision has to be about the very next due instant of its schedule, and each range of missed ones
 * has to have as many as it says: then nothing lies between that nobody decided. The end is compared with the stored state.
 */
export async function checkClocks({ query }: Deployment): Promise<Finding> {
  const violations: string[] = [];
  let checked = 0;
  let state: State = clock.initialState();
  let place = { stream: 'clock-', version: 0 };
  const compare = async () => {
    const [row] = await query<{ state: unknown }>('timer', 'SELECT state FROM streams WHERE stream = $1', [
      place.stream,
    ]);
    if (violations.length === MOST_SHOWN || !row) return;
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(state)), row.state)) {
      violations.push(`${place.stream}: its state is not what its events lead to`);
    }
  };
  for (;;) {
    const rows = await query<Row>(
      'timer',
      `SELECT stream, version, type, data FROM events WHERE (stream, version) > ($1, $2) AND stream < 'clock.'
       ORDER BY stream, version LIMIT ${PAGE}`,
      [place.stream, place.version],
    );
    for (const row of rows) {
      if (row.stream !== place.stream) {
        await compare();
        state = clock.initialState();
      }
      const wrong = problemOf(row, state);
      if (wrong !== undefined && violations.length < MOST_SHOWN)
        violations.push(`${row.stream}@${row.version}: ${wrong}`);
      if (row.type === 'RunDue' || row.type === 'DueInstantsMissed') checked++;
      state = clock.evolve(state, row);
      place = row;
    }
    if (rows.length < PAGE) {
      await compare();
      return { checked, violations };
    }
  }
}

function problemOf(event: Row, state: State): string | undefined {
  if ((event.type !== 'RunDue' && event.type !== 'DueInstantsMissed') || state.status === 'blank')
    return undefined;
  const { scheduleId, revision } = event.data;
  const schedule = state.schedules.find((one) => one.scheduleId === scheduleId && one.revision === revision);
  if (!schedule) return `decides for schedule ${scheduleId} of revision ${revision}, which is not armed`;
  const first = event.type === 'RunDue' ? event.data.dueAt : event.data.firstDueAt;
  const expected = nextDueAt(schedule, state.jobId);
  if (first !== expected) return `decides ${said(first)}, where ${said(expected)} is next`;
  if (event.type === 'RunDue') return undefined;
  let count = 1;
  let last = first;
  for (
    let next = nextDueAt(schedule, state.jobId, last);
    next !== undefined && next <= event.data.lastDueAt;
    count++
  ) {
    last = next;
    next = nextDueAt(schedule, state.jobId, last);
  }
  if (last === event.data.lastDueAt && count === event.data.count) return undefined;
  return `says that ${event.data.count} instants were missed, where there are ${count}`;
}

const said = (instant: number | undefined) =>
  instant === undefined ? 'none' : new Date(instant).toISOString();
