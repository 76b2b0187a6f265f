import fc from 'fast-check';
import protobuf from 'protobufjs';
import type { MessageTypes } from '../generated/types.js';
import { planOf } from './plan.js';
import { type MessageName, messageType } from './registry.js';

/** Any message of the type, for property tests: read off the descriptor, so that a new message is covered at once. */
export const arbitraryMessage = <Name extends MessageName>(name: Name): fc.Arbitrary<MessageTypes[Name]> =>
  messageOf(name) as fc.Arbitrary<MessageTypes[Name]>;

function messageOf(name: string): fc.Arbitrary<unknown> {
  const plan = planOf(name);
  const fields = messageType(name).fieldsArray.map((field) => [field.name, valueOf(field)] as const);
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: plan.filter((field) => field.presence !== 'optional').map((field) => field.name),
    noNullPrototype: true,
  });
}

function valueOf(field: protobuf.Field): fc.Arbitrary<unknown> {
  const item = itemOf(field);
  if (field instanceof protobuf.MapField) {
    const keys = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toString', ''));
    return fc.dictionary(keys, item, { maxKeys: 4, noNullPrototype: true });
  }
  return field.repeated ? fc.array(item, { maxLength: 4 }) : item;
}

const text = fc.string({ unit: 'grapheme' });

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  bool: fc.boolean(),
  bytes: fc.uint8Array(),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0), // no -0
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
};

function itemOf(field: protobuf.Field): fc.Arbitrary<unknown> {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) return fc.constantFrom(...Object.keys(resolvedType.values));
  if (resolvedType !== null) return messageOf(resolvedType.name);
  const scalar = scalars[field.type];
  if (scalar === undefined) throw new Error(`no arbitrary for ${field.type}`);
  return scalar;
}
