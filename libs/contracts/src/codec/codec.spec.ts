import assert from 'node:assert/strict';
import { isCarillonError } from '@carillon/event-sourcing';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { JobSpec } from '../generated/types.js';
import { arbitraryMessage } from './codec.arbitrary.js';
import { conform, decodeMessage, encodeMessage } from './codec.js';
import { type MessageName, messageNames } from './registry.js';

const job: JobSpec = {
  id: 'prod.dump',
  dependencies: [],
  labels: { location: 'olympus' },
  schedules: [],
  run: {
    cpus: 0.5,
    mem: 32,
    disk: 0,
    gpus: 0,
    cmd: 'sleep 1',
    args: [],
    env: { A: { value: '1' } },
    placement: { constraints: [] },
    artifacts: [],
    maxLaunchDelay: 3600,
    volumes: [],
    restart: { policy: 'NEVER' },
    secrets: {},
    networks: [],
    parameters: [],
  },
};

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (isCarillonError(error, 'invalid') && error.code === 'messageInvalid') return error.message;
    throw error;
  }
  throw new Error('was not refused');
};

/** What another writer, with a newer or broken idea of the message, would send. */
const foreign = (fields: readonly [name: string, id: number, type: string, value: unknown][]) => {
  const type = new protobuf.Type('Foreign');
  for (const [name, id, fieldType] of fields) type.add(new protobuf.Field(name, id, fieldType));
  return type.encode(Object.fromEntries(fields.map(([name, , , value]) => [name, value]))).finish();
};

describe('every message', () => {
  it.each(messageNames)('%s survives the round trip', (name: MessageName) => {
    fc.assert(
      fc.property(arbitraryMessage(name), (message) => {
        assert.deepStrictEqual(decodeMessage(name, encodeMessage(name, message)), message);
      }),
      { numRuns: 50 },
    );
  });

  it.each(messageNames)('%s refuses or reads any bytes', (name: MessageName) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeMessage(name, bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CarillonError', kind: 'invalid', code: 'messageInvalid' });
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('reading', () => {
  it('fills in lists, maps and scalars that the wire leaves out', () => {
    expect(decodeMessage('Schedule', new Uint8Array())).toEqual({
      id: '',
      cron: '',
      timezone: '',
      startingDeadlineSeconds: 0,
      concurrencyPolicy: 'ALLOW',
      enabled: false,
    });
    expect(decodeMessage('ListJobsResponse', new Uint8Array())).toEqual({ jobs: [] });
  });

  it('tells an optional zero from an absent field', () => {
    const ended = conform('RunEnded', { jobId: 'a', exitCode: 0 });
    expect(ended.exitCode).toBe(0);
    expect(conform('RunEnded', { jobId: 'a' })).not.toHaveProperty('exitCode');
  });

  it('refuses a message without a required field and says which', () => {
    expect(refusal(() => decodeMessage('JobSpec', new Uint8Array()))).toBe('JobSpec.run is missing');
    const run = { ...job.run, restart: null };
    expect(refusal(() => conform('CreateJobRequest', { spec: { ...job, run } }))).toBe(
      'CreateJobRequest.spec.run.restart is missing',
    );
  });

  it('refuses an integer that a number cannot hold', () => {
    const bytes = foreign([['definedAt', 4, 'int64', new protobuf.util.Long(1, 0x200000)]]);
    expect(refusal(() => decodeMessage('JobDefined', bytes))).toContain('JobDefined.definedAt must be');
  });

  it('keeps an enum value that is newer than this reader', () => {
    const ended = decodeMessage('RunEnded', foreign([['outcome', 4, 'int32', 77]]));
    expect(ended.outcome).toBe('unknown:77');
    expect(decodeMessage('RunEnded', encodeMessage('RunEnded', ended)).outcome).toBe('unknown:77');
  });

  it('passes over fields that are newer than this reader', () => {
    const bytes = foreign([
      ['id', 1, 'string', 'parent'],
      ['novelty', 99, 'string', 'x'],
    ]);
    expect(decodeMessage('Dependency', bytes)).toEqual({ id: 'parent' });
  });
});

describe('writing', () => {
  it('drops null, undefined and what the type does not know', () => {
    expect(conform('JobSpec', { ...job, description: null, extra: 1, labels: undefined })).toEqual({
      ...job,
      labels: {},
    });
  });

  it.each([
    [{ ...job, id: 1 }, 'JobSpec.id must be well-formed text'],
    [{ ...job, id: '\ud800' }, 'JobSpec.id must be well-formed text'],
    [{ ...job, schedules: {} }, 'JobSpec.schedules must be a list'],
    [{ ...job, run: { ...job.run, cpus: NaN } }, 'JobSpec.run.cpus must be a finite number'],
    [{ ...job, run: { ...job.run, gpus: 0.5 } }, 'JobSpec.run.gpus must be a whole number from'],
    [{ ...job, schedules: [{ concurrencyPolicy: 'allow' }] }, 'JobSpec.schedules[0].concurrencyPolicy'],
    [{ ...job, run: { ...job.run, env: { A: 'x' } } }, 'JobSpec.run.env.A must be an object'],
  ])('refuses values that do not fit, by their path', (value, expected) => {
    expect(refusal(() => encodeMessage('JobSpec', value as JobSpec))).toContain(expected);
  });

  it('takes any text as a label, __proto__ included', () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    const read = conform('JobSpec', { ...job, labels });
    expect(Object.entries(read.labels)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});
