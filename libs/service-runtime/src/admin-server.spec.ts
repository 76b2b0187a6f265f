import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AdminServer, startAdminServer } from './admin-server.js';
import { prometheusText } from './meters.js';
import * as metrics from './metrics.js';

let broker: Error | undefined;
let admin: AdminServer;

beforeEach(async () => {
  broker = undefined;
  admin = await startAdminServer({
    port: 0,
    host: '127.0.0.1',
    timeoutMs: 50,
    checks: {
      database: () => Promise.resolve(),
      broker: () => {
        if (broker) throw broker;
      },
    },
  });
});

afterEach(() => admin.close());

const get = (path: string) => fetch(`http://127.0.0.1:${admin.port}${path}`);

test('/healthz says that the process is up', async () => {
  expect((await get('/healthz')).status).toBe(200);
});

test('/readyz is 503 and names what is not ready, and 200 when it is again', async () => {
  broker = new Error('no broker answers');
  const refused = await get('/readyz');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toEqual({
    status: 'notReady',
    checks: { database: 'ok', broker: 'no broker answers' },
  });
  broker = undefined;
  expect((await get('/readyz')).status).toBe(200);
});

test('a check that hangs is not ready', async () => {
  const hanging = await startAdminServer({
    port: 0,
    host: '127.0.0.1',
    timeoutMs: 20,
    checks: { database: () => new Promise(() => undefined) },
  });
  const response = await fetch(`http://127.0.0.1:${hanging.port}/readyz`);
  expect(await response.json()).toMatchObject({ checks: { database: 'no answer within 20 ms' } });
  await hanging.close();
});

test('/metrics shows counters, cumulative histograms and only what is observed now', async () => {
  metrics.fires.add(2, { outcome: 'succeeded' });
  metrics.fireLag.record(0.07, { hop: 'decided' });
  let epoch = 1;
  metrics.leader.addCallback((result) => result.observe(1, { epoch }));
  expect(await (await get('/metrics')).text()).toContain('scheduler_leader{epoch="1"} 1');
  epoch = 2;
  const text = await (await get('/metrics')).text();
  expect(text).toContain('scheduler_fires_total{outcome="succeeded"} 2');
  expect(text).toContain('scheduler_fire_lag_seconds_bucket{hop="decided",le="0.05"} 0');
  expect(text).toContain('scheduler_fire_lag_seconds_bucket{hop="decided",le="0.1"} 1');
  expect(text).toContain('scheduler_leader{epoch="2"} 1');
  expect(text).not.toContain('scheduler_leader{epoch="1"}');
});

test('/metrics tells two who ask at once the same', async () => {
  metrics.nextDue.addCallback((result) => result.observe(3));
  const texts = await Promise.all([prometheusText(), prometheusText()]);
  expect(texts.map((text) => /^scheduler_next_due_seconds 3$/m.test(text))).toEqual([true, true]);
});

test('other paths are 404 and other methods 405', async () => {
  expect((await get('/')).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${admin.port}/healthz`, { method: 'POST' })).status).toBe(405);
});
