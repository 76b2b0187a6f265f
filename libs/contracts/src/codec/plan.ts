import protobuf from 'protobufjs';
import { messageType } from './registry.js';
import { missing, wrong } from './refusals.js';
import { enumScalar, scalarOf } from './scalars.js';

/** How the values of one field go between our plain objects and protobufjs. */
export interface FieldPlan {
  readonly name: string;
  /** `implicit` fields are always there in plain objects, with `empty()` when the wire has none. */
  readonly presence: 'implicit' | 'optional' | 'required';
  empty(): unknown;
  toWire(value: unknown, path: string): unknown;
  toPlain(value: unknown, path: string, reading: Reading): unknown;
}

/** `lenient` lets required fields be missing: for old versions that an upcaster completes. */
export type Reading = 'strict' | 'lenient';

const plans = new Map<string, readonly FieldPlan[]>();

/** The fields of a message; compiled once. */
export function planOf(name: string): readonly FieldPlan[] {
  let plan = plans.get(name);
  if (plan === undefined) {
    plan = messageType(name).fieldsArray.map((field) => compile(field.resolve()));
    plans.set(name, plan);
  }
  return plan;
}

/** A plain object in the form that protobufjs encodes: enums and longs as numbers, absent fields left out. */
export function toWire(name: string, value: unknown, path: string): Record<string, unknown> {
  const plain = recordAt(value, path);
  const wire: Record<string, unknown> = {};
  for (const field of planOf(name)) {
    const given = plain[field.name];
    if (given === undefined || given === null) {
      if (field.presence === 'required') throw missing(`${path}.${field.name}`);
      continue;
    }
    wire[field.name] = field.toWire(given, `${path}.${field.name}`);
  }
  return wire;
}

/** What protobufjs decoded, as a plain object. */
export function toPlain(
  name: string,
  message: object,
  path: string,
  reading: Reading,
): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const field of planOf(name)) {
    const read = Object.hasOwn(message, field.name)
      ? (message as Record<string, unknown>)[field.name]
      : undefined;
    const fieldPath = `${path}.${field.name}`;
    if (read !== undefined && read !== null) plain[field.name] = field.toPlain(read, fieldPath, reading);
    else if (field.presence === 'implicit') plain[field.name] = field.empty();
    else if (field.presence === 'required' && reading === 'strict') throw missing(fieldPath);
  }
  return plain;
}

function compile(field: protobuf.Field): FieldPlan {
  const item = itemOf(field);
  const { name } = field;
  if (field instanceof protobuf.MapField) {
    return {
      name,
      presence: 'implicit',
      empty: () => ({}),
      toWire: (value, path) => mapValues(recordAt(value, path), path, item.toWire),
      toPlain: (value, path, reading) =>
        mapValues(recordAt(value, path), path, (it, at) => item.toPlain(it, at, reading)),
    };
  }
  if (field.repeated) {
    return {
      name,
      presence: 'implicit',
      empty: () => [],
      toWire: (value, path) => arrayAt(value, path).map((it, index) => item.toWire(it, `${path}[${index}]`)),
      toPlain: (value, path, reading) =>
        arrayAt(value, path).map((it, index) => item.toPlain(it, `${path}[${index}]`, reading)),
    };
  }
  return { name, presence: presenceOf(field), ...item };
}

function itemOf(field: protobuf.Field): Omit<FieldPlan, 'name' | 'presence'> {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) return enumScalar(resolvedType.values);
  if (resolvedType === null) return scalarOf(field.type);
  return {
    empty: () => undefined,
    toWire: (value, path) => toWire(resolvedType.name, value, path),
    toPlain: (value, path, reading) => toPlain(resolvedType.name, recordAt(value, path), path, reading),
  };
}

function presenceOf(field: protobuf.Field): FieldPlan['presence'] {
  if (field.options?.['(carillon.v1.required)'] === true) return 'required';
  if (field.resolvedType instanceof protobuf.Type) return 'optional';
  return field.options?.['proto3_optional'] === true ? 'optional' : 'implicit';
}

/** Keys come from people (labels): `__proto__` has to stay an ordinary one. */
function mapValues(
  record: Record<string, unknown>,
  path: string,
  change: (value: unknown, path: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value, `${path}.${key}`)]),
  );
}

function recordAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(path, 'an object');
}

function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, 'a list');
}
