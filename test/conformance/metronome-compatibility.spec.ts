import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The last cell of a row: `file` › test name. */
const ROW = /^\|.*\| `([^`]+\.ts)` › (.+?) \|$/;

const rows = read('docs/metronome-compatibility.md')
  .split('\n')
  .filter((line) => line.includes(' › '))
  .map((line) => ROW.exec(line) ?? [line, '', '']);

test('every row of docs/metronome-compatibility.md names a test that is there', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const [line, file, name] of rows) {
    expect(file, line).toBeTruthy();
    expect(read(file ?? '').replaceAll("\\'", "'"), `${file} has no test "${name}"`).toContain(name);
  }
});
