import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HistoryApi, ListEventsRequest, RecordedEvent } from '@carillon/contracts';
import { unavailable } from '@carillon/event-sourcing';
import fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { EventFeed, type EventFilter, type FeedSettings } from './event-feed.js';

/** History's table: grows while it is read, can be away, and answers when it may. */
class Table {
  readonly events: RecordedEvent[] = [];
  readonly asked: ListEventsRequest[] = [];
  away = false;
  /** However many are asked for. */
  mostAtOnce = Infinity;
  answering: Promise<undefined> = Promise.resolve(undefined);

  add(count: number, jobId = 'a', type = 'carillon.RunQueued') {
    for (let index = 0; index < count; index++) {
      const position = this.events.length + 1;
      this.events.push({ position, type, eventId: `e${position}`, jobId, time: 0, dataJson: '{"n":1}' });
    }
  }

  readonly api: Pick<HistoryApi, 'listEvents'> = {
    listEvents: async (asked) => {
      this.asked.push(asked);
      await this.answering;
      if (this.away) throw unavailable('databaseUnavailable', 'away');
      const wanted = this.events.filter(
        ({ position, jobId }) => position > asked.after && (asked.jobId ?? jobId) === jobId,
      );
      const events = wanted.slice(0, Math.min(asked.limit, this.mostAtOnce));
      return events.length > 0 ? { events } : { events, end: this.events.at(-1)?.position ?? 0 };
    },
  };
}

let close: () => Promise<void> = () => Promise.resolve();
let connections = 0;
afterEach(() => close());

async function serve(table: Table, settings: Partial<FeedSettings> = {}, filter: EventFilter = {}) {
  const feed = new EventFeed(table.api, settings);
  const app = fastify({ forceCloseConnections: false });
  app.addHook('preClose', () => feed.close());
  app.get('/', async (asked, reply) => {
    const { after } = asked.query as { after?: string };
    try {
      await feed.stream(reply, Number(after ?? 0), filter);
    } catch {
      await reply.status(503).send('no');
    }
    return reply;
  });
  connections = 0;
  app.server.on('connection', (socket) => {
    connections += 1;
    socket.once('close', () => (connections -= 1));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  close = () => app.close();
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

const get = (url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { agent: false }, resolve).once('error', reject).end();
  });

/** Reads whole blocks until `enough` says so, then breaks the connection off in the middle of whatever comes. */
async function readUntil(url: string, enough: (ids: number[], text: string) => boolean) {
  const events: number[] = [];
  let resumeAt = 0;
  let text = '';
  let rest = '';
  for await (const chunk of (await get(url)).setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: (\d+)$/m.exec(block)?.[1];
      if (id !== undefined) resumeAt = Number(id);
      if (id !== undefined && /^data: /m.test(block)) events.push(Number(id));
      if (enough(events, text)) return { events, resumeAt, text };
    }
  }
  return { events, resumeAt, text };
}

const until = async (what: () => boolean | Promise<boolean>) => {
  for (const end = Date.now() + 10_000; !(await what()); ) {
    if (Date.now() > end) throw new Error('did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('the stream of events', () => {
  test('a client that comes back again and again, while events happen, has each once and in order', async () => {
    const table = new Table();
    table.add(450);
    const url = await serve(table);
    const writing = setInterval(() => table.add(7), 5);
    const seen: number[] = [];
    try {
      for (let after = 0, turn = 1; seen.length < 1_500; turn++) {
        const most = 1 + ((turn * 37) % 120);
        const { events } = await readUntil(`${url}/?after=${after}`, (ids) => ids.length >= most);
        seen.push(...events);
        after = seen.at(-1) ?? after;
      }
    } finally {
      clearInterval(writing);
    }
    expect(seen).toEqual(seen.map((_, index) => index + 1));
  });

  test('waits at the end and goes on', async () => {
    const table = new Table();
    table.add(3);
    const url = await serve(table);
    const reading = readUntil(url, (ids) => ids.length === 5);
    await until(() => table.asked.some(({ limit }) => limit === 1000));
    table.add(2);
    expect((await reading).events).toEqual([1, 2, 3, 4, 5]);
  });

  test('of one job moves its place with heartbeats, past what is not wanted', async () => {
    const table = new Table();
    table.add(2_500, 'other');
    const url = await serve(table, { heartbeatMs: 20 }, { jobId: 'a' });
    const { events, resumeAt } = await readUntil(url, (_, text) => text.includes('id: 2500\n'));
    expect([events, resumeAt]).toEqual([[], 2_500]);
  });

  test.each<[EventFilter, number]>([
    [{}, 40],
    [{ jobId: 'a' }, 20],
  ])('of %j has all, though fewer come at once than were asked for', async (filter, count) => {
    const table = new Table();
    for (let turn = 0; turn < 20; turn++) {
      table.add(1, 'b');
      table.add(1, 'a');
    }
    const url = await serve(table, {}, filter);
    const waiting = await get(url);
    waiting.resume();
    await until(() => table.asked.some(({ after, limit }) => after === 40 && limit === 1000));
    table.mostAtOnce = 2;
    expect((await readUntil(url, (ids) => ids.at(-1) === 40)).events).toHaveLength(count);
    waiting.destroy();
  });

  test('of some types passes over the others', async () => {
    const table = new Table();
    table.add(2);
    table.add(1, 'a', 'carillon.RunEnded');
    const url = await serve(table, {}, { types: new Set(['carillon.RunEnded']) });
    expect((await readUntil(url, (ids) => ids.length === 1)).events).toEqual([3]);
  });

  test('survives history being away, and loses nothing', async () => {
    const table = new Table();
    table.add(1);
    const url = await serve(table);
    const reading = readUntil(url, (ids) => ids.length === 2);
    await until(() => table.asked.length > 3);
    table.away = true;
    table.add(1);
    const asked = table.asked.length;
    await until(() => table.asked.length > asked + 2);
    table.away = false;
    expect((await reading).events).toEqual([1, 2]);
  });

  test.each<[string, EventFilter]>([
    ['of all', {}],
    ['of a job', { jobId: 'a' }],
  ])('%s goes on at the end when history is that of an older day', async (_, filter) => {
    const table = new Table();
    table.add(30);
    const url = await serve(table, { heartbeatMs: 60_000 }, filter);
    const reading = readUntil(url, (ids) => ids.length === 35);
    await until(() => table.asked.some(({ after, limit }) => after === 30 && limit === 1000));
    table.events.length = 20;
    const restoredAt = table.asked.length;
    await until(() => table.asked.slice(restoredAt).some(({ after }) => after === 20));
    table.add(5);
    const { events, text } = await reading;
    expect(events.slice(30)).toEqual([21, 22, 23, 24, 25]);
    expect(text).toContain('id: 30\nevent');
    expect(text).toContain('id: 20\n: still here');
  });

  test('from beyond the end begins at it, and says so', async () => {
    const table = new Table();
    table.add(20);
    const url = await serve(table, { heartbeatMs: 60_000 });
    const reading = readUntil(`${url}/?after=1000`, (ids) => ids.length === 1);
    await until(() => table.asked.some(({ limit }) => limit === 1000));
    table.add(1);
    const { events, text } = await reading;
    expect(events).toEqual([21]);
    expect(text).toContain('id: 20\n: still here');
  });

  test('asks once for all who wait, and not at all when nobody does', async () => {
    const table = new Table();
    const url = await serve(table, { heartbeatMs: 60_000 });
    const readers = Array.from({ length: 20 }, () => readUntil(url, (ids) => ids.length === 1));
    await until(() => table.asked.filter(({ limit }) => limit === 200).length >= 20);
    const before = table.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(table.asked.length - before).toBeLessThan(8);
    table.add(1);
    for (const reader of readers) expect((await reader).events).toEqual([1]);
    await until(() => table.asked.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const idle = table.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(table.asked.length).toBe(idle);
  });

  test('reads no further than a client takes, and lets one go that takes nothing', async () => {
    const table = new Table();
    const dataJson = JSON.stringify({ text: 'x'.repeat(10_000) });
    for (let position = 1; position <= 20_000; position++) {
      table.events.push({ position, type: 't', eventId: 'e', jobId: 'a', time: 0, dataJson });
    }
    const url = await serve(table, { stalledMs: 300 });
    const answer = await get(url);
    const closed = new Promise<void>((resolve) => answer.once('error', () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(table.asked.length).toBeLessThan(20);
    answer.resume();
    await closed;
  });

  test('a client that goes before it is answered leaves nothing behind', async () => {
    const table = new Table();
    const url = await serve(table, { maxStreams: 1 });
    const { promise, resolve: answer } = Promise.withResolvers<undefined>();
    table.answering = promise;
    const leaving = request(url, { agent: false });
    leaving.once('error', () => undefined).end();
    await until(() => table.asked.length === 1);
    leaving.destroy();
    await until(() => connections === 0);
    answer(undefined);
    table.add(1);
    let status = 0;
    await until(async () => {
      const next = await get(url);
      status = next.statusCode ?? 0;
      next.destroy();
      return status === 200;
    });
    expect(status).toBe(200);
  });

  test('counts those that are not answered yet, and no more when they could not be', async () => {
    const table = new Table();
    table.add(1);
    const url = await serve(table, { maxStreams: 3 });
    const { promise, resolve: answer } = Promise.withResolvers<undefined>();
    table.answering = promise;
    table.away = true;
    const failing = Array.from({ length: 3 }, () => get(url));
    try {
      await until(() => table.asked.length === 3);
      expect((await get(url)).statusCode).toBe(503);
      expect(table.asked).toHaveLength(3);
    } finally {
      answer(undefined);
    }
    for (const one of failing) expect((await one).statusCode).toBe(503);
    table.away = false;
    const streams = await Promise.all(Array.from({ length: 20 }, () => get(url)));
    expect(streams.map(({ statusCode }) => statusCode).sort()).toEqual([
      ...Array.from({ length: 3 }, () => 200),
      ...Array.from({ length: 17 }, () => 503),
    ]);
  });

  test('tells HEAD its headers, and is over', async () => {
    const table = new Table();
    const url = await serve(table, { maxStreams: 1 });
    for (let turn = 0; turn < 2; turn++) {
      const { status, headers } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
      expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    }
    expect(table.asked).toEqual([]);
  });

  test('has so many readers at most, and ends them when it closes', async () => {
    const table = new Table();
    table.add(1);
    const url = await serve(table, { maxStreams: 1 });
    const first = await fetch(url);
    expect((await fetch(url)).status).toBe(503);
    await close();
    close = () => Promise.resolve();
    expect(await first.text()).toContain('id: 1\n');
  });
});
