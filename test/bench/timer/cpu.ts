import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

/** What a stretch of work took. CPU of this process and of the whole PostgreSQL server, in microseconds. */
export interface Cost {
  readonly ms: number;
  readonly nodeUs: number;
  readonly postgresUs: number;
}

export const nothing: Cost = { ms: 0, nodeUs: 0, postgresUs: 0 };

export const sum = (a: Cost, b: Cost): Cost => ({
  ms: a.ms + b.ms,
  nodeUs: a.nodeUs + b.nodeUs,
  postgresUs: a.postgresUs + b.postgresUs,
});

/** `37 + 21 µs`: Node's and PostgreSQL's share of each. Not a number where there is no /proc. */
export const eachOf = ({ nodeUs, postgresUs }: Cost, count: number): string =>
  `${(nodeUs / count).toFixed(1)} + ${(postgresUs / count).toFixed(1)} µs`;

type Meter = <T>(work: () => Promise<T>) => Promise<Cost & { readonly result: T }>;

/** Measures work on this server. */
export async function costMeter(client: pg.Client): Promise<Meter> {
  const postmaster = await postmasterOf(client);
  return async (work) => {
    const postgresBefore = postgresUs(postmaster);
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    const result = await work();
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { result, ms, nodeUs: user + system, postgresUs: postgresUs(postmaster) - postgresBefore };
  };
}

export async function postmasterOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return Number(statOf(String(rows[0]?.pid))?.[PARENT]);
}

/** Of the server with this postmaster: it, its processes and those that have ended. */
export function postgresUs(postmaster: number): number {
  let ticks = 0;
  for (const pid of processIds()) {
    const stat = statOf(pid);
    if (stat === undefined) continue;
    if (Number(pid) === postmaster) ticks += sumOf(stat.slice(USER, USER + 4));
    else if (Number(stat[PARENT]) === postmaster) ticks += sumOf(stat.slice(USER, USER + 2));
  }
  return ticks * 10_000;
}

/** Places in /proc/<pid>/stat after the name; four from USER on: own user and system time, and those of ended children. */
const PARENT = 1;
const USER = 11;

const sumOf = (values: readonly string[]): number =>
  values.reduce((total, value) => total + Number(value), 0);

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // not Linux
  }
}

function statOf(pid: string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it has ended
  }
}
