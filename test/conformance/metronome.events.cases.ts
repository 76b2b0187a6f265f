import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import { run } from './metronome.bodies.js';
import type { MetronomeClient } from './metronome.client.js';

interface Told {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly jobId: string;
  readonly data: { readonly runId?: string };
}

/** Reads the stream after `after` and breaks it off when `enough` says so. */
async function readSome(
  url: string,
  after: number,
  enough: (told: readonly Told[]) => boolean,
): Promise<Told[]> {
  const headers = { accept: 'text/event-stream', 'last-event-id': String(after) };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { agent: false, headers }, resolve).once('error', reject).end();
  });
  expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
  const told: Told[] = [];
  let rest = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const event = JSON.parse(data) as Told;
      expect(/^id: (\d+)$/m.exec(block)?.[1]).toBe(String(event.position));
      told.push(event);
      if (enough(told)) return told;
    }
  }
  return told;
}

/** What Metronome never had: a stream of everything that happens. */
export function eventCases(api: MetronomeClient, apiUrl: () => string): void {
  test('GET /v2/events streams the events of runs; who reconnects gets each once and in order', async () => {
    const id = api.id('events');
    await api.post('/v1/jobs', { id, run: run() });
    const started: string[] = [];
    const starting = (async () => {
      for (let count = 0; count < 12; count++) {
        started.push(((await api.post(`/v1/jobs/${id}/runs`)).json() as { id: string }).id);
      }
    })();
    const told: Told[] = [];
    const allEnded = (events: readonly Told[]) => {
      const ends = events.filter(({ type }) => type === 'carillon.RunEnded').map(({ data }) => data.runId);
      return started.length === 12 && started.every((runId) => ends.includes(runId));
    };
    while (!allEnded(told)) {
      const after = told.at(-1)?.position ?? 0;
      const most = 1 + (told.length % 5);
      const enough = (more: readonly Told[]) => more.length === most || allEnded([...told, ...more]);
      told.push(...(await readSome(`${apiUrl()}/v2/events?jobId=${id}`, after, enough)));
    }
    await starting;
    const positions = told.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b));
    const listed = (await api.get(`/v2/events?jobId=${id}&limit=1000`)).json() as { events: Told[] };
    expect(listed.events.slice(0, told.length)).toEqual(told);
    const queued = told.filter(({ type }) => type === 'carillon.RunQueued').map(({ data }) => data.runId);
    expect(new Set(queued)).toEqual(new Set(started));
    expect(queued).toHaveLength(12);
  });

  test('GET /v2/events takes a type, and refuses what is no position', async () => {
    const answer = await api.get('/v2/events?type=carillon.RunEnded&limit=10');
    const { events } = answer.json() as { events: Told[] };
    expect(events.every(({ type }) => type === 'carillon.RunEnded')).toBe(true);
    const refused = await api.get('/v2/events?after=x');
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
}
