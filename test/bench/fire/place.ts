import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SANDBOXES = 1_000;
const SLOW_MS = 100;

/** Says how long sandboxes take to create here, and warns where that would be most of what a bench of starts measures. */
export function measurePlace(folder: string): void {
  const place = mkdtempSync(join(folder, 'place-'));
  const began = performance.now();
  for (let i = 0; i < SANDBOXES; i++) {
    const sandbox = join(place, String(i));
    mkdirSync(sandbox);
    for (const name of ['stdout', 'stderr']) writeFileSync(join(sandbox, name), '');
  }
  const ms = Math.round(performance.now() - began);
  console.log(`${SANDBOXES} sandboxes (a folder with two files) take ${ms} ms to create in ${folder}`);
  if (ms > SLOW_MS) {
    console.log(
      `WARNING: over ${SLOW_MS} ms, so the figures below are not to be trusted: ext4 without a journal creates files slowly for ` +
        'minutes after many were deleted in the same tree; choose another folder by TMPDIR, or wait.',
    );
  }
}
