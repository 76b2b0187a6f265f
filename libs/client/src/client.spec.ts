import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { carillonClient } from './client.js';

let close: () => void = () => undefined;
afterEach(() => close());

type Handler = (request: IncomingMessage, answer: ServerResponse) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a request', () => {
  test('has its path, query, headers and body where they belong', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, answer) => {
      const { 'if-match': ifMatch, 'idempotency-key': key, 'x-user': user } = request.headers;
      seen.push([request.method, request.url, ifMatch, key, user]);
      request.pipe(answer);
    });
    const client = carillonClient({ url: `${url}/below/`, headers: { 'x-user': 'me' } });
    const body = { until: '2030-01-01T00:00:00Z' };
    const request = { jobId: 'a.b', ifMatch: '"u.1"', idempotencyKey: 'k', body };
    expect(await client.pauseJob(request)).toEqual(body);
    expect(await client.listJobs({ limit: 5, prefix: 'a' })).toBeUndefined();
    expect(seen).toEqual([
      ['POST', '/below/v2/jobs/a.b/pause', '"u.1"', 'k', 'me'],
      ['GET', '/below/v2/jobs?limit=5&prefix=a', undefined, undefined, 'me'],
    ]);
    // @ts-expect-error a job has an id
    await expect(client.getJob({})).rejects.toThrow('jobId');
  });

  test('that is refused throws the problem, also in words of a proxy', async () => {
    const url = await serve((request, answer) => {
      const own = request.url === '/v2/jobs/a';
      answer.writeHead(own ? 404 : 502, { 'content-type': own ? 'application/problem+json' : 'text/html' });
      answer.end(
        own ? '{"type":"about:blank","title":"Not Found","status":404,"code":"jobNotFound"}' : '<html>',
      );
    });
    const client = carillonClient({ url });
    await expect(client.getJob({ jobId: 'a' })).rejects.toMatchObject({
      status: 404,
      problem: { code: 'jobNotFound' },
    });
    await expect(client.getJob({ jobId: 'b' })).rejects.toMatchObject({ status: 502 });
  });
});

test('an id that would lead to another address is refused', async () => {
  const asked: unknown[] = [];
  const url = await serve((request, answer) => {
    asked.push(request.url);
    answer.end('{"runs":[]}');
  });
  const client = carillonClient({ url });
  for (const jobId of ['', '.', '..']) {
    await expect(client.listRunsOfJob({ jobId })).rejects.toThrow(`jobId "${jobId}" is no id`);
  }
  expect(asked).toEqual([]);
});

test('the stream of events comes back where it was after breaking off, and ends when told', async () => {
  const asked: unknown[] = [];
  const event = (id: number) => `id: ${id}\nevent: x\ndata: {"position":${id}}\n\n`;
  const url = await serve((request, answer) => {
    asked.push(request.headers['last-event-id']);
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    if (asked.length === 1) {
      // In the middle of an event, after a place without one.
      answer.write(`${event(1)}${event(2)}id: 7\n: still here\n\nid: 8\ndata: {"pos`);
      setTimeout(() => answer.destroy(), 20);
    } else {
      answer.write(event(8));
    }
  });
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const { position } of carillonClient({ url }).events({ signal: stop.signal })) {
    seen.push(position);
    if (position === 8) stop.abort();
  }
  expect([seen, asked]).toEqual([
    [1, 2, 8],
    ['0', '7'],
  ]);
});

test('the stream of events ends when told, also with events at hand', async () => {
  const url = await serve((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write([1, 2, 3].map((position) => `id: ${position}\ndata: {"position":${position}}\n\n`).join(''));
  });
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const { position } of carillonClient({ url }).events({ signal: stop.signal })) {
    seen.push(position);
    stop.abort();
  }
  expect(seen).toEqual([1]);
});

test('an event with line ends of other kinds than that of the stream is told like any', async () => {
  const text = 'one\u2028id: 9\u2029two\u0085three';
  const url = await serve((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write(`id: 1\nevent: x\ndata: ${JSON.stringify({ position: 1, data: { text } })}\n\n`);
  });
  const { value } = await carillonClient({ url }).events().next();
  expect(value).toEqual({ position: 1, data: { text } });
});
