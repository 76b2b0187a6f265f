import fc from 'fast-check';
import type { FieldSchema, MessageSchema } from './schema.js';

type AnyMessage = fc.Arbitrary<Record<string, unknown>>;
const known = new Map<string, AnyMessage>();

/** Messages as decoders give them, with any of their fields and, if `strange`, enum values that nobody knows. */
export function anyMessage(schema: MessageSchema, strange: boolean, depth = 4): AnyMessage {
  const key = `${schema.fullName} ${strange} ${depth}`;
  const made = known.get(key) ?? makeMessage(schema, strange, depth);
  known.set(key, made);
  return made;
}

function makeMessage(schema: MessageSchema, strange: boolean, depth: number): AnyMessage {
  const fields = schema.fields.filter((field) => depth > 0 || field.required || field.kind !== 'message');
  const model = Object.fromEntries(fields.map((field) => [field.name, fieldValue(field, strange, depth)]));
  const requiredKeys = fields.filter((field) => field.required || field.repeated).map(({ name }) => name);
  return fc.record(model, { requiredKeys, noNullPrototype: true }).map((message) => {
    if (schema.fullName === '.google.protobuf.Duration') withoutZeros(message);
    for (const name of schema.repeated) message[name] ??= []; // what depth left out is empty
    return message;
  });
}

/** proto3 does not write zeros; nothing else here is proto3. */
function withoutZeros(message: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(message)) if (value === 0) message[name] = 1;
}

function fieldValue(field: FieldSchema, strange: boolean, depth: number): fc.Arbitrary<unknown> {
  const value = oneValue(field, strange, depth - 1);
  if (field.map)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), value, {
      minKeys: 1,
      maxKeys: 2,
      noNullPrototype: true,
    });
  return field.repeated ? fc.array(value, { maxLength: 2 }) : value;
}

function oneValue(field: FieldSchema, strange: boolean, depth: number): fc.Arbitrary<unknown> {
  if (field.kind === 'message') return anyMessage(field.schema, strange, depth);
  if (field.kind === 'enum') {
    return fc.constantFrom(...field.schema.numberOf.keys(), ...(strange ? ['UNRECOGNIZED_9999'] : []));
  }
  switch (field.scalar) {
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 6 });
    case 'bytes':
      return fc.uint8Array({ maxLength: 6 });
    case 'bool':
      return fc.boolean();
    case 'double':
      return fc.double({ noNaN: true }).map((value) => value + 0); // no -0, which JSON has not
    case 'int32':
      return fc.integer();
    case 'uint32':
      return fc.nat();
    case 'int64':
      return fc.maxSafeInteger();
    case 'uint64':
      return fc.maxSafeNat();
    case 'int64Digits':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
  }
}
