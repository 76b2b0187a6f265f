import { join } from 'node:path';
import { Launcher, type LauncherKind } from './launcher.js';

/**
 * Commands (`sh -c true`) started and ended per second by a launcher alone, in a new folder: the yardstick for
 * benches. (Remove that folder after all measuring: ext4 is slow to make files while it has just deleted others.)
 */
export async function measureStartRate(kind: LauncherKind, count: number, folder: string): Promise<number> {
  let since = 0;
  let ended = 0;
  const launcher = new Launcher({
    folder,
    number: 1,
    kind,
    gatherMs: () => 250,
    onEntries: (entries) => {
      for (const { kind: entry } of entries) {
        if (entry === 'launcherStarted') since = performance.now();
        if (entry === 'exited') ended += 1;
      }
    },
    onEnd: () => undefined,
  });
  for (let n = 0; n < count; n += 1) {
    const environment = { PATH: process.env['PATH'] ?? '' };
    launcher.start({
      id: `t${n}`,
      sandbox: join(folder, `t${n}`),
      file: '/bin/sh',
      argv: ['sh', '-c', 'true'],
      environment,
    });
  }
  launcher.close();
  await launcher.ended;
  const rate = ended / ((performance.now() - since) / 1000);
  if (ended !== count) throw new Error(`${count - ended} of ${count} commands did not end`);
  return rate;
}
