import pg from 'pg';

export const SERVICES = ['job_registry', 'timer', 'scheduler_framework', 'history'] as const;
export type Service = (typeof SERVICES)[number];

/** The data of a deployment's services, to be read only. */
export interface Deployment {
  /** Unqualified names mean the service's schema. */
  readonly query: <Row>(service: Service, sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;
  /** What is younger may still be on its way, epoch milliseconds. */
  readonly settledBefore: number;
  readonly close: () => Promise<void>;
}

export interface DeploymentOptions {
  /** Of each service's database. */
  readonly urls: Readonly<Record<Service, string>>;
  /** How long something may be on its way from one service to the next. */
  readonly graceMs: number;
}

/** Each service's database as it was at one moment, in a transaction that cannot write. */
export async function openDeployment({ urls, graceMs }: DeploymentOptions): Promise<Deployment> {
  const clients = new Map<Service, pg.Client>();
  const close = async () => {
    await Promise.all([...clients.values()].map((client) => client.end().catch(() => undefined)));
  };
  try {
    for (const service of SERVICES) {
      const client = new pg.Client({
        connectionString: urls[service],
        application_name: 'carillon-verify',
        options: `-c search_path=${service} -c default_transaction_read_only=on`,
        connectionTimeoutMillis: 5_000,
      });
      client.on('error', () => undefined);
      await client.connect();
      clients.set(service, client);
    }
    for (const client of clients.values())
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const query = async <Row>(service: Service, sql: string, parameters: readonly unknown[] = []) => {
      const client = clients.get(service);
      if (!client) throw new Error(`not connected to ${service}`);
      return (await client.query(sql, [...parameters])).rows as Row[];
    };
    const [clock] = await query<{ now: number }>(
      'timer',
      'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
    );
    return { query, settledBefore: (clock?.now ?? 0) - graceMs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const ROWS_AT_ONCE = 5_000;

/** The rows of `sql` as they are asked for, which may be more than fit into memory; of two at once each needs a name of its own. */
export async function* rowsOf<Row>(
  { query }: Deployment,
  service: Service,
  sql: string,
  parameters: readonly unknown[] = [],
  name = 'all_rows',
): AsyncGenerator<Row, undefined> {
  await query(service, `DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`, parameters);
  try {
    for (;;) {
      const rows = await query<Row>(service, `FETCH ${ROWS_AT_ONCE} FROM ${name}`);
      yield* rows;
      if (rows.length < ROWS_AT_ONCE) break;
    }
  } finally {
    await query(service, `CLOSE ${name}`);
  }
}
