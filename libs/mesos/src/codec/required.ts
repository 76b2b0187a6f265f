import type { FieldSchema, MessageSchema } from './schema.js';

type Message = Readonly<Record<string, unknown>>;

/** Throws, in protobuf's words, if a decoded message lacks what is required of it or of a message in it. */
export function assertComplete(schema: MessageSchema, message: object): void {
  if (isComplete(shapeOf(schema), message as Message)) return;
  const missing = [...missingFields(schema, message as Message, '')];
  throw new Error(`Missing required fields: ${missing.join(', ')}`);
}

/** Of a schema what matters here: calls launch thousands of tasks, of which hardly one lacks anything. */
interface Shape {
  readonly required: string[];
  readonly messages: { readonly name: string; readonly shape: Shape; readonly isOne: boolean }[];
}

const shapes = new Map<MessageSchema, Shape>();

function shapeOf(schema: MessageSchema): Shape {
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const shape: Shape = { required: [], messages: [] };
  shapes.set(schema, shape);
  for (const field of schema.fields) {
    const { name, required, repeated, map } = field;
    if (required) shape.required.push(name);
    if (field.kind === 'message')
      shape.messages.push({ name, shape: shapeOf(field.schema), isOne: !repeated && !map });
  }
  return shape;
}

function isComplete({ required, messages }: Shape, message: Message): boolean {
  for (const name of required) if (message[name] === undefined) return false;
  for (const { name, shape, isOne } of messages) {
    const value = message[name];
    if (value === undefined) continue;
    if (isOne) {
      if (!isComplete(shape, value as Message)) return false;
      continue;
    }
    const items = Array.isArray(value)
      ? (value as Message[])
      : Object.values(value as Record<string, Message>);
    for (const item of items) if (!isComplete(shape, item)) return false;
  }
  return true;
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
