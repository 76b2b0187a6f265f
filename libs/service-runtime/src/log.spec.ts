import { unavailable } from '@carillon/event-sourcing';
import { afterEach, expect, it, vi } from 'vitest';
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

it.each<[string, string, string[]]>([
  ['WARN', 'warn', []],
  ['silent', 'silent', []],
  ['', 'info', []],
  [
    'verbose',
    'info',
    ['LOG_LEVEL="verbose" must be one of trace, debug, info, warn, error, fatal, silent: it counts as info'],
  ],
])('LOG_LEVEL=%s writes from %s on', async (wanted, level, said) => {
  vi.stubEnv('LOG_LEVEL', wanted);
  vi.resetModules();
  const fresh = await import('./log.js');
  const lines: string[] = [];
  fresh.logTo({ write: (line) => void lines.push(line) });
  expect(fresh.createLogger('spec').level).toBe(level);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(said);
  vi.unstubAllEnvs();
});
