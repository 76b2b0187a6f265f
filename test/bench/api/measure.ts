import { loadavg } from 'node:os';
import { Connection } from './client.js';

export const CLIENTS = 8;

/** Processor seconds used so far. */
export type Cpu = () => Promise<Readonly<Record<string, number>>>;

export interface Figures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly count: number;
  readonly clients?: number;
  readonly send: (connection: Connection, n: number) => Promise<unknown>;
}

export class Measuring {
  readonly connections: readonly Connection[];
  readonly #cpu: Cpu;

  constructor(url: string, cpu: Cpu) {
    this.connections = Array.from({ length: CLIENTS }, () => new Connection(url));
    this.#cpu = cpu;
  }

  /**
   * `count` requests by 8 clients unless told; each takes the next number when its last request is answered. Processor
   * time is what tells more when others use the machine too.
   */
  async measure(title: string, { count, clients = CLIENTS, send }: Load): Promise<Figures> {
    const times: number[] = [];
    let next = 0;
    const before = await this.#cpu();
    const started = performance.now();
    await Promise.all(
      this.connections.slice(0, clients).map(async (connection) => {
        while (next < count) {
          const sent = performance.now();
          await send(connection, next++);
          times.push(performance.now() - sent);
        }
      }),
    );
    const perSecond = count / ((performance.now() - started) / 1_000);
    const after = await this.#cpu();
    times.sort((a, b) => a - b);
    const [p50, p99] = [at(times, 0.5), at(times, 0.99)];
    const each = Object.entries(after).map(
      ([part, seconds]) => `${part} ${(((seconds - (before[part] ?? 0)) / count) * 1_000).toFixed(2)}`,
    );
    print(
      `${title}: ${perSecond.toFixed(0)} req/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ` +
        `longest ${at(times, 1).toFixed(1)} ms; processor ms each: ${each.join(', ')} ` +
        `(load ${loadavg()[0]?.toFixed(1)})`,
    );
    return { perSecond, p50, p99 };
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
