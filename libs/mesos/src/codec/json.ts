import type { FieldSchema, MessageSchema } from './schema.js';
import { unknownFields, type WithUnknownFields } from './unknown-fields.js';
import { enumNameFromJson, enumNameToJson } from './unrecognized.js';

type Message = Record<string, unknown> & WithUnknownFields;

/** Mesos's JSON (snake_case, bytes as base64, enums by name) to the same objects as decodeProtobuf gives. */
export function decodeJson(schema: MessageSchema, text: string): Message {
  return fromJson(schema, parseKeepingDigits(text));
}

export function encodeJson(schema: MessageSchema, message: object): string {
  return JSON.stringify(toJson(schema, message as Message));
}

// Nanoseconds exceed 2^53: an integer that a double cannot hold is kept as its digits.
function parseKeepingDigits(text: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (context?.source ?? value)
      : value;
  return JSON.parse(text, reviver);
}

function fromJson(schema: MessageSchema, value: unknown): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${schema.name}: an object is expected`);
  }
  const message: Message = {};
  for (const name of schema.repeated) message[name] = [];
  for (const [key, raw] of Object.entries(value as Record<string, unknown>)) {
    const field = schema.byWireName.get(key);
    if (raw === null) continue;
    if (field === undefined) message[unknownFields] = { ...unknownOf(message), [key]: raw };
    else if (field.repeated) {
      if (!Array.isArray(raw)) throw new Error(`${schema.name}.${key}: a list is expected`);
      message[field.name] = raw.map((item) => valueFromJson(field, item));
    } else if (field.map) {
      message[field.name] = Object.fromEntries(
        Object.entries(raw as Message).map(([entry, item]) => [entry, valueFromJson(field, item)]),
      );
    } else message[field.name] = valueFromJson(field, raw);
  }
  return message;
}

/** What came in JSON; what came in protobuf has no names. */
function unknownOf(message: Message): Readonly<Record<string, unknown>> | undefined {
  const unknown = message[unknownFields];
  return unknown instanceof Uint8Array ? undefined : unknown;
}

function valueFromJson(field: FieldSchema, raw: unknown): unknown {
  if (field.kind === 'message') return fromJson(field.schema, raw);
  if (field.kind === 'enum') return enumNameFromJson(field.schema, expected(field, raw, 'string'));
  switch (field.scalar) {
    case 'string':
      return expected(field, raw, 'string');
    case 'bytes':
      return new Uint8Array(Buffer.from(expected<string>(field, raw, 'string'), 'base64'));
    case 'bool':
      return expected(field, raw, 'boolean');
    case 'int64Digits':
      return String(raw);
    default:
      return typeof raw === 'string' ? numberFrom(field, raw) : expected(field, raw, 'number');
  }
}

// JSON has no numbers for these; protobuf's mapping writes them, and may write others, as strings.
function numberFrom(field: FieldSchema, text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number) && text !== 'NaN') throw new Error(`${field.wireName}: a number is expected`);
  return number;
}

function expected<T>(field: FieldSchema, raw: unknown, type: string): T {
  if (typeof raw !== type) throw new Error(`${field.wireName}: a ${type} is expected`);
  return raw as T;
}

function toJson(schema: MessageSchema, message: Message): Message {
  const out: Message = {};
  for (const field of schema.fields) {
    const value = message[field.name];
    if (value === undefined || value === null) {
      if (field.required) throw new Error(`${schema.name}.${field.name} is required`);
    } else if (field.repeated) {
      const items = value as unknown[];
      if (items.length > 0) out[field.wireName] = items.map((item) => valueToJson(field, item));
    } else if (field.map) {
      out[field.wireName] = Object.fromEntries(
        Object.entries(value as Message).map(([key, item]) => [key, valueToJson(field, item)]),
      );
    } else out[field.wireName] = valueToJson(field, value);
  }
  return { ...out, ...unknownOf(message) };
}

function valueToJson(field: FieldSchema, value: unknown): unknown {
  if (field.kind === 'message') return toJson(field.schema, value as Message);
  if (field.kind === 'enum') return enumNameToJson(value as string);
  if (field.scalar === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value; // digits go out as a string, which Mesos reads as a number
}
