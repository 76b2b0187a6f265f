import type pg from 'pg';

export interface Lags {
  readonly runs: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** From the due instant until the event was written, both by the database's clock, in ms; of runs due in a range. */
export async function lagsOf(client: pg.Client, from: number, until: number): Promise<Lags> {
  const { rows } = await client.query<Lags>(
    `SELECT count(*)::int AS runs, percentile_disc(0.5) WITHIN GROUP (ORDER BY lag) AS p50,
            percentile_disc(0.99) WITHIN GROUP (ORDER BY lag) AS p99, max(lag) AS max
     FROM (SELECT round(extract(epoch FROM recorded_at) * 1000 - (data->>'dueAt')::bigint)::float8 AS lag
           FROM timer.events WHERE type = 'RunDue' AND (data->>'dueAt')::bigint BETWEEN $1::bigint AND $2::bigint - 1) AS decided`,
    [from, until],
  );
  const [found] = rows;
  if (!found) throw new Error('no answer');
  return found;
}

export const lagText = ({ p50, p99, max }: Lags): string => `lag p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`;
