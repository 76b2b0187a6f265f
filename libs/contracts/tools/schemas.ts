import protobuf from 'protobufjs';
import { isOptional, type Protos, topicOf } from './protos.ts';

export type Schema = Readonly<Record<string, unknown>>;

const int64 = { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

const scalars: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  double: { type: 'number' },
  int32: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  int64,
};

/** A JSON Schema for the data of each public event, by the event's name. */
export function eventSchemas({ messages }: Protos): Readonly<Record<string, Schema>> {
  const events = messages.filter((message) => topicOf(message) !== undefined);
  return Object.fromEntries(events.map((event) => [event.name, eventSchema(event)]));
}

function eventSchema(event: protobuf.Type): Schema {
  const nested = new Map<string, protobuf.Type | protobuf.Enum>();
  collect(event, nested);
  const definitions = [...nested.values()].map((type) => [type.name, definition(type)] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:carillon:v1:${event.name}`,
    title: event.name,
    ...definition(event),
    ...(definitions.length === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  };
}

function collect(message: protobuf.Type, into: Map<string, protobuf.Type | protobuf.Enum>): void {
  for (const { resolvedType } of message.fieldsArray) {
    if (resolvedType === null || into.has(resolvedType.name)) continue;
    into.set(resolvedType.name, resolvedType);
    if (resolvedType instanceof protobuf.Type) collect(resolvedType, into);
  }
}

/** Readers are to pass over what they do not know: further properties are allowed. */
function definition(type: protobuf.Type | protobuf.Enum): Schema {
  if (type instanceof protobuf.Enum) return { ...described(type.comment), enum: Object.keys(type.values) };
  const fields = type.fieldsArray;
  return {
    ...described(type.comment),
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    required: fields.filter((field) => !isOptional(field)).map((field) => field.name),
  };
}

function fieldSchema(field: protobuf.Field): Schema {
  const item = field.resolvedType === null ? scalar(field) : { $ref: `#/$defs/${field.resolvedType.name}` };
  if (field.map) return { ...described(field.comment), type: 'object', additionalProperties: item };
  if (field.repeated) return { ...described(field.comment), type: 'array', items: item };
  return { ...described(field.comment), ...item };
}

function scalar(field: protobuf.Field): Schema {
  const schema = scalars[field.type];
  if (schema === undefined) throw new Error(`${field.fullName}: a public event has no ${field.type}`);
  return schema;
}

const described = (comment: string | null): Schema => (comment ? { description: comment } : {});
