import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, loadConfig, withoutPasswords } from './config.js';
import { envAddresses, envFlag, envInteger, envPort, envUrl } from './env.js';

const schema = z
  .object({
    DATABASE_URL: envUrl(['postgres:', 'postgresql:'], 'postgres://user@host/db'),
    BROKERS: envAddresses('kafka-1:9092,kafka-2:9092'),
    PORT: envPort(9_000),
    LIMIT: envInteger({ min: 1, max: 10, default: 3 }),
    VERBOSE: envFlag(false),
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    brokers: env.BROKERS,
    port: env.PORT,
    limit: env.LIMIT,
  }));

const good = { DATABASE_URL: 'postgres://u:p@db/x', BROKERS: 'a:1, b:2' };

function problemsOf(env: Record<string, string>) {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('accepted');
}

test('defaults are filled in, lists split, and the result is frozen', () => {
  const config = loadConfig(schema, { ...good, PORT: '' });
  expect(config).toEqual({
    databaseUrl: 'postgres://u:p@db/x',
    brokers: ['a:1', 'b:2'],
    port: 9_000,
    limit: 3,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('all problems are reported together, each with variable, value and rule', () => {
  const error = problemsOf({ DATABASE_URL: 'mysql://u:secret@db/x', PORT: '70000', LIMIT: 'many' });
  expect(error.message.split('\n')).toEqual([
    'DATABASE_URL="mysql://u:***@db/x": must be a URL such as postgres://user@host/db',
    'BROKERS is not set: must be a list of host:port such as kafka-1:9092,kafka-2:9092',
    'PORT="70000": must be a whole number from 0 to 65535',
    'LIMIT="many": must be a whole number from 1 to 10',
  ]);
});

test('a value that could be a secret is not shown', () => {
  const secrets = z.object({ API_TOKEN: z.string().min(10, 'must have ten characters') });
  expect(() => loadConfig(secrets, { API_TOKEN: 'abc' })).toThrow(
    'API_TOKEN="***": must have ten characters',
  );
});

test('an item of a list is told with the whole list', () => {
  for (const BROKERS of ['a:1,nonsense', 'a:1,b:65536'])
    expect(problemsOf({ ...good, BROKERS }).message).toBe(
      `BROKERS="${BROKERS}": must be host:port such as kafka-1:9092,kafka-2:9092`,
    );
});

test.each([
  ['mysql://u:s3@cret@db/x', 'mysql://u:***@db/x'],
  ['postgres//u:s3cret@db/x', 'postgres//u:***@db/x'],
  ['mysql://db/x?user=u&password=s3cret', 'mysql://db/x?user=u&password=***'],
  ['zk://a:s3@h:1,zk://b:cret@i:2/x', 'zk://a:***@i:2/x'],
  ['mysql://db:5432/x', 'mysql://db:5432/x'],
])('no password is shown of %s', (url, shown) => {
  expect(withoutPasswords(url)).toBe(shown);
  expect(problemsOf({ ...good, DATABASE_URL: url }).message).toContain(`DATABASE_URL="${shown}": must`);
});
