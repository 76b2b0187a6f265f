import type { Table } from '../memory-tables.js';
import { arrayOf, linesOf } from './array-parameters.js';
import { notify } from './event-store.statements.js';
import { DONE, type Models, type StatementCall } from './model.js';

interface LeaseRow {
  readonly holder: string;
  readonly expiresAt: number;
}

export interface EpochRow {
  readonly epoch: number;
}

export interface RunIndexRow {
  readonly uid: string;
  readonly run_id: string;
  readonly job_id: string;
  readonly queued_at: number;
  readonly framework: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly endedAt: number | null;
}

interface RevisionRow {
  readonly uid: string;
  /** JSON. */
  readonly job: string;
}

interface KeyRow {
  readonly run_id: string;
  readonly madeAt: number;
}

const keys = ({ schema }: StatementCall) => schema.table<KeyRow>('idempotency_keys');
const leases = ({ schema }: StatementCall) => schema.table<LeaseRow>('leases');
const epochs = ({ schema }: StatementCall) => schema.table<EpochRow>('epochs');
const runs = ({ schema }: StatementCall) => schema.table<RunIndexRow>('runs');
const revisions = ({ schema }: StatementCall) => schema.table<RevisionRow>('revisions');

const runKey = (uid: string, runId: string) => `${uid}/${runId}`;

/** What a renewal or release asks for: its holder, in this epoch. */
function isHeld(call: StatementCall, holder: string, epoch: number): boolean {
  const framework = call.parameters[0] as string;
  return (
    call.transaction.read(leases(call), framework)?.holder === holder &&
    call.transaction.read(epochs(call), framework)?.epoch === epoch
  );
}

function put<Row extends object>(
  call: StatementCall,
  table: Table<Row>,
  key: string,
  row: Row | undefined,
): void {
  call.server.takeXid(call.transaction);
  call.transaction.write(table, key, row);
}

export const frameworkStatements: Models = [
  [
    /^SELECT \(SELECT holder FROM leases WHERE framework = \$1 AND expires_at > clock_timestamp\(\)\) AS holder/,
    (call) => {
      const framework = call.parameters[0] as string;
      const lease = call.transaction.read(leases(call), framework);
      const epoch = call.transaction.read(epochs(call), framework)?.epoch;
      return [
        {
          holder: lease && lease.expiresAt > call.now ? lease.holder : null,
          epoch: epoch === undefined ? null : String(epoch),
        },
      ];
    },
  ],
  [
    /^INSERT INTO leases .* ON CONFLICT \(framework\) DO UPDATE SET .* WHERE leases\.expires_at <= clock_timestamp\(\) OR leases\.holder = excluded\.holder RETURNING 1$/,
    (call) => {
      const [framework, holder, seconds] = call.parameters as [string, string, number];
      call.server.takeXid(call.transaction);
      call.transaction.lock(leases(call), framework); // ON CONFLICT DO UPDATE locks before it looks at the condition
      const lease = call.transaction.read(leases(call), framework);
      if (lease && lease.expiresAt > call.now && lease.holder !== holder) return [];
      call.transaction.write(leases(call), framework, { holder, expiresAt: call.now + seconds * 1_000 });
      return DONE;
    },
  ],
  [
    /^INSERT INTO epochs \(framework, epoch\) VALUES \(\$1, 1\) ON CONFLICT \(framework\) DO UPDATE SET epoch = epochs\.epoch \+ 1 RETURNING epoch$/,
    (call) => {
      const framework = call.parameters[0] as string;
      call.server.takeXid(call.transaction);
      call.transaction.lock(epochs(call), framework);
      const epoch = (call.transaction.read(epochs(call), framework)?.epoch ?? 0) + 1;
      call.transaction.write(epochs(call), framework, { epoch });
      return [{ epoch: String(epoch) }];
    },
  ],
  [
    /^UPDATE leases SET expires_at = clock_timestamp\(\) \+ make_interval\(secs => \$3\) .* RETURNING 1$/,
    (call) => {
      const [framework, holder, seconds, epoch] = call.parameters as [string, string, number, number];
      if (!isHeld(call, holder, epoch)) return [];
      put(call, leases(call), framework, { holder, expiresAt: call.now + seconds * 1_000 });
      return DONE;
    },
  ],
  [
    /^UPDATE leases SET expires_at = '-infinity'/,
    (call) => {
      const [framework, holder, epoch] = call.parameters as [string, string, number];
      if (isHeld(call, holder, epoch)) put(call, leases(call), framework, { holder, expiresAt: -Infinity });
      return [];
    },
  ],
  [
    /^SELECT 1 FROM epochs WHERE framework = \$1 AND epoch = \$2 FOR SHARE$/,
    (call) => {
      const [framework, epoch] = call.parameters as [string, number];
      if (call.transaction.read(epochs(call), framework)?.epoch !== epoch) {
        call.transaction.overtaken = `epoch ${epoch}`;
        return [];
      }
      call.server.takeXid(call.transaction);
      call.transaction.lock(epochs(call), framework, 'share');
      return DONE;
    },
  ],
  [
    /^SELECT framework_id FROM framework_ids WHERE framework = \$1$/,
    (call) => {
      const table = call.schema.table<object>('framework_ids');
      const row = call.transaction.read(table, call.parameters[0] as string);
      return row ? [row] : [];
    },
  ],
  [
    /^INSERT INTO framework_ids /,
    (call) => {
      const [framework, id] = call.parameters as [string, string];
      put(call, call.schema.table('framework_ids'), framework, { framework_id: id });
      return [];
    },
  ],
  [
    /^SELECT job FROM revisions WHERE \(uid, revision\) IN/,
    (call) => {
      const [uids, numbers] = [arrayOf<string>(call.parameters[0]), arrayOf<number>(call.parameters[1])];
      return uids.flatMap((uid, index) => {
        const row = call.transaction.read(revisions(call), `${uid}@${String(numbers[index])}`);
        return row ? [{ job: JSON.parse(row.job) as object }] : [];
      });
    },
  ],
  [
    /^INSERT INTO revisions .* ON CONFLICT DO NOTHING$/,
    (call) => {
      const [uids, numbers] = [arrayOf<string>(call.parameters[0]), arrayOf<number>(call.parameters[1])];
      const jobs = linesOf(call.parameters[2]);
      for (const [index, uid] of uids.entries()) {
        const key = `${uid}@${String(numbers[index])}`;
        if (call.transaction.read(revisions(call), key)) continue;
        put(call, revisions(call), key, { uid, job: jobs[index] ?? '' });
      }
      return [];
    },
  ],
  [
    /^DELETE FROM revisions WHERE uid = ANY \(\$1\)$/,
    (call) => {
      const gone = new Set(call.parameters[0] as string[]);
      for (const [key, { uid }] of [...call.transaction.scan(revisions(call))]) {
        if (gone.has(uid)) put(call, revisions(call), key, undefined);
      }
      return [];
    },
  ],
  [
    /^INSERT INTO runs \(uid, run_id, job_id, queued_at, framework, traceparent, tracestate\) SELECT/,
    (call) => {
      const [uids, runIds, jobIds] = call.parameters.slice(0, 3).map(arrayOf<string>) as [
        string[],
        string[],
        string[],
      ];
      const queuedAt = arrayOf<number>(call.parameters[3]);
      const frameworks = arrayOf<string>(call.parameters[4]);
      const [parents = [], states = []] = call.parameters.slice(5).map(arrayOf<string | null>);
      for (const [index, uid] of uids.entries()) {
        const run_id = runIds[index] ?? '';
        const key = runKey(uid, run_id);
        if (call.transaction.read(runs(call), key)) {
          throw Object.assign(new Error(`duplicate key ${key}`), { code: '23505' });
        }
        put(call, runs(call), key, {
          ...{ uid, run_id, job_id: jobIds[index] ?? '', queued_at: queuedAt[index] ?? 0 },
          framework: frameworks[index] ?? '',
          ...{ traceparent: parents[index] ?? null, tracestate: states[index] ?? null, endedAt: null },
        });
      }
      return [];
    },
  ],
  [
    /^UPDATE runs SET ended_at = e\.ended_at FROM unnest/,
    (call) => {
      const [uids, runIds] = call.parameters.slice(0, 2).map(arrayOf<string>) as [string[], string[]];
      const ended = arrayOf<number>(call.parameters[2]);
      for (const [index, uid] of uids.entries()) {
        const key = runKey(uid, runIds[index] ?? '');
        const row = call.transaction.read(runs(call), key);
        if (row) put(call, runs(call), key, { ...row, endedAt: ended[index] ?? 0 });
      }
      return [];
    },
  ],
  [
    /^SELECT uid, run_id, job_id, queued_at, framework, traceparent, tracestate FROM runs WHERE framework = \$1 AND ended_at IS NULL$/,
    (call) =>
      [...call.transaction.scan(runs(call))].flatMap(([, row]) =>
        row.framework === call.parameters[0] && row.endedAt === null ? [row] : [],
      ),
  ],
  [
    /^SELECT uid, run_id, job_id, queued_at, framework, traceparent, tracestate FROM runs WHERE \(uid, run_id\) IN/,
    (call) => {
      const [uids, runIds] = call.parameters as [string[], string[]];
      return uids.flatMap(
        (uid, index) => call.transaction.read(runs(call), runKey(uid, runIds[index] ?? '')) ?? [],
      );
    },
  ],
  [
    /^SELECT uid, run_id, job_id, queued_at, framework, traceparent, tracestate FROM runs WHERE ended_at IS NOT NULL ORDER BY ended_at, uid, run_id LIMIT \$1 OFFSET \$2$/,
    (call) => {
      const [limit, skip] = call.parameters as [number, number];
      const ended = [...call.transaction.scan(runs(call))].flatMap(([, row]) =>
        row.endedAt === null ? [] : [row],
      );
      return ended.sort(byEnd).slice(skip, skip + limit);
    },
  ],
  [
    /^DELETE FROM runs WHERE \(uid, run_id\) IN .* AND ended_at IS NOT NULL$/,
    (call) => {
      const [uids, runIds] = call.parameters as [string[], string[]];
      for (const [index, uid] of uids.entries()) {
        const key = runKey(uid, runIds[index] ?? '');
        const row = call.transaction.read(runs(call), key);
        if (row && row.endedAt !== null) put(call, runs(call), key, undefined);
      }
      return [];
    },
  ],
  [
    /^SELECT run_id FROM idempotency_keys WHERE uid = \$1 AND key = \$2$/,
    (call) => {
      const [uid, key] = call.parameters as [string, string];
      const row = call.transaction.read(keys(call), `${uid}/${key}`);
      return row ? [row] : [];
    },
  ],
  [
    /^INSERT INTO idempotency_keys \(uid, key, run_id\) VALUES \(\$1, \$2, \$3\)$/,
    (call) => {
      const [uid, key, run_id] = call.parameters as [string, string, string];
      const name = `${uid}/${key}`;
      if (call.transaction.read(keys(call), name)) {
        throw Object.assign(new Error(`duplicate key ${name}`), { code: '23505' });
      }
      put(call, keys(call), name, { run_id, madeAt: call.now });
      return [];
    },
  ],
  [
    /^WITH old AS \( SELECT uid, key FROM idempotency_keys WHERE made_at < now\(\) - interval '24 hours' LIMIT 5000 \)/,
    (call) => {
      const old = [...call.transaction.scan(keys(call))].filter(
        ([, { madeAt }]) => madeAt < call.now - 86_400_000,
      );
      for (const [key] of old.slice(0, 5_000)) put(call, keys(call), key, undefined);
      return [{ gone: Math.min(old.length, 5_000) }];
    },
  ],
  [
    /^SELECT pg_notify\(\$1, key\) FROM unnest\(\$2::text\[\]\) AS key$/,
    ({ transaction, parameters }) => {
      notify(transaction, parameters[0] as string, parameters[1] as string[]);
      return DONE;
    },
  ],
];

function byEnd(a: RunIndexRow, b: RunIndexRow): number {
  if (a.endedAt !== b.endedAt) return (a.endedAt ?? 0) - (b.endedAt ?? 0);
  return runKey(a.uid, a.run_id) < runKey(b.uid, b.run_id) ? -1 : 1;
}
