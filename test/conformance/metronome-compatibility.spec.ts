import { readFileSync } from 'node:fs';
import { metronomeVariables } from '@carillon/gateway';
import { describe, expect, test } from 'vitest';
import { testTitles } from './test-titles.js';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const titles = new Map<string, readonly string[]>();
function expectTest(file: string, name: string): void {
  const there = titles.get(file) ?? testTitles(read(file));
  titles.set(file, there);
  // Without the `describe`s, or with those that tell it apart.
  expect(
    there.filter((title) => title === name || title.endsWith(` › ${name}`)),
    `${file} has no test "${name}", but ${there.join('\n')}`,
  ).not.toEqual([]);
}

/** The last cell of a row: `file` › test name. */
const ROW = /^\|.*\| `([^`]+\.ts)` › (.+?) \|$/;

describe('docs/metronome-compatibility.md', () => {
  const document = read('docs/metronome-compatibility.md');
  const rows = document
    .split('\n')
    .filter((line) => line.includes(' › '))
    .map((line) => ROW.exec(line) ?? [line, '', '']);

  test('every difference names a test that is there', () => {
    expect(rows.length).toBeGreaterThan(35);
    for (const [line, file = '', name = ''] of rows) {
      expect(file, line).toBeTruthy();
      expectTest(file, name);
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
});

describe('docs/metronome-cases.md', () => {
  const lines = read('docs/metronome-cases.md').split('\n');

  test('every case of Metronome is a test here, or there is nothing here that could fail it', () => {
    let file = '';
    let cases = 0;
    for (const line of lines) {
      const heading = /^## .*: `([^`]+\.ts)`$/.exec(line);
      if (line.startsWith('## ')) file = heading?.[1] ?? '';
      const bullet = /^- (.+)$/.exec(line)?.[1];
      if (bullet === undefined) continue;
      cases += 1;
      const [, name = '', where] = /^(.+?)(?: → (.+))?$/.exec(bullet) ?? [];
      if (where?.startsWith('none: ')) continue;
      const [, otherFile, otherName] = /^(?:`([^`]+\.ts)` › )?(.+)$/.exec(where ?? '') ?? [];
      expectTest(otherFile ?? file, otherName ?? name);
    }
    expect(cases).toBeGreaterThan(150);
  });
});

describe('testTitles', () => {
  test('finds tests with the titles around them, and rows', () => {
    const source = `describe('a', () => { test('one', f); it.skip('two', f); test.todo('three');
      describe.skipIf(x)('b', () => { it.each([['x', 1], ['y', 2]] as const)('%s is %i', f); test.each(rows)('%s', f); });
      describe.skip('c', () => { test('four', f); }); });`;
    expect(testTitles(source)).toEqual(['a › one', 'a › b › x is 1', 'a › b › y is 2', 'a › b › %s']);
  });
});
