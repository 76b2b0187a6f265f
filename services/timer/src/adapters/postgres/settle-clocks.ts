import type { Database } from '@carillon/event-store';
import { createLogger } from '@carillon/service-runtime';
import { zoneDataVersion } from '@carillon/time';
import { CLOCK } from '../../application/clock-stream.js';
import { type ClockState, settled } from '../../domain/clock.state.js';
import { nextDueAtOf } from './timer-columns.js';

const log = createLogger('timer');
const PAGE = 200;

/** Computes the next due instant of every clock anew, while timers work. Returns the number of those that moved. */
export async function settleClocks(database: Database): Promise<number> {
  let moved = 0;
  for (let after = `${CLOCK}-`; ; ) {
    const page = await database.transaction(async (tx) => {
      const rows = await tx.query<{ stream: string; state: ClockState }>(
        'SELECT stream, state FROM streams WHERE stream > $1 AND stream < $2 ORDER BY stream LIMIT $3 FOR UPDATE',
        [after, `${CLOCK}.`, PAGE], // '.' follows '-'
      );
      const changed = rows
        .map(({ stream, state }) => {
          const after = settled(state);
          return { stream, changed: JSON.stringify(after) !== JSON.stringify(state), after };
        })
        .filter((row) => row.changed);
      await tx.query(
        `UPDATE streams s SET state = c.state, next_due_at = c.next_due_at
         FROM unnest($1::text[], $2::json[], $3::bigint[]) AS c (stream, state, next_due_at)
         WHERE s.stream = c.stream`,
        [
          changed.map(({ stream }) => stream),
          changed.map(({ after }) => JSON.stringify(after)),
          changed.map(({ after }) => nextDueAtOf(after)),
        ],
      );
      moved += changed.length;
      return rows;
    });
    after = page.at(-1)?.stream ?? after;
    if (page.length < PAGE) return moved;
  }
}

/** A new release of the zone data moves due instants: computes them anew when they were not computed by the one in use. */
export async function settleAfterZoneUpdate(database: Database): Promise<void> {
  const version = zoneDataVersion();
  const [known] = await database.query<{ version: string }>('SELECT version FROM zone_data');
  if (known?.version === version) return;
  const moved = await settleClocks(database);
  await database.query('WITH old AS (DELETE FROM zone_data) INSERT INTO zone_data (version) VALUES ($1)', [
    version,
  ]);
  log.info({ moved, from: known?.version, to: version }, 'zone data in use');
}
