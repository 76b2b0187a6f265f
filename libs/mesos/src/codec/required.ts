import type { FieldSchema, MessageSchema } from './schema.js';

type Message = Readonly<Record<string, unknown>>;

/** Throws, in protobuf's words, if a decoded message lacks what is required of it or of a message in it. */
export function assertComplete(schema: MessageSchema, message: object): void {
  const missing = [...missingFields(schema, message as Message, '')];
  if (missing.length > 0) throw new Error(`Missing required fields: ${missing.join(', ')}`);
}

/** `accept.operations[0].launch.task_infos[1].task_id`; those of a message before those of the messages in it. */
function* missingFields(schema: MessageSchema, message: Message, path: string): Generator<string> {
  for (const { required, name, wireName } of schema.fields) {
    if (required && message[name] === undefined) yield `${path}${wireName}`;
  }
  for (const field of schema.fields) {
    const value = message[field.name];
    if (field.kind !== 'message' || value === undefined) continue;
    for (const [place, inner] of messagesIn(field, value)) {
      yield* missingFields(field.schema, inner, `${path}${field.wireName}${place}.`);
    }
  }
}

function messagesIn(field: FieldSchema, value: unknown): (readonly [string, Message])[] {
  if (field.repeated) return (value as readonly Message[]).map((item, n) => [`[${n}]`, item]);
  if (field.map)
    return Object.entries(value as Record<string, Message>).map(([key, item]) => [`[${key}]`, item]);
  return [['', value as Message]];
}
