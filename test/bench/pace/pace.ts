import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CONNECTIONS, rate, rawWriter } from '../event-store/raw-writer.js';

/**
 * What the machine did on which the figures of dkron and the other peers were measured: two virtual processors of a shared
 * host, in good moments. The same kind of machine is up to five times slower at others, so a figure that is to be held
 * against theirs needs the pace of its own minute.
 */
const REFERENCE = { starts: 851, appends: 8_952 };
const ROUNDS = 3;

/** A yardstick's figure, and what share it is of the reference's. */
export interface Pace {
  readonly perSecond: number;
  readonly ofReference: number;
}

/** Processes started by Node, eight at a time. */
export async function paceOfStarts(): Promise<Pace> {
  const script = join(import.meta.dirname, 'starts.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 120_000 });
  return told('processes started by Node, 8 at a time', Number(stdout), REFERENCE.starts);
}

/** Transactions of a stream's row and an event's, on 8 connections of that server, on disk each. */
export async function paceOfAppends(databaseUrl: string): Promise<Pace> {
  const writer = await rawWriter(databaseUrl);
  try {
    const turns = new Array<number>(CONNECTIONS).fill(0);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rates.push(await rate(writer.single, turns));
    return told('appends by raw pg, 8 connections', Math.max(...rates), REFERENCE.appends);
  } finally {
    await writer.close();
  }
}

function told(what: string, perSecond: number, reference: number): Pace {
  const ofReference = perSecond / reference;
  console.log(
    `pace of this machine: ${what}: ${Math.round(perSecond)}/s, ${ofReference.toFixed(2)} of the ${reference}/s of the one ` +
      'where the peers were measured',
  );
  return { perSecond, ofReference };
}
