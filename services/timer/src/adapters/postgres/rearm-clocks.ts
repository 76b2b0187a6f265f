import { isCarillonError } from '@carillon/event-sourcing';
import type { Database } from '@carillon/event-store';
import { createLogger } from '@carillon/service-runtime';
import { zoneDataVersion } from '@carillon/time';
import type { ArmedClocks } from '../../application/armed-clocks.js';
import { CLOCK, uidOf } from '../../application/clock-stream.js';
import { nextDueOf } from '../../domain/clock.decide.js';
import type { ClockState } from '../../domain/clock.state.js';

const log = createLogger('timer');
const PAGE = 200;

/**
 * Computes every armed row from the states of the clocks, while timers work: at the first start, after an update of the
 * zone data, and whenever the table is doubted. Returns the number of clocks.
 */
export async function rearmClocks(database: Database, armed: ArmedClocks): Promise<number> {
  let clocks = 0;
  for (let after = `${CLOCK}-`; ; ) {
    const page = await database.query<{ stream: string }>(
      'SELECT stream FROM streams WHERE stream > $1 AND stream < $2 ORDER BY stream LIMIT $3',
      [after, `${CLOCK}.`, PAGE], // '.' follows '-'
    );
    const streams = page.map(({ stream }) => stream);
    await database.transaction(async (tx) => {
      await armed.lock(tx, streams.map(uidOf));
      // Clocks without an armed row are held by their streams: whoever arms one has written its stream before.
      const states = await tx.query<{ stream: string; state: ClockState }>(
        'SELECT stream, state FROM streams WHERE stream = ANY($1::text[]) ORDER BY stream FOR UPDATE',
        [streams],
      );
      await armed.arm(
        tx,
        states.map(({ stream, state }) => ({ uid: uidOf(stream), nextDueAt: nextDueOrAtOnce(state) })),
      );
    });
    clocks += streams.length;
    after = streams.at(-1) ?? after;
    if (page.length < PAGE) return clocks;
  }
}

/** A clock that cannot be computed is due at once, so that the timer says what is wrong with it. */
function nextDueOrAtOnce(state: ClockState): number | undefined {
  try {
    return nextDueOf(state);
  } catch (error) {
    if (isCarillonError(error)) return 0;
    throw error;
  }
}

/** A new release of the zone data moves due instants: arms again if these were not computed by the one in use. */
export async function rearmAfterZoneUpdate(database: Database, armed: ArmedClocks): Promise<void> {
  const version = zoneDataVersion();
  const [known] = await database.query<{ version: string }>('SELECT version FROM zone_data');
  if (known?.version === version) return;
  const clocks = await rearmClocks(database, armed);
  await database.query('WITH old AS (DELETE FROM zone_data) INSERT INTO zone_data (version) VALUES ($1)', [
    version,
  ]);
  log.info({ clocks, from: known?.version, to: version }, 'armed by new zone data');
}
