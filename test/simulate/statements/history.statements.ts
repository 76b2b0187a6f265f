import type { Schema, Table } from '../memory-tables.js';
import { DONE, type Models, type StatementCall } from './model.js';

export interface PublicEventRow {
  readonly position: number;
  readonly type: string;
  readonly uid: string;
  readonly runId?: string;
}

type Fact = string | number | null | undefined;

/** As the columns of the table, in the names of the facts; absent ones are null. */
export type HistoryRunRow = Readonly<Record<string, Fact>> & { readonly uid: string; readonly runId: string };
export type HistoryAttemptRow = HistoryRunRow & { readonly attempt: number };

export interface StatisticsRow {
  readonly uid: string;
  readonly successes: number;
  readonly failures: number;
  readonly skipped: number;
  readonly missed: number;
  readonly pruned: Readonly<Record<'success' | 'failure' | 'skipped', number>>;
}

type List = 'success' | 'failure' | 'skipped';

const LONELY_DECISION_MS = 7 * 24 * 3_600_000;

const events = ({ schema }: StatementCall) => schema.table<PublicEventRow>('public_events');
const runs = ({ schema }: StatementCall) => schema.table<HistoryRunRow>('runs');
const attempts = ({ schema }: StatementCall) => schema.table<HistoryAttemptRow>('attempts');
const statistics = ({ schema }: StatementCall) => schema.table<StatisticsRow>('job_statistics');
const writer = ({ schema }: StatementCall) => schema.table<{ readonly lastPosition: number }>('writer');

const runKey = (uid: string, runId: string) => `${uid} ${runId}`;
const isKnown = (fact: Fact) => fact !== undefined && fact !== null;

/** The generated column `list`. */
export function listOf(run: HistoryRunRow): List | undefined {
  if (isKnown(run['skippedAt'])) return 'skipped';
  if (!isKnown(run['queuedAt']) || !isKnown(run['endedAt'])) return undefined;
  return run['outcome'] === 'succeeded' ? 'success' : 'failure';
}

const isLonely = (run: HistoryRunRow) =>
  !isKnown(run['queuedAt']) && !isKnown(run['skippedAt']) && !isKnown(run['endedAt']);

const longestListOf = ({ successes, failures, skipped, pruned }: StatisticsRow) =>
  Math.max(successes - pruned.success, failures - pruned.failure, skipped - pruned.skipped);

interface Indexes {
  readonly runsOfUid: Map<string, Set<string>>;
  readonly lonely: Set<string>;
  readonly endedInEvents: Map<string, number>;
  /** Jobs by how many runs the longest of their lists has. */
  readonly mostKept: Set<string>[];
}

const indexes = new WeakMap<Schema, Indexes>();

function indexesOf(call: StatementCall): Indexes {
  const known = indexes.get(call.schema);
  if (known) return known;
  const made: Indexes = { runsOfUid: new Map(), lonely: new Set(), endedInEvents: new Map(), mostKept: [] };
  indexes.set(call.schema, made);
  runs(call).follow((key, before, after) => {
    const uid = (after ?? before)?.uid ?? '';
    const ofUid = made.runsOfUid.get(uid) ?? new Set();
    made.runsOfUid.set(uid, ofUid);
    if (after) ofUid.add(key);
    else ofUid.delete(key);
    if (after && isLonely(after)) made.lonely.add(key);
    else made.lonely.delete(key);
  });
  statistics(call).follow((uid, before, after) => {
    if (before) made.mostKept[longestListOf(before)]?.delete(uid);
    if (!after) return;
    const kept = longestListOf(after);
    while (made.mostKept.length <= kept) made.mostKept.push(new Set());
    made.mostKept[kept]?.add(uid);
  });
  events(call).follow((_key, before, after) => {
    const row = after ?? before;
    if (row?.type !== 'carillon.RunEnded') return;
    const key = runKey(row.uid, row.runId ?? '');
    const count = (made.endedInEvents.get(key) ?? 0) + (after ? 1 : -1);
    if (count > 0) made.endedInEvents.set(key, count);
    else made.endedInEvents.delete(key);
  });
  return made;
}

function write<Row extends object>(
  call: StatementCall,
  table: Table<Row>,
  key: string,
  row: Row | undefined,
): void {
  call.server.takeXid(call.transaction);
  call.transaction.write(table, key, row);
}

/** ON CONFLICT DO UPDATE: what is new wins where it says something, but the earliest of `least`. */
function merged<Row extends HistoryRunRow>(
  known: Row | undefined,
  given: Row,
  least: readonly string[],
): Row {
  if (known === undefined) return given;
  const row: Record<string, Fact> = { ...known };
  for (const [name, fact] of Object.entries(given)) {
    if (!isKnown(fact)) continue;
    const before = known[name];
    row[name] = least.includes(name) && isKnown(before) ? Math.min(Number(before), Number(fact)) : fact;
  }
  return row as Row;
}

const rowsOf = <Row>({ parameters }: StatementCall) => JSON.parse(parameters[0] as string) as Row[];

const COUNTS = ['successes', 'failures', 'skipped', 'missed'] as const;

export const historyStatements: Models = [
  [
    /^SELECT 1 FROM writer FOR UPDATE$/,
    (call) => {
      indexesOf(call);
      call.server.takeXid(call.transaction);
      call.transaction.lock(writer(call), 'one');
      return DONE;
    },
  ],
  [
    /^SELECT source, event_id AS "eventId" FROM public_events WHERE \(source, event_id\) IN/,
    (call) => {
      const [sources, ids] = call.parameters as [string[], string[]];
      return sources.flatMap((source, index) => {
        const eventId = ids[index] ?? '';
        return call.transaction.read(events(call), `${source} ${eventId}`) ? [{ source, eventId }] : [];
      });
    },
  ],
  [
    /^WITH moved AS \( UPDATE writer SET last_position/,
    (call) => {
      const recorded = rowsOf<PublicEventRow & { source: string; eventId: string }>(call);
      const last = call.transaction.read(writer(call), 'one')?.lastPosition ?? 0;
      for (const [index, { source, eventId, type, uid, runId }] of recorded.entries()) {
        const position = last + index + 1;
        const row = { position, type, uid, ...(runId === undefined ? {} : { runId }) };
        call.transaction.write(events(call), `${source} ${eventId}`, row);
      }
      call.transaction.write(writer(call), 'one', { lastPosition: last + recorded.length });
      return [];
    },
  ],
  [
    /^SELECT uid, run_id AS "runId" FROM runs WHERE \(uid, run_id\) IN .* AND \(ended_at IS NOT NULL OR skipped_at IS NOT NULL\)$/,
    (call) => {
      const [uids, runIds] = call.parameters as [string[], string[]];
      return uids.flatMap((uid, index) => {
        const runId = runIds[index] ?? '';
        const run = call.transaction.read(runs(call), runKey(uid, runId));
        return run && (isKnown(run['endedAt']) || isKnown(run['skippedAt'])) ? [{ uid, runId }] : [];
      });
    },
  ],
  [
    /^INSERT INTO runs AS r .* ON CONFLICT \(uid, run_id\) DO UPDATE/,
    (call) => {
      for (const given of rowsOf<HistoryRunRow>(call)) {
        const key = runKey(given.uid, given.runId);
        const known = call.transaction.read(runs(call), key);
        write(call, runs(call), key, merged(known, given, ['launchedAt', 'startedAt']));
      }
      return [];
    },
  ],
  [
    /^INSERT INTO attempts AS a .* ON CONFLICT \(uid, run_id, attempt\) DO UPDATE/,
    (call) => {
      for (const given of rowsOf<HistoryAttemptRow>(call)) {
        const key = `${runKey(given.uid, given.runId)} ${given.attempt}`;
        write(call, attempts(call), key, merged(call.transaction.read(attempts(call), key), given, []));
      }
      return [];
    },
  ],
  [
    /^INSERT INTO job_statistics AS s .* ON CONFLICT \(uid\) DO UPDATE/,
    (call) => {
      for (const given of rowsOf<Omit<StatisticsRow, 'pruned'>>(call)) {
        const known = call.transaction.read(statistics(call), given.uid);
        const sums = COUNTS.map((count) => [count, (known?.[count] ?? 0) + given[count]]);
        call.server.takeXid(call.transaction);
        call.transaction.write(statistics(call), given.uid, {
          uid: given.uid,
          pruned: known?.pruned ?? { success: 0, failure: 0, skipped: 0 },
          ...(Object.fromEntries(sums) as Omit<StatisticsRow, 'uid' | 'pruned'>),
        });
      }
      return [];
    },
  ],
  [
    /^INSERT INTO job_labels AS l/,
    (call) => {
      const table = call.schema.table<{ readonly revision: number }>('job_labels');
      for (const given of rowsOf<{ uid: string; revision: number }>(call)) {
        if ((call.transaction.read(table, given.uid)?.revision ?? -1) >= given.revision) continue;
        call.server.takeXid(call.transaction);
        call.transaction.write(table, given.uid, given);
      }
      return [];
    },
  ],
  [
    /^SELECT asked\.uid, asked\.run_id AS "runId" FROM unnest/,
    (call) => {
      const [uids, runIds] = call.parameters as [string[], string[]];
      const { endedInEvents } = indexesOf(call);
      return uids.flatMap((uid, index) => {
        const runId = runIds[index] ?? '';
        const key = runKey(uid, runId);
        const run = call.transaction.read(runs(call), key);
        const list = run && listOf(run);
        const known = list === 'success' || list === 'failure' || endedInEvents.has(key);
        return known ? [{ uid, runId }] : [];
      });
    },
  ],
  [
    /^SELECT uid FROM job_statistics WHERE successes - pruned_successes > \$1/,
    (call) => {
      const most = call.parameters[0] as number;
      const beyond: object[] = [];
      const { mostKept } = indexesOf(call);
      for (let kept = Math.floor(most) + 1; kept <= mostKept.length && beyond.length < 50; kept += 1) {
        for (const uid of mostKept[kept] ?? []) if (beyond.length < 50) beyond.push({ uid });
      }
      return beyond;
    },
  ],
  [
    /^WITH beyond AS \( SELECT uid, run_id, list FROM/,
    (call) => {
      const [uid, most] = call.parameters as [string, number];
      const ofUid = [...(indexesOf(call).runsOfUid.get(uid) ?? [])].flatMap((key) => {
        const run = call.transaction.read(runs(call), key);
        const list = run && listOf(run);
        return run && list ? [{ key, run, list }] : [];
      });
      const pruned = { success: 0, failure: 0, skipped: 0 };
      for (const [list, listed] of Map.groupBy(ofUid, (one) => one.list)) {
        const newestFirst = listed.sort(
          ({ run: a }, { run: b }) => listedAt(b) - listedAt(a) || (a.runId < b.runId ? 1 : -1),
        );
        for (const { key, run } of newestFirst.slice(most)) {
          write(call, runs(call), key, undefined);
          for (let attempt = 1; attempt <= 100; attempt += 1) {
            const attemptKey = `${key} ${attempt}`;
            if (call.transaction.read(attempts(call), attemptKey))
              write(call, attempts(call), attemptKey, undefined);
            else if (attempt > 1 || !isKnown(run['launchedAt'])) break;
          }
          pruned[list] += 1;
        }
      }
      const known = call.transaction.read(statistics(call), uid);
      if (!known) return [];
      call.server.takeXid(call.transaction);
      call.transaction.write(statistics(call), uid, {
        ...known,
        pruned: {
          success: known.pruned.success + pruned.success,
          failure: known.pruned.failure + pruned.failure,
          skipped: known.pruned.skipped + pruned.skipped,
        },
      });
      return [{ pruned: pruned.success + pruned.failure + pruned.skipped }];
    },
  ],
  [
    /^WITH gone AS \( DELETE FROM public_events/,
    (call) => {
      const upTo =
        (call.transaction.read(writer(call), 'one')?.lastPosition ?? 0) - (call.parameters[0] as number);
      const gone: string[] = [];
      for (const [key, { position }] of events(call).rows) {
        if (position > upTo || gone.length === 5_000) break;
        gone.push(key);
      }
      for (const key of gone) {
        call.server.takeXid(call.transaction);
        call.transaction.write(events(call), key, undefined);
      }
      return [{ pruned: gone.length }];
    },
  ],
  [
    /^WITH gone AS \( DELETE FROM runs WHERE queued_at IS NULL/,
    (call) => {
      const gone = [...indexesOf(call).lonely].filter((key) => {
        const run = call.transaction.read(runs(call), key);
        return run && isLonely(run) && Number(run['dueAt'] ?? Infinity) < call.now - LONELY_DECISION_MS;
      });
      for (const key of gone) write(call, runs(call), key, undefined);
      return [{ pruned: gone.length }];
    },
  ],
];

const listedAt = (run: HistoryRunRow) => Number(run['skippedAt'] ?? run['endedAt']);
