import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, eventually } from './support/api.js';
import { childrenOf, postmasterOf, processesNaming } from './support/processes.js';
import { endOfStandalone, type StandaloneProcess, startStandalone } from './support/standalone.js';

const AWAY = { message: expect.stringContaining('Try again') as string };

/** One data folder through everything that may happen to it, in this order. */
describe('standalone in bad times', () => {
  let folder: string;
  let dataDir: string;
  let carillon: StandaloneProcess;
  let api: Api;

  const start = async () => {
    carillon = await startStandalone({ dataDir });
    api = new Api(carillon.apiUrl);
  };
  const create = (id: string, cmd = 'true') => api.request('POST', '/v1/jobs', jobBody(id, cmd));

  /** Starts a run that ends when its file appears; answers once it runs. */
  async function startHeldRun(id: string) {
    await api.createJob({
      id,
      cmd: `until [ -e ${join(folder, id)} ]; do sleep 0.05; done; echo >> ${join(folder, id)}`,
    });
    const { id: runId } = await api.startRun(id);
    await eventually(`${id} runs`, async () => (await api.job(id)).activeRuns?.[0]?.status === 'ACTIVE');
    return { runId, release: () => writeFile(join(folder, id), '') };
  }

  const succeeded = (id: string, runId: string) =>
    eventually(`run ${runId} of ${id} in history`, async () => {
      const { history } = await api.job(id);
      return history.successfulFinishedRuns.some((run) => run.id === runId);
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-bad-'));
    await chmod(folder, 0o755);
    dataDir = join(folder, 'data');
    await start();
  });
  afterAll(async () => {
    await carillon.interrupt();
    for (const { pid } of await processesNaming(folder)) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('a second one is refused the data folder', async () => {
    const { code, text } = await endOfStandalone(['--port', '0', '--data', dataDir]);
    expect(code).toBe(1);
    expect(text).toBe(
      `carillon: The data folder ${dataDir} is in use by process ${carillon.process.pid}: stop that one, or choose another folder with --data <folder>.`,
    );
  });

  it('PostgreSQL killed: writes answer 503, nothing is half-written, all goes on by itself', async () => {
    const held = await startHeldRun('held.through-kill');
    const killed = await postmasterOf(dataDir);
    process.kill(killed, 'SIGKILL');
    const ids = Array.from({ length: 20 }, (_, index) => `during.kill-${index}`);
    const answers = await Promise.all(ids.map((id) => create(id)));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, body } of refused) {
      expect({ status, retryAfter: headers.get('retry-after'), body }).toEqual({
        status: 503,
        retryAfter: '1',
        body: AWAY,
      });
    }
    await eventually('a job is created', async () => (await create('after.kill')).status === 201);
    expect(await postmasterOf(dataDir)).not.toBe(killed);
    const known = await api.expect<{ id: string }[]>(200, 'GET', '/v1/jobs');
    const acknowledged = ids.filter((_, index) => answers[index]?.status === 201);
    expect(known.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    await held.release();
    await succeeded('held.through-kill', held.runId);
    const { id: runId } = await api.startRun('after.kill');
    await succeeded('after.kill', runId);
    expect(carillon.lines).toContainEqual(expect.stringMatching(/^PostgreSQL runs again/));
  });

  it('PostgreSQL stopped: requests time out with 503, then all goes on', async () => {
    const postmaster = await postmasterOf(dataDir);
    const processes = [postmaster, ...(await childrenOf(postmaster))];
    for (const pid of processes) process.kill(pid, 'SIGSTOP');
    try {
      expect(await create('during.stop')).toMatchObject({ status: 503, body: AWAY });
    } finally {
      for (const pid of processes) process.kill(pid, 'SIGCONT');
    }
    await eventually('a job is created', async () => (await create('after.stop')).status === 201);
    const { id: runId } = await api.startRun('after.stop');
    await succeeded('after.stop', runId);
  });

  it('Ctrl-C leaves nothing behind but tasks, and says which; the next start finds them', async () => {
    const held = await startHeldRun('held.through-stop');
    const [run] = (await api.job('held.through-stop')).activeRuns ?? [];
    const stopped = carillon;
    expect(await stopped.interrupt()).toBe(0);
    expect(stopped.lines.at(-1)).toBe(
      `left running, to be found again at the next start: ${run?.tasks[0]?.id}`,
    );
    const left = await processesNaming(folder);
    expect(left.filter(({ args }) => !/launcher|held\.through-stop/.test(args))).toEqual([]);
    await start();
    expect((await api.job('held.through-stop')).activeRuns).toMatchObject([
      { id: held.runId, status: 'ACTIVE' },
    ]);
    await held.release();
    await succeeded('held.through-stop', held.runId);
  });

  it('kill -9: the next start adopts PostgreSQL and the tasks', async () => {
    const held = await startHeldRun('held.through-kill-9');
    const postmaster = await postmasterOf(dataDir);
    await carillon.kill9();
    await start();
    expect(await postmasterOf(dataDir)).toBe(postmaster);
    await held.release();
    await succeeded('held.through-kill-9', held.runId);
    const evidence = await readFile(join(folder, 'held.through-kill-9'), 'utf8');
    expect(evidence).toBe('\n');
  });

  it('says nothing but what runs did, and leaves no process behind', async () => {
    await create('quiet');
    const { id: runId } = await api.startRun('quiet');
    await succeeded('quiet', runId);
    expect(await carillon.interrupt()).toBe(0);
    const said = /^(✓ .* succeeded|API at .*|stopping …)$/;
    expect(carillon.lines.filter((line) => !said.test(line))).toEqual([]);
    await eventually('no process is left', async () => (await processesNaming(folder)).length === 0);
  });
});

const jobBody = (id: string, cmd: string) => ({ id, run: { cpus: 0.01, mem: 32, disk: 0, cmd } });
