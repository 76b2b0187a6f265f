import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../types/call.js';
import type { Event } from '../types/event.js';
import { schedulerCodecs } from './codec.js';
import { recorded, recordedEvents } from './recordings.testing.js';

const { protobuf, json } = schedulerCodecs;
const streams = [
  'stream.response',
  'stream2-failover.response',
  'stream4-subscribe-torn-down.response',
  'failures-stream.response',
];
const calls = [
  'stream.request',
  'stream2-failover.request',
  'call-01-accept-two-tasks.request',
  'call-02-acknowledge.request',
  'call-11-reconcile-one.request',
  'call-13-kill.request',
  'call-16-kill-unknown.request',
  'call-21-decline-1000.request',
  'call-22-revive.request',
  'call-23-suppress.request',
];

describe('recordings of a real Mesos', () => {
  it.each(streams)('events of %s: decoded from protobuf and encoded again, the same bytes', (name) => {
    for (const record of recordedEvents('protobuf', name)) {
      expect(Buffer.from(protobuf.encodeEvent(protobuf.decodeEvent(record)))).toEqual(Buffer.from(record));
    }
  });

  it.each(calls)('%s: decoded from protobuf and encoded again, the same bytes', (name) => {
    const { body } = recorded('protobuf', name);
    expect(Buffer.from(protobuf.encodeCall(protobuf.decodeCall(body)))).toEqual(body);
  });

  it.each(streams)('events of %s: decoded from JSON and encoded again, the same values', (name) => {
    for (const record of recordedEvents('json', name)) {
      const again = Buffer.from(json.encodeEvent(json.decodeEvent(record))).toString();
      expect(withNumbers(again)).toEqual(withNumbers(Buffer.from(record).toString()));
    }
  });

  it.each(calls)('%s: decoded from JSON and encoded again, the same values', (name) => {
    const { body } = recorded('json', name);
    const again = Buffer.from(json.encodeCall(json.decodeCall(body))).toString();
    expect(JSON.parse(again)).toEqual(JSON.parse(body.toString()));
  });

  it('both encodings tell the same life of tasks', () => {
    const [fromProtobuf, fromJson] = (['protobuf', 'json'] as const).map((format) =>
      recordedEvents(format, 'stream.response')
        .map((record) => schedulerCodecs[format].decodeEvent(record))
        .flatMap((event) => (event.type === 'UPDATE' && 'update' in event ? [event.update.status] : []))
        .map(({ state, message, reason }) => [state, message?.replace(/O\d+/, 'O?'), reason].join(' '))
        .sort(),
    );
    expect(fromProtobuf).toContain('TASK_FAILED Command exited with status 3 ');
    expect(fromProtobuf).toEqual(fromJson);
  });

  it('keeps nanoseconds that a double cannot hold', () => {
    for (const format of ['protobuf', 'json'] as const) {
      const codec = schedulerCodecs[format];
      const found = recordedEvents(format, 'failures-stream.response')
        .map((record) => codec.decodeEvent(record))
        .flatMap((event) =>
          event.type === 'UPDATE' && 'update' in event ? [event.update.status.unreachableTime] : [],
        )
        .find((time) => time !== undefined);
      expect(found?.nanoseconds).toMatch(/^\d{19}$/);
    }
  });
});

// "15.0" and "15" are the same number, and nanoseconds are digits that we send as a string.
function withNumbers(text: string): unknown {
  return JSON.parse(text.replace(/"nanoseconds":"?(\d+)"?/g, '"nanoseconds":"$1"'));
}

describe('what this version does not know', () => {
  it('keeps an unknown enum value, in both encodings', () => {
    const event: Event = {
      type: 'UPDATE',
      update: { status: { taskId: { value: 't' }, state: 'UNRECOGNIZED_77' } },
    };
    const again = protobuf.decodeEvent(protobuf.encodeEvent(event));
    expect(again).toEqual(event);
    const text = '{"type":"UPDATE","update":{"status":{"task_id":{"value":"t"},"state":"TASK_NAPPING"}}}';
    const decoded = json.decodeEvent(Buffer.from(text));
    expect(decoded).toMatchObject({ update: { status: { state: 'UNRECOGNIZED_TASK_NAPPING' } } });
    expect(Buffer.from(json.encodeEvent(decoded)).toString()).toBe(text);
  });

  it('keeps unknown fields at any depth, and takes an unknown event type', () => {
    const unknown = [0xf8, 0x07, 0x01, 0xfa, 0x07, 0x02, 0x68, 0x69]; // field 127: the number 1, and "hi"
    const heartbeat = Buffer.concat([protobuf.encodeEvent({ type: 'HEARTBEAT' }), Buffer.from(unknown)]);
    expect(protobuf.decodeEvent(heartbeat).type).toBe('HEARTBEAT');
    expect(Buffer.from(protobuf.encodeEvent({ ...protobuf.decodeEvent(heartbeat) }))).toEqual(heartbeat);

    // rescind (field 4) { offer_id (1) { value (1) "o", field 127 … }, field 127 … }
    const offerId = [0x0a, 0x01, 0x6f, ...unknown];
    const rescind = [0x0a, offerId.length, ...offerId, ...unknown];
    const nested = Buffer.from([0x08, 0x03, 0x22, rescind.length, ...rescind]);
    expect(protobuf.decodeEvent(nested)).toMatchObject({ rescind: { offerId: { value: 'o' } } });
    expect(Buffer.from(protobuf.encodeEvent(protobuf.decodeEvent(nested)))).toEqual(nested);

    const text =
      '{"type":"RESCIND","rescind":{"offer_id":{"value":"o","shiny":[1]},"newer":{"a":[1]}},"newest":"x"}';
    const decoded = json.decodeEvent(Buffer.from(text));
    expect(decoded).toMatchObject({ type: 'RESCIND', rescind: { offerId: { value: 'o' } } });
    expect(Buffer.from(json.encodeEvent(decoded)).toString()).toBe(text);

    expect(protobuf.decodeEvent(Buffer.from([0x08, 99]))).toEqual({ type: 'UNRECOGNIZED_99' });
    expect(json.decodeEvent(Buffer.from('{"type":"NEW"}'))).toEqual({ type: 'UNRECOGNIZED_NEW' });
  });
});

describe('what is no message', () => {
  it('is an error for any prefix of a message, never a wrong message or a crash of another kind', () => {
    const [, offers] = recordedEvents('protobuf', 'stream.response').filter((record) => record.length > 200);
    const whole = offers as Uint8Array;
    for (let length = 3; length < whole.length; length += 1) {
      expect(() => protobuf.decodeEvent(whole.subarray(0, length))).toThrow();
    }
  });

  it('garbage is decoded or refused, within bounds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          protobuf.decodeEvent(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  it('names a required field that is missing', () => {
    const call = { type: 'KILL', kill: {} } as unknown as Call;
    expect(() => protobuf.encodeCall(call)).toThrow('Kill.taskId is required');
    expect(() => json.encodeCall(call)).toThrow('Kill.taskId is required');
  });
});

describe('task of every kind of field', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const call = fc.record({
    name: text,
    value: text,
    data: fc.uint8Array({ maxLength: 20 }),
    cpus: fc.double({ min: 0, max: 1e6, noNaN: true }),
    port: fc.integer({ min: 0, max: 65535 }),
    graceNs: fc.integer({ min: 0 }),
    shell: fc.boolean(),
    limits: fc.dictionary(
      fc.string({ minLength: 1, maxLength: 5 }),
      fc.record({ value: fc.double({ noNaN: true }) }),
    ),
  });

  it('comes back from both encodings', () => {
    fc.assert(
      fc.property(call, ({ name, value, data, cpus, port, graceNs, shell, limits }) => {
        const launch: Call = {
          type: 'ACCEPT',
          accept: {
            offerIds: [{ value }],
            operations: [
              {
                type: 'LAUNCH',
                launch: {
                  taskInfos: [
                    {
                      name,
                      taskId: { value: name },
                      agentId: { value: 'a' },
                      resources: [
                        { name: 'cpus', type: 'SCALAR', scalar: { value: cpus }, reservations: [] },
                        {
                          name: 'ports',
                          type: 'RANGES',
                          ranges: { range: [{ begin: port, end: port }] },
                          reservations: [],
                        },
                      ],
                      data,
                      command: { shell, value, uris: [], arguments: [value] },
                      killPolicy: { gracePeriod: { nanoseconds: graceNs } },
                      ...(Object.keys(limits).length === 0 ? {} : { limits }),
                    },
                  ],
                },
              },
            ],
          },
        };
        for (const codec of [protobuf, json]) {
          const again = codec.decodeCall(codec.encodeCall(launch));
          expect(normalised(again)).toEqual(normalised(launch));
        }
      }),
    );
  });
});

describe('a call that lacks what is required', () => {
  const id = { value: 'x' };
  const lacking = {
    type: 'ACCEPT',
    accept: {
      offer_ids: [{}],
      operations: [
        { type: 'LAUNCH', launch: { task_infos: [{ task_id: id, agent_id: id, limits: { cpus: {} } }] } },
      ],
    },
  };
  const named =
    'Missing required fields: accept.offer_ids[0].value, accept.operations[0].launch.task_infos[0].name, ' +
    'accept.operations[0].launch.task_infos[0].limits[cpus].value';

  it('is refused in JSON, by the names of all that it lacks', () => {
    expect(() => json.decodeCall(Buffer.from(JSON.stringify(lacking)))).toThrow(named);
  });

  it('is refused in protobuf', () => {
    const killWithoutTaskId = Buffer.from([0x10, 6, 0x32, 0]);
    expect(() => protobuf.decodeCall(killWithoutTaskId)).toThrow('Missing required fields: kill.task_id');
  });
});

function normalised(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => {
      if (typeof item !== 'object' || item === null) return item;
      return item instanceof Uint8Array ? { base64: Buffer.from(item).toString('base64') } : item;
    }),
  );
}
