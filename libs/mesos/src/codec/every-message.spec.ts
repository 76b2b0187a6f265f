import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeJson, encodeJson } from './json.js';
import { anyMessage } from './messages.testing.js';
import { decodeProtobuf, encodeProtobuf } from './protobuf.js';
import { loadSchemas } from './schema.js';

const FILES = ['mesos', 'scheduler', 'allocator', 'maintenance', 'quota', 'master', 'agent'].map(
  (n) => `${n}.proto`,
);
const schema = loadSchemas(FILES);
const reference = new protobuf.Root();
reference.addJSON(protobuf.common.get('google/protobuf/duration.proto')?.nested ?? {});
for (const file of FILES) {
  protobuf.parse(readFileSync(new URL(`../../proto/${file}`, import.meta.url), 'utf8'), reference, {
    keepCase: true,
  });
}
reference.resolveAll();

const MESSAGES = [
  'mesos.v1.scheduler.Call',
  'mesos.v1.scheduler.Event',
  'mesos.v1.master.Call',
  'mesos.v1.master.Response',
  'mesos.v1.master.Event',
  'mesos.v1.agent.Call',
  'mesos.v1.agent.Response',
];

describe.each(MESSAGES)('any %s', (name) => {
  const message = schema(name);
  const type = reference.lookupType(name);
  const sample = { numRuns: 30 };

  it('is the same after protobuf and after JSON', () => {
    fc.assert(
      fc.property(anyMessage(message, true), (value) => {
        expect(decodeProtobuf(message, encodeProtobuf(message, value))).toEqual(value);
        expect(decodeJson(message, encodeJson(message, value))).toEqual(value);
      }),
      sample,
    );
  });

  it('has the bytes that protobufjs reads and writes', () => {
    fc.assert(
      fc.property(anyMessage(message, false), (value) => {
        const bytes = encodeProtobuf(message, value);
        expect(Buffer.from(type.encode(type.decode(bytes)).finish())).toEqual(Buffer.from(bytes));
      }),
      sample,
    );
  });
});
