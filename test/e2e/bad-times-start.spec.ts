import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesNaming } from './support/processes.js';
import { endOfStandalone } from './support/standalone.js';

/** What standalone refuses to start with: one clear text without a stack, an exit code, and nothing left behind. */
describe('standalone refuses', () => {
  let folder: string;
  let dataDir: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-bad-'));
    await chmod(folder, 0o755);
    dataDir = join(folder, 'data');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
    endOfStandalone(['--port', '0', '--data', dataDir, ...args], env);

  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  it('wrong options, all of them together', async () => {
    const { code, text } = await start(['--port', '99999', '--database', 'nonsense']);
    expect(code).toBe(78);
    expect(text).toMatch(
      /^--port "99999": .*\n--database "nonsense": is neither .*\nSee npm start -- --help$/,
    );
  });

  it('an option that there is not', async () => {
    const { code, text } = await start(['--prot', '1']);
    expect(code).toBe(78);
    expect(text).toMatch(/^Unknown option '--prot'/);
  });

  it('wrong settings, each with its value and rule', async () => {
    const { code, text } = await start([], { CARILLON_LOCAL_CPUS: '-3', CARILLON_LEASE_MS: 'soon' });
    expect(code).toBe(78);
    expect(text.split('\n')).toEqual([
      'carillon: CARILLON_LOCAL_CPUS="-3": must be greater than 0',
      'carillon: CARILLON_LEASE_MS="soon": must be a whole number from 500 to 60000',
    ]);
  });

  it('a job file that cannot be read', async () => {
    const path = await file('unreadable.json', '{"id": ');
    const { code, text } = await start([path]);
    expect(code).toBe(1);
    expect(text).toMatch(/^carillon: \S+unreadable\.json: .* at line 1, column \d+$/);
  });

  it('a job that breaks rules, with file, path and rule, and nothing is started', async () => {
    const path = await file(
      'jobs.yaml',
      `- {id: good, run: {cpus: 0.1, mem: 32, disk: 0, cmd: 'true'}}
- {id: bad, run: {cpus: 0.1, mem: 32, disk: 0, cmd: 'true'}, schedules: [{id: s, cron: '99 * * * *'}]}
`,
    );
    const { code, text } = await start([path]);
    expect(code).toBe(1);
    expect(text).toMatch(/^carillon: \S+jobs\.yaml#2: schedules\.0\.cron: .*99/);
    expect(await readdir(folder)).not.toContain('data');
  });

  it('a folder of jobs that is not there', async () => {
    const { code, text } = await start(['/no/such/folder']);
    expect({ code, text }).toEqual({
      code: 1,
      text: 'carillon: There is no job file or folder /no/such/folder',
    });
  });

  it('a data folder of a newer version', async () => {
    const newer = join(folder, 'newer');
    await mkdir(newer);
    await writeFile(join(newer, 'carillon.json'), '{"dataVersion":99}');
    const { code, text } = await start(['--data', newer]);
    expect(code).toBe(1);
    expect(text).toMatch(/^carillon: The data folder \S+ was written by a newer Carillon .*$/);
    expect(await readdir(newer)).toEqual(['carillon.json']);
  });

  it.runIf(process.getuid?.() === 0)('a folder that the user of PostgreSQL may not enter', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const { code, text } = await start(['--data', join(closed, 'data')]);
    expect(code).toBe(1);
    expect(text).toMatch(/^carillon: PostgreSQL refuses to run as root, .* or name a database with .*\.$/);
  });

  it('a database that does not answer', async () => {
    const { code, text } = await start(['--database', 'postgresql://user:secret@127.0.0.1:1/carillon']);
    expect({ code, text }).toEqual({
      code: 1,
      text: 'carillon: The database 127.0.0.1:1/carillon cannot be used: connect ECONNREFUSED 127.0.0.1:1.',
    });
  });

  it('an address that is not of this machine', async () => {
    const { code, text } = await start([], { CARILLON_HTTP_HOST: '192.0.2.7' });
    expect(code).toBe(1);
    expect(text).toMatch(
      /^carillon: CARILLON_HTTP_HOST="192\.0\.2\.7": must be an address of this machine: .*$/,
    );
  });

  it('a port in use, after which everything that was started is stopped again', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, text } = await start(['--port', String(port)]);
    server.close();
    expect({ code, text }).toEqual({
      code: 1,
      text: `carillon: port ${port} is in use by another process: choose another with --port <number>`,
    });
    expect(await processesNaming(folder)).toEqual([]);
    expect(await readdir(dataDir)).not.toContain('carillon.lock');
  });
});
