import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const dist = new URL('../dist/index.js', import.meta.url);

/** Runs `main` in a process of its own. */
function start(main: string, options = '{}') {
  const program = `import * as runtime from ${JSON.stringify(dist.href)};
    const alive = setInterval(() => {}, 1000);
    runtime.runMain('spec', async () => { ${main} }, ${options});`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'pipe' });
}

/** Runs `main`, sends it the signals once it says `ready`, and tells how it ended. */
async function outcomeOf(main: string, ...signals: NodeJS.Signals[]) {
  const child = start(main);
  const errors = text(child.stderr);
  child.stdout.on('data', () => {
    const signal = signals.shift();
    if (signal) child.kill(signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, errors: await errors };
}

describe.skipIf(!process.env['CI'] && !existsSync(dist))('runMain (of dist: tsc -b first)', () => {
  test('stops on SIGTERM and exits with 0', async () => {
    const main = `console.log('ready'); return { stop: async () => { process.stderr.write('stopped'); } };`;
    expect(await outcomeOf(main, 'SIGTERM')).toEqual({ code: 0, errors: 'stopped' });
  });

  test('a second signal ends it at once', async () => {
    const main = `console.log('ready'); return { stop: () => { console.log('stopping'); return new Promise(() => {}); } };`;
    expect((await outcomeOf(main, 'SIGTERM', 'SIGINT')).code).toBe(130);
  });

  test('the same signal passed on twice is one; once more later ends it', async () => {
    const main = `const stop = () => { console.log('stopping'); setTimeout(() => console.log('still'), 600); return new Promise(() => {}); };
      process.on('SIGINT', () => process.stderr.write('seen '));
      console.log('ready'); return { stop };`;
    expect(await outcomeOf(main, 'SIGINT', 'SIGINT', 'SIGINT')).toEqual({ code: 130, errors: 'seen seen ' });
  });

  test.each([
    ['SIGTERM', `console.log('ready');`, ''],
    ['a bug', `setTimeout(() => { throw 'bug'; }, 1);`, 'spec: bug\n'],
  ])('%s ends a start that does not come to an end', async (_, main, said) => {
    const child = start(`${main} return new Promise(() => {});`, '{ stopTimeoutMs: 200 }');
    const errors = text(child.stderr);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const hung = setTimeout(() => child.kill('SIGKILL'), 10_000);
    expect((await once(child, 'close'))[0]).toBe(1);
    clearTimeout(hung);
    expect(await errors).toBe(`${said}spec: did not stop within 0.2 s, leaving anyway\n`);
  });

  test('a configuration error is said without a stack, and exits with 78', async () => {
    const main = `throw new runtime.ConfigError([{ variable: 'PORT', value: 'x', rule: 'must be a number' }]);`;
    expect(await outcomeOf(main)).toEqual({ code: 78, errors: 'spec: PORT="x": must be a number\n' });
  });

  test('a port in use is one sentence', async () => {
    const main = `const admin = await runtime.startAdminServer({ port: 0, host: '127.0.0.1', checks: {} });
      await runtime.startAdminServer({ port: admin.port, host: '127.0.0.1', checks: {} });`;
    const { code, errors } = await outcomeOf(main);
    expect(errors).toMatch(/^spec: port \d+ is in use by another process\n$/);
    expect(code).toBe(1);
  });

  test('an address that is not of this machine is one sentence', async () => {
    const main = `await runtime.startAdminServer({ port: 0, host: '192.0.2.7', checks: {} });`;
    const errors = 'spec: listen EADDRNOTAVAIL: address not available 192.0.2.7\n';
    expect(await outcomeOf(main)).toEqual({ code: 1, errors });
  });

  test('a bug shows its stack, stops what runs and exits with 1', async () => {
    const main = `setTimeout(() => { throw new Error('bug'); }, 1);
      return { stop: async () => { process.stderr.write('stopped'); } };`;
    const { code, errors } = await outcomeOf(main);
    expect(errors).toMatch(/spec: Error: bug\n(spec: {5}at [^\n]*\n)+stopped$/);
    expect(code).toBe(1);
  });

  test.each([{ closed: ['stdout'] }, { closed: ['stdout', 'stderr'] }] as const)(
    'nobody reads $closed any more: it stops and ends',
    async ({ closed }) => {
      const main = `setInterval(() => { console.log('line'); }, 1); return { stop: async () => {} };`;
      const child = start(main);
      child.stdout.once('data', () => {
        for (const output of closed) child[output].destroy();
      });
      const errors = text(child.stderr).catch(() => '');
      // It cannot be asked to end when it hangs.
      const hung = setTimeout(() => child.kill('SIGKILL'), 10_000);
      expect((await once(child, 'exit'))[0]).toBe(1);
      clearTimeout(hung);
      if (closed.length === 1)
        expect(await errors).toBe('spec: standard output cannot be written: write EPIPE\n');
    },
  );

  test('several things that went wrong are all said', async () => {
    const main = `throw new AggregateError([new runtime.ExitError('no disk'), new runtime.ExitError('no net')], '2 parts failed');`;
    expect(await outcomeOf(main)).toEqual({
      code: 1,
      errors: 'spec: 2 parts failed\nspec: no disk\nspec: no net\n',
    });
  });

  test('a process that gives up by itself says why', async () => {
    const main = `return { stop: async () => {}, finished: Promise.reject(new runtime.ExitError('framework removed', 3)) };`;
    expect(await outcomeOf(main)).toEqual({ code: 3, errors: 'spec: framework removed\n' });
  });
});
