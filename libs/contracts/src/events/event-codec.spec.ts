import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryMessage } from '../codec/codec.arbitrary.js';
import { eventTopics, type RunDue } from '../generated/types.js';
import {
  type EncodedEvent,
  type EventMeta,
  isPublicEventType,
  type PublicEventType,
  TOPICS,
} from './event.js';
import { asJsonMessage, decodeEvent, encodeEvent } from './event-codec.js';
import type { Upcasters } from './upcasters.js';

const runDue: RunDue = {
  jobId: 'prod.dump',
  uid: 'u1',
  revision: 3,
  runId: '20261123030000AbCdE',
  scheduleId: 'nightly',
  dueAt: Date.UTC(2026, 10, 23, 3),
  decidedAt: Date.UTC(2026, 10, 23, 3, 0, 0, 12),
  trigger: 'schedule',
};
const writers = { protobuf: (message: EncodedEvent) => message, json: asJsonMessage<EncodedEvent> };
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const meta: EventMeta = {
  eventId: 'e-1',
  time: Date.UTC(2026, 10, 23, 3, 0, 0, 14),
  source: 'timer',
  traceparent,
  tracestate: 'vendor=1',
};
const types = Object.keys(eventTopics).filter(isPublicEventType);

describe('an encoded event', () => {
  it('is read once for all consumers of a process, and never for another message', () => {
    const message = encodeEvent('RunDue', runDue, meta);
    expect(decodeEvent({ ...message })).toBe(decodeEvent({ ...message }));
    const { value } = encodeEvent('RunDue', { ...runDue, runId: 'another' }, meta);
    expect(decodeEvent({ headers: message.headers, value })?.data).toMatchObject({ runId: 'another' });
    expect(decodeEvent({ ...message, headers: { ...message.headers, ce_id: 'e-2' } })?.id).toBe('e-2');
  });

  it('is a CloudEvent in binary mode, keyed by its job', () => {
    const { value, ...rest } = encodeEvent('RunDue', runDue, meta);
    expect(value).toBeInstanceOf(Uint8Array);
    expect(rest).toEqual({
      topic: 'carillon.triggers',
      key: 'prod.dump',
      headers: {
        ce_specversion: '1.0',
        ce_type: 'carillon.RunDue',
        ce_source: 'timer',
        ce_id: 'e-1',
        ce_time: '2026-11-23T03:00:00.014Z',
        ce_subject: 'prod.dump',
        ce_schemaversion: '1',
        ce_traceparent: traceparent,
        ce_tracestate: 'vendor=1',
        'content-type': 'application/protobuf',
        traceparent,
        tracestate: 'vendor=1',
      },
    });
  });

  it('is readable JSON when so set', () => {
    const { headers, value } = asJsonMessage(encodeEvent('RunDue', runDue, meta));
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(Buffer.from(value).toString())).toEqual(runDue);
  });

  it('goes to one of the topics', () => {
    expect(new Set(Object.values(eventTopics))).toEqual(new Set(Object.values(TOPICS)));
  });

  it.each(
    types.flatMap((type) => [
      { type, format: 'protobuf' as const },
      { type, format: 'json' as const },
    ]),
  )('of type $type as $format is read as it was written', ({ type, format }) => {
    fc.assert(
      fc.property(arbitraryMessage<PublicEventType>(type), (data) => {
        const read = decodeEvent(writers[format](encodeEvent<PublicEventType>(type, data, meta)));
        const { eventId: id, time, source, traceparent, tracestate } = meta;
        assert.deepStrictEqual(read, { type, data, id, time, source, trace: { traceparent, tracestate } });
      }),
      { numRuns: 30 },
    );
  });
});

describe('reading', () => {
  const encoded = encodeEvent('RunDue', runDue, meta);
  const withHeaders = (headers: Record<string, string>) => ({
    headers: { ...encoded.headers, ...headers },
    value: encoded.value,
  });

  it.each(['carillon.FromTheFuture', 'com.example.RunDue', 'carillon.toString', 'carillon.JobSpec'])(
    'passes over %s',
    (ce_type) => {
      expect(decodeEvent(withHeaders({ ce_type }))).toBeUndefined();
    },
  );

  it('passes over a message without headers', () => {
    expect(decodeEvent({ headers: {}, value: encoded.value })).toBeUndefined();
  });

  it('follows the trace of the publisher where there is one', () => {
    const published = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';
    expect(decodeEvent(withHeaders({ traceparent: published }))?.trace.traceparent).toBe(published);
    const recorded = Object.entries(encoded.headers).filter(([name]) => name !== 'traceparent');
    const message = { headers: Object.fromEntries(recorded), value: encoded.value };
    expect(decodeEvent(message)?.trace.traceparent).toBe(traceparent);
  });

  it.each([
    [withHeaders({ ce_time: 'yesterday' }), 'eventInvalid'],
    [withHeaders({ ce_id: '' }), 'eventInvalid'],
    [withHeaders({ ce_schemaversion: '0' }), 'eventInvalid'],
    [withHeaders({ 'content-type': 'text/plain' }), 'eventInvalid'],
    [withHeaders({ 'content-type': 'application/json' }), 'eventInvalid'],
    [{ ...encoded, value: encoded.value.subarray(0, 5) }, 'messageInvalid'],
  ])('refuses what claims to be ours and is not (%#)', (message, code) => {
    expect(() => decodeEvent(message)).toThrow(expect.objectContaining({ kind: 'invalid', code }));
  });
});

describe('upcasting', () => {
  // As if revisions had been counted from 0 in version 1, and version 2 had had no scheduleId.
  const upcasters: Upcasters = {
    RunDue: [
      (data) => ({ ...data, revision: Number(data['revision']) + 1 }),
      (data) => ({ ...data, scheduleId: data['scheduleId'] === '' ? 'default' : data['scheduleId'] }),
    ],
  };
  const written = (version: number, format: 'protobuf' | 'json') => {
    const message = writers[format](encodeEvent('RunDue', { ...runDue, revision: 0, scheduleId: '' }, meta));
    return { ...message, headers: { ...message.headers, ce_schemaversion: String(version) } };
  };

  it('writes the newest version', () => {
    expect(encodeEvent('RunDue', runDue, meta, upcasters).headers['ce_schemaversion']).toBe('3');
    expect(
      encodeEvent('JobRemoved', { jobId: 'a', uid: 'u', removedAt: 0 }, meta, upcasters).headers,
    ).toMatchObject({ ce_schemaversion: '1' });
  });

  it.each([
    [1, { revision: 1, scheduleId: 'default' }],
    [2, { revision: 0, scheduleId: 'default' }],
    [3, { revision: 0, scheduleId: '' }],
    [4, { revision: 0, scheduleId: '' }],
  ])('brings version %i to the newest, step by step', (version, expected) => {
    for (const format of ['protobuf', 'json'] as const) {
      expect(decodeEvent(written(version, format), upcasters)?.data).toEqual({ ...runDue, ...expected });
    }
  });

  it('lets an upcaster give what an old version lacks, and checks the result', () => {
    const broken: Upcasters = { RunDue: [(data) => ({ ...data, revision: 'three' })] };
    expect(() => decodeEvent(written(1, 'protobuf'), broken)).toThrow(
      'RunDue.revision must be a whole number',
    );
  });
});
