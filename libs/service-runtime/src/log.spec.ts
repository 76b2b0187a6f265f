import { unavailable } from '@carillon/event-sourcing';
import { afterEach, expect, it } from 'vitest';
import { createLogger, logTo } from './log.js';

afterEach(() => logTo());

function logged(err: unknown): Record<string, unknown> {
  const lines: string[] = [];
  logTo({ write: (line) => void lines.push(line) });
  createLogger('spec').warn({ err }, 'failed');
  return (JSON.parse(lines[0] ?? '{}') as { err: Record<string, unknown> }).err;
}

it('says an expected failure in short, with its cause', () => {
  expect(logged(unavailable('databaseUnavailable', 'away', new Error('refused')))).toEqual({
    kind: 'unavailable',
    code: 'databaseUnavailable',
    message: 'away',
    cause: 'refused',
  });
});

it('shows the stack of a bug', () => {
  expect(logged(new Error('bug'))['stack']).toContain('log.spec.ts');
});
