import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type JobRegistryApi, lateBound } from '@carillon/contracts';
import type { Act } from '@carillon/service-runtime';
import { createGateway } from './gateway.js';

/** Answers as the registry would; the others are not asked. */
const registry: JobRegistryApi = {
  ...lateBound('JobRegistry').api,
  createJob: ({ spec }) => {
    const now = Date.now();
    return Promise.resolve({ uid: randomUUID(), revision: 1, createdAt: now, definedAt: now, spec });
  },
};

const { api: nobodysLetters } = lateBound('DeadLetters');
const nobodys = { timer: nobodysLetters, 'scheduler-framework': nobodysLetters, history: nobodysLetters };

const body = JSON.stringify({
  ...{ id: 'rehearsal', description: 'rehearsed', labels: { team: 'none' } },
  run: { cmd: 'true', cpus: 0.1, mem: 32, disk: 0, env: { GREETING: 'hello' } },
});

/** Requests that create a job, of a gateway of their own, which has nothing behind it and listens for as long as they last. */
export function rehearsedRequests(): Act {
  let opening: Promise<Rehearsed> | undefined;
  return {
    ...{ name: 'requests', times: 400, perTurn: 8 },
    async perform(count) {
      const gateway = await (opening ??= open());
      await Promise.all(Array.from({ length: count }, () => gateway.post()));
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

interface Rehearsed {
  post(): Promise<void>;
  close(): Promise<void>;
}

async function open(): Promise<Rehearsed> {
  const app = await createGateway(
    {
      ...{ config: { httpHost: '127.0.0.1', httpPort: 0, historyCount: 1 }, registry },
      framework: lateBound('SchedulerFramework').api,
      history: lateBound('History').api,
      timer: lateBound('Timer').api,
      deadLetters: nobodys,
    },
    { measured: false },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.getHttpServer().address() as { port: number };
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return {
    async post() {
      const sent = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/v1/jobs', headers });
      sent.end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      if (answer.statusCode !== 201) throw new Error(`answered ${answer.statusCode}`);
    },
    async close() {
      agent.destroy();
      await app.close();
    },
  };
}
