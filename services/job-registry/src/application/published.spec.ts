import { asJsonMessage, type EncodedEvent, type JobSpec } from '@carillon/contracts';
import type { StoredEvent } from '@carillon/event-store';
import { describe, expect, test } from 'vitest';
import { jobSpec, runSpec, schedule } from '../domain/job.fixtures.js';
import { MOST_BYTES } from '../domain/size.rules.js';
import { toPublic } from './published.js';

/** A broker takes 1,048,588 bytes unless told otherwise, with some around each message. */
const ROOM = 1_000_000;

const bytesOf = (spec: JobSpec) => Buffer.byteLength(JSON.stringify(spec));

/** One about as large as is allowed, of those that become larger with n. */
function largest(make: (n: number) => JobSpec): JobSpec {
  let n = 1_000;
  for (let step = 0; step < 4; step += 1) n = Math.floor((n * MOST_BYTES) / bytesOf(make(n)));
  return make(n);
}

const many = <T>(n: number, make: (index: number) => T) =>
  Array.from({ length: n }, (_, index) => make(index));

function messageOf(spec: JobSpec): EncodedEvent {
  const data = { uid: 'u'.repeat(36), revision: 2 ** 31 - 1, createdAt: 0, definedAt: Date.now() };
  const stored: StoredEvent = {
    ...{ type: 'JobDefined', schemaVersion: 1, position: '1', stream: 'job-x', version: 1, recordedAt: 0 },
    data: { ...data, change: 'created', spec },
    metadata: { eventId: 'e'.repeat(36), traceparent: 't'.repeat(55), tracestate: 's'.repeat(512) },
  };
  return toPublic(stored) as EncodedEvent;
}

const weightOf = ({ key, headers, value }: EncodedEvent) =>
  value.byteLength + Buffer.byteLength(key + Object.entries(headers).flat().join(''));

describe('the event of the largest job that is allowed', () => {
  const id = 'i'.repeat(190);
  test.each<[string, (n: number) => JobSpec]>([
    ['in letters', (n) => jobSpec({ id, description: 'x'.repeat(n) })],
    ['in letters of three bytes', (n) => jobSpec({ id, description: '語'.repeat(n) })],
    [
      'in short labels',
      (n) => jobSpec({ id, labels: Object.fromEntries(many(n, (at) => [at.toString(36), ''])) }),
    ],
    [
      'in long labels',
      (n) => jobSpec({ id, labels: Object.fromEntries(many(n, (at) => [`${at}`, 'x'.repeat(128)])) }),
    ],
    ['in parents', (n) => jobSpec({ id, dependencies: many(n, (at) => ({ id: at.toString(36) })) })],
    [
      'in schedules',
      (n) =>
        jobSpec({
          id,
          schedules: many(n, (at) => ({
            ...schedule({ id: at.toString(36), cron: '', timezone: 'UTC', at: -1, from: -1, until: -1 }),
            ...{ maxRuns: -1, jitterSeconds: -1, queueLimit: -1 },
          })),
        }),
    ],
    [
      'in volumes',
      (n) => {
        const volumes = many(n, (at) => ({ containerPath: at.toString(36), persistent: { size: 1 } }));
        return jobSpec({ id, run: runSpec({ volumes }) });
      },
    ],
  ])('fits into the log, written %s', (_what, make) => {
    const spec = largest(make);
    expect(bytesOf(spec)).toBeGreaterThan(0.99 * MOST_BYTES);
    const message = messageOf(spec);
    expect(weightOf(message)).toBeLessThan(ROOM);
    expect(weightOf(asJsonMessage(message))).toBeLessThan(ROOM);
  });
});
