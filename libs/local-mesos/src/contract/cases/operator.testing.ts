import { masterCodec, type Offer } from '@carillon/mesos';
import { expect } from 'vitest';
import type { ContractCase, ContractContext } from '../contract-case.testing.js';
import { type Answer, operatorCall, parsed, send } from '../requests.testing.js';
import { scalar, task, type TestFramework, uniqueTaskId } from '../test-framework.testing.js';
import { knownFramework } from './frameworks.testing.js';

/** `host:port` of the agent of an offer, and where its v1 API is. */
function agentOf({ url }: Offer): { readonly address: string; readonly path: string } {
  const { ip = '', port = 0 } = url?.address ?? {};
  return { address: `${ip}:${port}`, path: url?.path ?? '' };
}

async function run(
  context: ContractContext,
  cmd: string,
): Promise<{ framework: TestFramework; id: string; offer: Offer; sandbox: string }> {
  const framework = await context.framework();
  const id = uniqueTaskId('files');
  const offer = await framework.launch(task({ id, cmd: `${cmd}; touch done; sleep 60` }));
  await framework.status(id, 'TASK_RUNNING');
  const sandbox = `/frameworks/${framework.id}/executors/${id}/runs/latest`;
  const done = (): Promise<Answer> => files(offer, 'read', { path: `${sandbox}/done` });
  await expect.poll(async () => (await done()).status, { timeout: 20_000 }).toBe(200);
  return { framework, id, offer, sandbox };
}

function files(offer: Offer, what: string, query: Readonly<Record<string, string>>): Promise<Answer> {
  return send(agentOf(offer).address, { path: `/files/${what}?${new URLSearchParams(query).toString()}` });
}

interface Listed {
  readonly path: string;
  readonly size: number;
  readonly mode: string;
}

export const operator: readonly ContractCase[] = [
  {
    name: 'GET_HEALTH, GET_VERSION, GET_MASTER',
    run: async (context) => {
      expect(await context.operator('GET_HEALTH')).toMatchObject({
        status: 200,
        body: '{"type":"GET_HEALTH","get_health":{"healthy":true}}',
      });
      expect(parsed(await context.operator('GET_VERSION'))).toMatchObject({
        get_version: { version_info: { version: '1.11.0' } },
      });
      expect(parsed(await context.operator('GET_MASTER'))).toMatchObject({
        get_master: { master_info: { version: '1.11.0', pid: `master@${context.master}` } },
      });
    },
  },
  {
    name: 'GET_METRICS: how many agents, frameworks, offers and tasks there are, and what these use',
    run: async (context) => {
      const metrics = async (): Promise<ReadonlyMap<string, number>> => {
        const read = parsed(await context.operator('GET_METRICS', { get_metrics: {} })) as {
          get_metrics: { metrics: readonly { name: string; value?: number }[] };
        };
        return new Map(
          read.get_metrics.metrics.map(({ name, value = 0 }) => [name.replace('master/', ''), value]),
        );
      };
      const without = await context.operator('GET_METRICS');
      expect([without.status, without.body]).toEqual([
        400,
        "Failed to validate master::Call: Expecting 'get_metrics' to be present",
      ]);
      const before = await metrics();
      const at = (name: string, of = before): number => of.get(name) ?? Number.NaN;
      expect(at('elected')).toBe(1);
      expect(at('uptime_secs')).toBeGreaterThan(0);
      expect(at('slaves_connected')).toBe(at('slaves_active') + at('slaves_inactive'));
      for (const name of ['slaves_unreachable', 'outstanding_offers', 'gpus_total', 'gpus_used']) {
        expect({ name, is: before.has(name) }).toEqual({ name, is: true });
      }
      const { framework } = await run(context, 'true');
      const now = await metrics();
      const grown = Object.fromEntries(
        [
          ...['frameworks_connected', 'frameworks_active', 'tasks_running', 'tasks_staging'],
          ...['tasks_starting', 'tasks_killing', 'tasks_unreachable', 'frameworks_inactive'],
        ].map((name) => [name, at(name, now) - at(name)]),
      );
      expect(grown).toEqual({
        ...{ frameworks_connected: 1, frameworks_active: 1, tasks_running: 1, tasks_staging: 0 },
        ...{ tasks_starting: 0, tasks_killing: 0, tasks_unreachable: 0, frameworks_inactive: 0 },
      });
      for (const name of ['cpus', 'mem', 'disk']) {
        const [total, used] = [at(`${name}_total`, now), at(`${name}_used`, now)];
        expect({ name, percent: at(`${name}_percent`, now) }).toEqual({
          ...{ name, percent: expect.closeTo(used / total, 6) as number },
        });
      }
      expect(at('cpus_used', now)).toBeGreaterThan(at('cpus_used'));
      await framework.tearDown();
    },
  },
  {
    name: 'the same in protobuf',
    run: async ({ master }) => {
      const { call, response, contentType } = masterCodec('protobuf');
      const headers = { 'content-type': contentType, accept: contentType };
      const body = call.encode({ type: 'GET_VERSION' });
      const answer = await send(master, { path: '/api/v1', method: 'POST', headers, body });
      const bytes = Buffer.from(answer.body, 'latin1');
      expect(response.decode(bytes)).toMatchObject({
        type: 'GET_VERSION',
        getVersion: { versionInfo: { version: '1.11.0' } },
      });
    },
  },
  {
    name: 'an unknown type of call, or one without its body: 400; GET: 405',
    run: async (context) => {
      expect(await context.operator('DANCE')).toMatchObject({
        status: 400,
        body: "Failed to validate master::Call: Expecting 'type' to be present",
      });
      for (const [type, body] of [
        ['DRAIN_AGENT', 'drain_agent'],
        ['START_MAINTENANCE', 'start_maintenance'],
        ['UPDATE_MAINTENANCE_SCHEDULE', 'update_maintenance_schedule'],
        ['TEARDOWN', 'teardown'],
      ] as const) {
        expect(await context.operator(type)).toMatchObject({
          status: 400,
          body: `Failed to validate master::Call: Expecting '${body}' to be present`,
        });
      }
      expect(await context.operator('DRAIN_AGENT', {})).toMatchObject({
        status: 400,
        body: 'Failed to convert JSON into Call protobuf: Missing required fields: drain_agent.agent_id',
      });
      const got = await send(context.master, { path: '/api/v1' });
      expect(got).toMatchObject({
        status: 405,
        body: "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.",
      });
    },
  },
  {
    name: 'GET_AGENTS: what agents are and have',
    run: async (context) => {
      const framework = await context.framework();
      const { agentId, hostname } = await framework.offer();
      const { agents = [] } = parsed(await context.operator('GET_AGENTS'))['get_agents'] as {
        agents?: readonly Record<string, unknown>[];
      };
      expect(agents).toHaveLength(2);
      const cpus = { name: 'cpus', type: 'SCALAR', scalar: { value: 4 }, role: '*' };
      expect(agents.find(({ agent_info }) => (agent_info as { id: unknown }).id !== undefined)).toBeDefined();
      expect(agents).toContainEqual(
        expect.objectContaining({
          agent_info: expect.objectContaining({ id: agentId, hostname }) as unknown,
          active: true,
          deactivated: false,
          version: '1.11.0',
          pid: expect.stringMatching(/^slave\(\d+\)@127\.0\.0\.1:\d+$/) as unknown,
          total_resources: expect.arrayContaining([cpus]) as unknown,
        }),
      );
    },
  },
  {
    name: 'GET_FRAMEWORKS and GET_TASKS, /state and /slaves: what runs, and that it is over',
    run: async (context) => {
      const framework = await context.framework();
      const id = uniqueTaskId('seen');
      const { agentId } = await framework.launch(
        task({ id, cmd: 'sleep 60', info: { labels: { labels: [{ key: 'a', value: 'b' }] } } }),
      );
      await framework.status(id, 'TASK_RUNNING');
      expect(await knownFramework(context, framework.id)).toMatchObject({ active: true, connected: true });
      const tasks = async (which: string): Promise<unknown> => {
        const { [which]: found = [] } = parsed(await context.operator('GET_TASKS'))['get_tasks'] as Record<
          string,
          readonly { readonly task_id: { readonly value: string } }[] | undefined
        >;
        return found.find(({ task_id }) => task_id.value === id);
      };
      expect(await tasks('tasks')).toMatchObject({
        name: id,
        framework_id: { value: framework.id },
        agent_id: { value: agentId.value },
        state: 'TASK_RUNNING',
        labels: { labels: [{ key: 'a', value: 'b' }] },
      });
      const state = parsed(await send(context.master, { path: '/state' }));
      expect(state).toMatchObject({
        version: '1.11.0',
        activated_slaves: 2,
        pid: `master@${context.master}`,
      });
      const shown = (state['frameworks'] as readonly { id: string; tasks: readonly object[] }[]).find(
        (one) => one.id === framework.id,
      );
      expect(shown).toMatchObject({
        name: 'contract',
        active: true,
        tasks: [{ id, state: 'TASK_RUNNING', slave_id: agentId.value, resources: { cpus: 0.1, mem: 32 } }],
      });
      const { slaves } = parsed(await send(context.master, { path: '/slaves' })) as {
        slaves: readonly { id: string }[];
      };
      expect(slaves.find((slave) => slave.id === agentId.value)).toMatchObject({
        active: true,
        resources: { cpus: 4, mem: 4096 },
        attributes: { rack: expect.stringMatching(/^r\d$/) as unknown },
      });
      await framework.call({ type: 'KILL', kill: { taskId: { value: id } } });
      await framework.status(id, 'TASK_KILLED');
      await expect
        .poll(() => tasks('completed_tasks'), { timeout: 20_000 })
        .toMatchObject({ state: 'TASK_KILLED' });
      expect(await tasks('tasks')).toBeUndefined();
    },
  },
  {
    name: 'GET_ROLES and GET_STATE: who there is',
    run: async (context) => {
      const framework = await context.framework({ framework: { roles: ['contract-role'] } });
      const { roles = [] } = parsed(await context.operator('GET_ROLES'))['get_roles'] as {
        roles?: readonly { readonly name: string }[];
      };
      expect(roles.find(({ name }) => name === 'contract-role')).toMatchObject({
        weight: 1,
        frameworks: [{ value: framework.id }],
      });
      const state = parsed(await context.operator('GET_STATE'))['get_state'] as object;
      expect(Object.keys(state).sort()).toEqual([
        'get_agents',
        'get_executors',
        'get_frameworks',
        'get_tasks',
      ]);
    },
  },
  {
    name: 'TEARDOWN by an operator: the stream ends, the tasks are killed, the framework is completed',
    run: async (context) => {
      const framework = await context.framework();
      const { id } = framework;
      const torn = await context.operator('TEARDOWN', { framework_id: { value: id } });
      expect(torn).toMatchObject({ status: 200, body: '' });
      await framework.until('the end', () => framework.disconnections[0]);
      expect(await knownFramework(context, id)).toBeUndefined();
      const again = await context.operator('TEARDOWN', { framework_id: { value: id } });
      expect(again).toMatchObject({ status: 400, body: 'No framework found with specified ID' });
    },
  },
  {
    name: '/health, /redirect, and what is not there',
    run: async ({ master }) => {
      expect(await send(master, { path: '/health' })).toMatchObject({ status: 200, body: '' });
      expect(await send(master, { path: '/master/health' })).toMatchObject({ status: 200 });
      const redirect = await send(master, { path: '/redirect' });
      expect(redirect.status).toBe(307);
      expect(redirect.headers['location']).toBe(`//${master}`);
      expect(await send(master, { path: '/nope' })).toMatchObject({ status: 404, body: '404 Not Found.' });
    },
  },
  {
    name: 'an offer says whose it is: agent, address, attributes, role',
    run: async (context) => {
      const framework = await context.framework();
      const offer = await framework.offer({ cpus: 3, mem: 3000 });
      expect(offer).toMatchObject({
        frameworkId: { value: framework.id },
        url: { scheme: 'http', address: { ip: '127.0.0.1' } },
        attributes: [{ name: 'rack', type: 'TEXT' }],
        allocationInfo: { role: '*' },
      });
      expect(offer.url?.path).toMatch(/^\/slave\(\d\)$/);
      for (const { role, allocationInfo } of offer.resources) {
        expect({ role, allocationInfo }).toEqual({ role: '*', allocationInfo: { role: '*' } });
      }
      expect(new Set(offer.resources.map(({ name }) => name))).toEqual(
        new Set(['ports', 'cpus', 'mem', 'disk']),
      );
      expect(scalar(offer, 'cpus')).toBeLessThanOrEqual(4);
    },
  },
  {
    name: 'files of a sandbox: browsed, read in parts, downloaded',
    run: async (context) => {
      const { offer, sandbox } = await run(
        context,
        'printf 0123456789 > numbers; mkdir sub; echo x > sub/file',
      );
      const listed = JSON.parse((await files(offer, 'browse', { path: sandbox })).body) as readonly Listed[];
      const names = listed.map(({ path }) => path.slice(sandbox.length + 1));
      expect(names).toEqual(expect.arrayContaining(['numbers', 'stderr', 'stdout', 'sub']));
      const of = (name: string): Listed | undefined =>
        listed.find(({ path }) => path === `${sandbox}/${name}`);
      expect(of('numbers')).toMatchObject({ size: 10, mode: '-rw-r--r--', uid: 'root', nlink: 1 });
      expect(of('sub')?.mode).toBe('drwxr-xr-x');
      const path = `${sandbox}/numbers`;
      const read = async (query: Readonly<Record<string, string>>): Promise<unknown> =>
        JSON.parse((await files(offer, 'read', { path, ...query })).body);
      expect(await read({ offset: '3', length: '4' })).toEqual({ data: '3456', offset: 3 });
      expect(await read({ offset: '8', length: '100' })).toEqual({ data: '89', offset: 8 });
      expect(await read({ offset: '99', length: '5' })).toEqual({ data: '', offset: 99 });
      expect(await read({})).toEqual({ data: '', offset: 10 });
      expect(await files(offer, 'download', { path })).toMatchObject({ status: 200, body: '0123456789' });
    },
  },
  {
    name: 'files that are not there, folders, other places: 404, 400',
    run: async (context) => {
      const { offer, sandbox } = await run(context, 'mkdir sub');
      const status = async (what: string, query: Readonly<Record<string, string>>): Promise<number> =>
        (await files(offer, what, query)).status;
      expect(await status('read', { path: `${sandbox}/nope`, offset: '0' })).toBe(404);
      expect(await status('read', { path: '/etc/passwd', offset: '0' })).toBe(404);
      expect(await status('browse', { path: '/nope' })).toBe(404);
      expect(await status('browse', { path: `${sandbox}/../../../..` })).toBe(400);
      expect(await files(offer, 'read', { path: `${sandbox}/sub`, offset: '0' })).toMatchObject({
        status: 400,
        body: 'Cannot read a directory.\n',
      });
      expect(await files(offer, 'read', { path: `${sandbox}/done`, offset: 'x' })).toMatchObject({
        status: 400,
        body: "Failed to parse offset: Failed to convert 'x' to number.\n",
      });
      const numbers = { path: `${sandbox}/stdout` };
      expect(await files(offer, 'read', { ...numbers, offset: '-5' })).toMatchObject({
        status: 400,
        body: 'Negative offset provided: -5.\n',
      });
      expect(await files(offer, 'read', { ...numbers, offset: '0', length: '-5' })).toMatchObject({
        status: 400,
        body: 'Negative length provided: -5.\n',
      });
      const tooLarge = '1'.padEnd(31, '0');
      expect(await files(offer, 'read', { ...numbers, offset: tooLarge })).toMatchObject({
        status: 400,
        body: `Failed to parse offset: Failed to convert '${tooLarge}' to number.\n`,
      });
      expect(await files(offer, 'browse', {})).toMatchObject({
        status: 400,
        body: "Expecting 'path=value' in query.\n",
      });
    },
  },
  {
    name: "LIST_FILES and READ_FILE of the agent's v1 API",
    run: async (context) => {
      const { offer, sandbox } = await run(context, 'printf 0123456789 > numbers');
      const { address, path: base } = agentOf(offer);
      const ask = (type: string, body: object): Promise<Answer> =>
        operatorCall(address, type, body, `${base}/api/v1`);
      const list = parsed(await ask('LIST_FILES', { path: sandbox }))['list_files'] as {
        readonly file_infos: readonly { readonly path: string; readonly size: number }[];
      };
      expect(list.file_infos.find(({ path }) => path === `${sandbox}/numbers`)).toMatchObject({ size: 10 });
      const read = { path: `${sandbox}/numbers`, offset: 2, length: 3 };
      expect(parsed(await ask('READ_FILE', read))['read_file']).toEqual({
        size: 10,
        data: Buffer.from('234').toString('base64'),
      });
      expect((await ask('READ_FILE', { path: `${sandbox}/nope`, offset: 0 })).status).toBe(404);
      expect((await ask('LIST_FILES', { path: '/nope' })).status).toBe(404);
    },
  },
  {
    name: "the agent's /state has the directory of a task's sandbox, and that can be browsed",
    run: async (context) => {
      const { framework, id, offer } = await run(context, 'true');
      const { address, path } = agentOf(offer);
      const state = parsed(await send(address, { path: `${path}/state` })) as {
        readonly frameworks: readonly {
          readonly id: string;
          readonly executors: readonly { readonly id: string; readonly directory: string }[];
        }[];
      };
      const executors = state.frameworks.find((one) => one.id === framework.id)?.executors ?? [];
      const directory = executors.find((one) => one.id === id)?.directory ?? '';
      const listed = JSON.parse(
        (await files(offer, 'browse', { path: directory })).body,
      ) as readonly Listed[];
      expect(listed.map((file) => file.path)).toContain(`${directory}/stdout`);
    },
  },
];
