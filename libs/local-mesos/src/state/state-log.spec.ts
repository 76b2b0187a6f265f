import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StateRecord } from './records.js';
import { StateLog } from './state-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const removed: StateRecord = { type: 'frameworkRemoved', id: 'f' };
const status: StateRecord = {
  type: 'status',
  containerId: 'c',
  status: {
    taskId: { value: 't' },
    state: 'TASK_RUNNING',
    uuid: new Uint8Array([1, 255]),
    data: Buffer.from('x'),
  },
};

it('comes back, bytes too; a torn last line is ignored, and what is appended after it is whole', () => {
  const path = join(folder, 'state');
  const { log } = StateLog.open(path);
  log.append(removed);
  log.append(status);
  log.close();
  appendFileSync(path, '{"type":"framew');
  const again = StateLog.open(path);
  expect(again.records).toEqual([
    removed,
    { ...status, status: { ...status.status, data: new Uint8Array([120]) } },
  ]);
  again.log.append(removed);
  again.log.close();
  expect(StateLog.open(path).records).toHaveLength(3);
});

it('what follows from a record happens after it is in the file, in order', () => {
  const path = join(folder, 'state');
  const { log } = StateLog.open(path);
  const seen: string[] = [];
  log.append(removed);
  log.whenWritten(() => seen.push(`first after ${readFileSync(path, 'utf8').split('\n').length - 1}`));
  log.append(removed);
  log.whenWritten(() => seen.push('second'));
  expect(seen).toEqual([]);
  log.flush();
  expect(seen).toEqual(['first after 2', 'second']);
});

it('compacted, says the same', () => {
  const path = join(folder, 'state');
  const { log } = StateLog.open(path);
  for (let n = 0; n < 100; n += 1) log.append(removed);
  log.compact([removed]);
  log.append(status);
  log.close();
  expect(StateLog.open(path).records.map(({ type }) => type)).toEqual(['frameworkRemoved', 'status']);
});

it('without a file, what follows happens in the same order', () => {
  const log = StateLog.withoutFile();
  const seen: string[] = [];
  log.append(removed);
  log.whenWritten(() => seen.push('first'));
  log.compact([removed]);
  log.whenWritten(() => seen.push('second'));
  expect(seen).toEqual(['first']);
  log.close();
  expect(seen).toEqual(['first', 'second']);
});

it('appends a record as a whole or not at all', () => {
  const path = join(folder, 'state');
  const module = new URL('../../dist/state/state-log.js', import.meta.url).href;
  const script = `
    import { StateLog } from ${JSON.stringify(module)};
    const { log } = StateLog.open(${JSON.stringify(path)});
    const add = (id) => {
      log.append({ type: 'frameworkRemoved', id });
      try { log.flush(); return 'written'; } catch (error) { return error.code; }
    };
    console.log(add('first'), add('x'.repeat(2_000)), add('y'));`;
  // No file may be longer than 1,024 bytes: a write beyond is a short one, and the next fails.
  const { stdout } = spawnSync(
    'bash',
    ['-c', 'ulimit -f 1; exec "$0" --input-type=module -e "$1"', process.execPath, script],
    {
      encoding: 'utf8',
    },
  );
  expect(stdout).toBe('written EFBIG EFBIG\n');
  const { log, records } = StateLog.open(path);
  expect(records).toEqual([{ type: 'frameworkRemoved', id: 'first' }]);
  log.close();
});
