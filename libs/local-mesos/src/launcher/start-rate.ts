import { join } from 'node:path';
import type { LauncherKind } from './launcher.js';
import { Launchers } from './launchers.js';

/**
 * Commands (`sh -c true`) started and ended per second by an agent's launchers alone, in a new folder: the yardstick for
 * benches. (Remove that folder after all measuring: ext4 is slow to make files while it has just deleted others.)
 */
export async function measureStartRate(kind: LauncherKind, count: number, folder: string): Promise<number> {
  let since = Infinity;
  let ended = 0;
  const launchers = new Launchers({
    folder,
    kind,
    lastNumber: 0,
    gatherMs: () => 250,
    onEntries: (entries) => {
      for (const { kind: entry } of entries) {
        if (entry === 'launcherStarted') since = Math.min(since, performance.now());
        if (entry === 'exited') ended += 1;
      }
    },
    onEnd: () => undefined,
  });
  for (let n = 0; n < count; n += 1) {
    const environment = { PATH: process.env['PATH'] ?? '' };
    const id = `t${n}`;
    launchers.find(launchers.assign(id))?.start({
      id,
      sandbox: join(folder, id),
      file: '/bin/sh',
      argv: ['sh', '-c', 'true'],
      environment,
    });
  }
  await launchers.stop(() => true);
  const rate = ended / ((performance.now() - since) / 1000);
  if (ended !== count) throw new Error(`${count - ended} of ${count} commands did not end`);
  return rate;
}
