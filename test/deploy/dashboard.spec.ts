import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipsBecause } from '@carillon/rigs';
import { describe, expect, test } from 'vitest';
import { deployedQueries } from './metric-names.js';
import { noPromtool, run } from './run.js';

/** What promtool says of a panel's value after 30 hours; nothing when it is the expected one. */
function wrongIn(panel: string, series: Readonly<Record<string, string>>, value: number): string {
  const query = deployedQueries().find(({ place }) => place === `dashboard, ${panel}`);
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const asked = { expr: query?.expression, eval_time: '30h', exp_samples: [{ labels: '{}', value }] };
  const tests = [{ interval: '15m', input_series, promql_expr_test: [asked] }];
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  try {
    const file = join(folder, 'test.yml'); // JSON is YAML
    writeFileSync(file, JSON.stringify({ evaluation_interval: '15m', tests }));
    const { ok, output } = run('promtool', 'test', 'rules', file);
    return ok ? '' : output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(skipsBecause('Prometheus queries', noPromtool))('the dashboard', () => {
  test('counts what a timer missed before it was first scraped, and nothing that a pause held back', () => {
    const series = {
      'scheduler_missed_total{reason="catchUpPolicy"}': `_x100 7x100`,
      'scheduler_missed_total{reason="startingDeadlineExceeded"}': `3x100 5x100`,
      'scheduler_missed_total{reason="paused"}': `0x100 5x100`,
    };
    expect(wrongIn('Missed, 24 h', series, 9)).toBe('');
  });

  test('counts the dead letters of a consumer before it was first scraped', () => {
    const series = {
      'scheduler_dead_letters_total{consumer="history"}': `_x100 1x100`,
      'scheduler_dead_letters_total{consumer="timer"}': `1x100 3x100`,
    };
    expect(wrongIn('Dead letters, 24 h', series, 3)).toBe('');
  });
});
