import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { task, TestFramework, uniqueTaskId } from '../contract/test-framework.testing.js';
import type { LauncherKind } from '../launcher/launcher.js';
import { runsWith } from '../launcher/process-identity.js';
import { HolderProcess } from './holder-process.testing.js';

describe.each<LauncherKind>(['python', 'node'])(
  'kill -9 of the process that holds local Mesos (%s launcher)',
  (kind) => {
    let dataDir: string;
    let holder: HolderProcess;
    let framework: TestFramework;

    beforeEach(async () => {
      dataDir = mkdtempSync(join(tmpdir(), 'local-mesos-'));
      holder = new HolderProcess(dataDir, kind);
      await holder.start();
      framework = await TestFramework.subscribed(holder.address);
    });
    afterEach(async () => {
      await framework.tearDown().catch(() => undefined);
      await holder.stop().catch(() => undefined);
      rmSync(dataDir, { recursive: true, force: true });
    });

    /** All that live, or have left a journal: those that have ended are not there to be killed. */
    function killLaunchers(): void {
      const folder = join(dataDir, 'launchers');
      for (const name of readdirSync(folder).filter((file) => file.endsWith('.journal'))) {
        const pid = Number(/^L (\d+)/.exec(readFileSync(join(folder, name), 'latin1'))?.[1] ?? 0);
        if (pid > 0 && runsWith(pid, join(folder, name))) process.kill(pid, 'SIGKILL');
      }
    }

    async function resubscribed(): Promise<void> {
      const before = framework.events.filter(({ type }) => type === 'SUBSCRIBED').length;
      await holder.start();
      await framework.until('a new subscription', () =>
        framework.events.filter(({ type }) => type === 'SUBSCRIBED').length > before ? true : undefined,
      );
    }

    it('what runs goes on; what ended meanwhile is reported with its real status; the agent is the same', async () => {
      const [long, short] = [uniqueTaskId('long'), uniqueTaskId('short')];
      const gate = join(dataDir, 'gate');
      const cmd = `while ! test -e ${gate}; do sleep 0.02; done; exit 5`;
      await framework.launch(task({ id: long, cmd: 'sleep 60' }), task({ id: short, cmd }));
      await framework.status(long, 'TASK_RUNNING');
      const running = await framework.status(short, 'TASK_RUNNING');
      const { agentId } = holder;
      await holder.kill();
      const sandbox =
        readdirSync(join(dataDir, 'sandboxes', framework.id)).find((name) => name.startsWith(short)) ?? '';
      writeFileSync(gate, '');
      const processFile = join(dataDir, 'sandboxes', framework.id, sandbox, 'process');
      await expect
        .poll(() => readFileSync(processFile, 'utf8'), { timeout: 20_000 })
        .toMatch(/^pid \d+\nexit 5\n$/);
      await resubscribed();
      expect(holder.agentId).toBe(agentId);
      const failed = await framework.status(short, 'TASK_FAILED');
      expect(failed.message).toBe('Command exited with status 5');
      expect(failed.containerStatus?.containerId).toEqual(running.containerStatus?.containerId);
      await framework.call({ type: 'RECONCILE', reconcile: { tasks: [{ taskId: { value: long } }] } });
      await framework.until('the answer', () =>
        framework
          .statuses(long)
          .find(({ reason, state }) => reason !== undefined && state === 'TASK_RUNNING'),
      );
      await framework.call({ type: 'KILL', kill: { taskId: { value: long } } });
      expect((await framework.status(long, 'TASK_KILLED')).message).toBe(
        'Command terminated with signal Terminated',
      );
    });

    it('a clean stop leaves tasks running and says which', async () => {
      const id = uniqueTaskId('left');
      await framework.launch(task({ id, cmd: 'sleep 60' }));
      await framework.status(id, 'TASK_RUNNING');
      expect(await holder.stop()).toEqual([id]);
      await resubscribed();
      await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
      await framework.status(id, 'TASK_KILLED');
    });

    it('a kill that was under way is finished', async () => {
      const id = uniqueTaskId('dying');
      const ready = join(dataDir, 'ready');
      await framework.launch(task({ id, cmd: `trap '' TERM; touch ${ready}; while :; do sleep 0.1; done` }));
      await framework.until('the trap', () => (existsSync(ready) ? true : undefined));
      const killPolicy = { gracePeriod: { nanoseconds: 1e9 } };
      await framework.call({ type: 'KILL', kill: { taskId: { value: id }, killPolicy } });
      await framework.status(id, 'TASK_KILLING');
      await holder.kill();
      await resubscribed();
      expect((await framework.status(id, 'TASK_KILLED')).message).toBe(
        'Command terminated with signal Killed',
      );
    });

    it('the launcher killed as well: nobody saw the end, which is said; others can be launched', async () => {
      const [lost, next] = [uniqueTaskId('lost'), uniqueTaskId('next')];
      await framework.launch(task({ id: lost, cmd: 'sleep 0.7' }));
      await framework.status(lost, 'TASK_RUNNING');
      killLaunchers();
      await framework.launch(task({ id: next }));
      await framework.status(next, 'TASK_FINISHED');
      await holder.kill();
      await resubscribed();
      expect(await framework.status(lost, 'TASK_FAILED')).toMatchObject({
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_TERMINATED',
      });
    });

    it.each(seeds(3))('at any moment: every task ends, and ran exactly once (seed %i)', async (seed) => {
      const { ids, evidence } = await launchAmidKills(mulberry32(seed), () => holder.kill());
      for (const id of ids) {
        expect((await framework.status(id, 'TASK_FAILED')).message).toBe('Command exited with status 4');
      }
      expect(evidence().toSorted()).toEqual(ids.toSorted());
    });

    it.each(seeds(2))(
      'launchers killed as well: every task ends, and none ran twice (seed %i)',
      async (seed) => {
        const { ids, evidence } = await launchAmidKills(mulberry32(seed), async () => {
          killLaunchers();
          await holder.kill();
        });
        for (const id of ids) await framework.status(id, 'TASK_FAILED');
        const ran = evidence();
        expect(new Set(ran).size).toBe(ran.length);
        const seenToEnd = ids.filter((id) => framework.statuses(id).at(-1)?.source === 'SOURCE_EXECUTOR');
        expect(seenToEnd.filter((id) => !ran.includes(id))).toEqual([]);
      },
    );

    /** Three batches of tasks that write down that they ran; after each, `kill` at a random moment, and recovery. */
    async function launchAmidKills(
      random: () => number,
      kill: () => Promise<void>,
    ): Promise<{ ids: string[]; evidence: () => string[] }> {
      const file = join(dataDir, 'evidence');
      const ids = Array.from({ length: 60 }, (_, n) => uniqueTaskId(`t${n}`));
      const make = (id: string): ReturnType<typeof task> => {
        const cmd = `echo ${id} >> ${file}; sleep 0.${Math.floor(random() * 5)}; exit 4`;
        return task({ id, cpus: 0.05, mem: 10, cmd });
      };
      for (let launched = 0; launched < ids.length; launched += 20) {
        const some = ids.slice(launched, launched + 20);
        await framework.until('an offer', () => (framework.hasOffer ? true : undefined));
        const accepted = framework.launch(...some.map(make)).catch(() => undefined);
        await new Promise((done) => setTimeout(done, random() * 60));
        await kill();
        await accepted;
        await resubscribed();
        await launchWhatNeverArrived(
          some.filter((id) => framework.states(id).length === 0),
          make,
        );
      }
      return { ids, evidence: () => readFileSync(file, 'utf8').trim().split('\n') };
    }

    // The ACCEPT did not reach the master, or it died before that was in its log: it says that it knows no such task.
    async function launchWhatNeverArrived(
      unheard: readonly string[],
      make: (id: string) => ReturnType<typeof task>,
    ): Promise<void> {
      if (unheard.length === 0) return;
      const agentId = { value: holder.agentId };
      const tasks = unheard.map((id) => ({ taskId: { value: id }, agentId }));
      await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
      for (const id of unheard) await framework.until(`an answer for ${id}`, () => framework.states(id)[0]);
      const gone = unheard.filter((id) => framework.states(id)[0] === 'TASK_GONE');
      if (gone.length > 0) await framework.launch(...gone.map(make));
    }
  },
);

/** New ones at each run, in the names of the tests; SEED repeats one. */
function seeds(count: number): number[] {
  const given = process.env['SEED'];
  if (given !== undefined) return [Number(given)];
  return Array.from({ length: count }, () => Math.floor(Math.random() * 1e9));
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
