import { readFileSync } from 'node:fs';
import { metronomeVariables } from '@carillon/gateway';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The last cell of a row: `file` › test name. */
const ROW = /^\|.*\| `([^`]+\.ts)` › (.+?) \|$/;

const document = read('docs/metronome-compatibility.md');
const rows = document
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

test('the tables of variables say what the code does', () => {
  const rowsOf = document.split('\n').filter((line) => /^\| `(METRONOME|MARATHON|MESOSPHERE)_/.test(line));
  const told = rowsOf.flatMap((line) => line.match(/`(METRONOME|MARATHON|MESOSPHERE)_\w+`/g) ?? []);
  expect(told.toSorted()).toEqual(metronomeVariables.map(({ name }) => `\`${name}\``).toSorted());
  for (const variable of metronomeVariables) {
    const row = rowsOf.find((line) => line.includes(`\`${variable.name}\``)) ?? '';
    expect(row).toContain('carillon' in variable ? `\`${variable.carillon}\`` : variable.ignored);
  }
});
