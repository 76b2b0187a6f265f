import { wrong } from './refusals.js';

/** How single values of one type go between our plain objects and protobufjs. */
export interface Scalar {
  empty(): unknown;
  toWire(value: unknown, path: string): unknown;
  toPlain(value: unknown, path: string): unknown;
}

const checked = (empty: () => unknown, holds: (value: unknown) => boolean, rule: string): Scalar => {
  const check = (value: unknown, path: string) => {
    if (!holds(value)) throw wrong(path, rule);
    return value;
  };
  return { empty, toWire: check, toPlain: check };
};

const zero = () => 0;

const integer = (min: number, max: number): Scalar =>
  checked(
    zero,
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    `a whole number from ${min} to ${max}`,
  );

const int32 = integer(-(2 ** 31), 2 ** 31 - 1);
const uint32 = integer(0, 2 ** 32 - 1);
const safeInteger = checked(zero, Number.isSafeInteger, 'a whole number that a double holds exactly');

/** 64 bits on the wire, a number in our hands: what a double cannot hold exactly is refused, never rounded. */
const long: Scalar = {
  ...safeInteger,
  toPlain: (value, path) => safeInteger.toPlain(isLong(value) ? value.toNumber() : value, path),
};

const isLong = (value: unknown): value is { toNumber(): number } =>
  typeof value === 'object' && value !== null && 'toNumber' in value;

const double = checked(zero, Number.isFinite, 'a finite number');

const text = checked(
  () => '',
  (value) => typeof value === 'string' && value.isWellFormed(),
  'well-formed text',
);

const bool = checked(
  () => false,
  (value) => typeof value === 'boolean',
  'true or false',
);

const bytes: Scalar = {
  ...checked(
    () => new Uint8Array(),
    (value) => value instanceof Uint8Array,
    'bytes',
  ),
  toPlain: (value, path) => {
    if (!(value instanceof Uint8Array)) throw wrong(path, 'bytes');
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  },
};

const scalars: Readonly<Record<string, Scalar>> = {
  string: text,
  bool,
  bytes,
  double,
  float: double,
  int32,
  sint32: int32,
  sfixed32: int32,
  uint32,
  fixed32: uint32,
  int64: long,
  sint64: long,
  sfixed64: long,
  uint64: long,
  fixed64: long,
};

export function scalarOf(type: string): Scalar {
  const scalar = scalars[type];
  if (scalar === undefined) throw new Error(`no codec for the protobuf type ${type}`);
  return scalar;
}

/**
 * An enum is the name of its member. A number that has none here, because the writer is newer, reads as `unknown:7`
 * and is written as 7 again.
 */
export function enumScalar(values: Readonly<Record<string, number>>): Scalar {
  const names = new Map(Object.entries(values).map(([name, value]) => [value, name]));
  const unknown = /^unknown:(-?\d{1,10})$/;
  return {
    empty: () => names.get(0),
    toWire: (value, path) => {
      if (typeof value === 'string' && Object.hasOwn(values, value)) return values[value];
      const number = typeof value === 'string' ? unknown.exec(value)?.[1] : undefined;
      if (number === undefined) throw wrong(path, `one of ${Object.keys(values).join(', ')}`);
      return int32.toWire(Number(number), path);
    },
    toPlain: (value) => names.get(value as number) ?? `unknown:${String(value)}`,
  };
}
