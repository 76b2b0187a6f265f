import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from './journal.js';
import { journalPath, preferredLauncher } from './launcher.js';
import { Launchers } from './launchers.js';

describe('the launchers of an agent', () => {
  let folder: string;
  let launchers: Launchers;
  let entries: JournalEntry[];
  let endedLaunchers: number[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'launchers-'));
    // Of this test only: a launcher that the one before has left to itself still tells of its end.
    const found: JournalEntry[] = (entries = []);
    const ended: number[] = (endedLaunchers = []);
    launchers = new Launchers({
      folder,
      kind: preferredLauncher(),
      lastNumber: 7,
      most: 2,
      gatherMs: () => 0,
      onEntries: (more) => found.push(...more),
      onEnd: ({ number }) => ended.push(number),
    });
  });
  afterEach(async () => {
    await launchers.stop(() => true);
    rmSync(folder, { recursive: true, force: true });
  });

  const assign = (count: number, name: string): number[] =>
    Array.from({ length: count }, (_, n) => launchers.assign(`${name}${n}`));
  const launcherPids = (): number[] =>
    entries.filter((entry) => entry.kind === 'launcherStarted').map(({ pid }) => pid);

  it('one while it keeps up, a second when it has more than eight in hand, never a third', () => {
    expect(new Set(assign(9, 'a'))).toEqual(new Set([8]));
    expect(new Set(assign(9, 'b'))).toEqual(new Set([9]));
    expect(new Set(assign(40, 'c'))).toEqual(new Set([8, 9]));
  });

  it('the one with the least in hand is next', () => {
    assign(18, 'a');
    for (let n = 0; n < 5; n += 1) launchers.settle(8, `a${n}`);
    expect(assign(5, 'b')).toEqual([8, 8, 8, 8, 8]);
    expect(new Set(assign(2, 'c'))).toEqual(new Set([8, 9]));
  });

  it('each starts what was assigned to it, and is waited for', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `t${n}`);
    for (const id of ids) {
      launchers.find(launchers.assign(id))?.start({
        ...{ id, sandbox: join(folder, id), file: '/bin/sh', argv: ['sh', '-c', 'exit 3'], environment: {} },
      });
    }
    await launchers.stop(() => true);
    const exits = entries.filter((entry) => entry.kind === 'exited');
    expect(exits.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(new Set(exits.map(({ waitStatus }) => waitStatus))).toEqual(new Set([3 << 8]));
    expect(endedLaunchers.toSorted()).toEqual([8, 9]);
  });

  it('one that is let go before its first word starts nothing any more, and its journal says so', async () => {
    const id = 'late';
    const number = launchers.assign(id);
    launchers.find(number)?.start({
      ...{ id, sandbox: join(folder, id), file: '/bin/sh', argv: ['sh', '-c', 'true'], environment: {} },
    });
    await launchers.stop(() => false);
    const journal = () => readFileSync(journalPath(folder, number), 'utf8');
    await expect.poll(journal, { timeout: 20_000 }).toMatch(/^L .*\nZ\nQ\n$/);
  });

  it('one that is killed is gone, and gets nothing more; the other goes on', async () => {
    assign(18, 'a');
    await expect.poll(() => launcherPids().length, { timeout: 20_000 }).toBe(2);
    process.kill(launcherPids()[0] ?? 0, 'SIGKILL');
    await expect.poll(() => endedLaunchers.length, { timeout: 20_000 }).toBe(1);
    const [dead = 0] = endedLaunchers;
    expect(launchers.find(dead)).toBeUndefined();
    expect(assign(9, 'b')).not.toContain(dead);
  });
});
