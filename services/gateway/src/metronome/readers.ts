import { type Path, type Problem, unreadable } from './problems.js';

/** Of JSON Schema (2020-12), as far as readers need it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * Reads one JSON value: gives its typed form, or adds what is wrong to `problems` and gives null. Messages are
 * those of the JSON schema validator that Metronome uses. `schema` says the same for others to read.
 */
export interface Reader<T> {
  (value: unknown, at: Path, problems: Problem[]): T | null;
  readonly schema: JsonSchema;
}

/** A reader of one's own: what it takes, in words of JSON Schema and as a function. */
export const reader = <T>(
  schema: JsonSchema,
  parse: (value: unknown, at: Path, problems: Problem[]) => T | null,
): Reader<T> => Object.assign(parse.bind(undefined), { schema });

/** The typed form of a whole body. Refuses with all problems at once. */
export function read<T>(from: Reader<T>, body: unknown): T {
  const problems: Problem[] = [];
  const result = from(body, [], problems);
  if (result === null || problems.length > 0) throw unreadable(problems);
  return result;
}

const MAX_INT32 = 2 ** 31 - 1;

export function string(options: { minLength?: number; pattern?: RegExp } = {}): Reader<string> {
  const { minLength = 0, pattern } = options;
  const schema = {
    type: 'string',
    ...(minLength > 0 ? { minLength } : {}),
    ...(pattern ? { pattern: pattern.source } : {}),
  };
  return reader(schema, (value, at, problems) => {
    if (typeof value !== 'string') return wrongType('string', value, at, problems);
    if (value.includes('\u0000') || !value.isWellFormed()) {
      return refuse(`'${value.toWellFormed().replaceAll('\u0000', '\\u0000')}' is not text.`, at, problems);
    }
    if (value.length < minLength) {
      return refuse(`'${value}' does not match minimum length of ${minLength}.`, at, problems);
    }
    if (pattern && !pattern.test(value)) {
      return refuse(`'${value}' does not match pattern '${pattern.source}'.`, at, problems);
    }
    return value;
  });
}

export function number(options: { min?: number; max?: number } = {}): Reader<number> {
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = options;
  const bounds = { minimum: options.min, maximum: options.max };
  const schema = { type: 'number', ...onlyGiven(bounds) };
  return reader(schema, (value, at, problems) => {
    if (typeof value !== 'number') return wrongType('number', value, at, problems);
    if (value < min)
      return refuse(`${value} is smaller than required minimum value of ${min}.`, at, problems);
    if (value > max) return refuse(`${value} exceeds maximum value of ${max}.`, at, problems);
    return value;
  });
}

const onlyGiven = (members: JsonSchema) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** A whole number of 32 bits. */
export function integer({ min = -MAX_INT32 - 1 }: { min?: number } = {}): Reader<number> {
  const bounded = number({ min, max: MAX_INT32 });
  return reader({ type: 'integer', minimum: min, maximum: MAX_INT32 }, (value, at, problems) =>
    typeof value === 'number' && !Number.isInteger(value)
      ? wrongType('integer', value, at, problems)
      : bounded(value, at, problems),
  );
}

export const boolean: Reader<boolean> = reader({ type: 'boolean' }, (value, at, problems) =>
  typeof value === 'boolean' ? value : wrongType('boolean', value, at, problems),
);

export function oneOf<const Values extends readonly string[]>(values: Values): Reader<Values[number]> {
  return reader({ type: 'string', enum: values }, (value, at, problems) => {
    if (typeof value !== 'string') return wrongType('string', value, at, problems);
    const found = values.find((known) => known === value);
    return found ?? refuse('Instance is invalid enum value.', at, problems);
  });
}

export function array<T>(item: Reader<T>, options: { max?: number } = {}): Reader<T[]> {
  const { max = Infinity } = options;
  const schema = { type: 'array', items: item.schema, ...onlyGiven({ maxItems: options.max }) };
  return reader(schema, (value, at, problems) => {
    if (!Array.isArray(value)) return wrongType('array', value, at, problems);
    if (value.length > max) refuse(`has size ${value.length}, expected ${max} or less`, at, problems);
    return value.flatMap((element: unknown, index) => {
      const result = item(element, [...at, index], problems);
      return result === null ? [] : [result];
    });
  });
}

/** An object with any keys. */
export function map<T>(item: Reader<T>): Reader<Record<string, T>> {
  const key = string();
  return reader({ type: 'object', additionalProperties: item.schema }, (value, at, problems) => {
    if (!isObject(value)) return wrongType('object', value, at, problems);
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, element]) => {
        if (name === '__proto__') refuse(`'${name}' is not allowed as a name.`, at, problems);
        const readName = key(name, at, problems);
        const result = item(element, [...at, name], problems);
        return readName === null || result === null ? [] : [[readName, result]];
      }),
    );
  });
}

type Shape = Readonly<Record<string, Reader<unknown>>>;
type Members<S extends Shape> = { [K in keyof S]: S[K] extends Reader<infer T> ? T : never };

/** An object with these members. Others are refused, unless `additional`. */
export function object<R extends Shape, O extends Shape>(
  required: R,
  optional: O,
  { additional = false }: { additional?: boolean } = {},
): Reader<Members<R> & Partial<Members<O>>> {
  const readers: Shape = { ...required, ...optional };
  const names = Object.keys(required);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(Object.entries(readers).map(([name, { schema }]) => [name, schema])),
    ...(names.length > 0 ? { required: names } : {}),
    additionalProperties: additional,
  };
  return reader(schema, (value, at, problems) => {
    if (!isObject(value)) return wrongType('object', value, at, problems);
    for (const name of Object.keys(required)) {
      if (!Object.hasOwn(value, name)) refuse(`Property ${name} missing.`, at, problems);
    }
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(readers, name));
    if (!additional && unknown.length > 0) {
      const names = unknown.map((name) => `'${name}'`).join(', ');
      refuse(`Additional properties are not allowed, but found properties ${names}.`, at, problems);
    }
    const members = Object.entries(readers).flatMap(([name, reader]) => {
      if (!Object.hasOwn(value, name)) return [];
      const result = reader(value[name], [...at, name], problems);
      return result === null ? [] : [[name, result] as const];
    });
    // Complete only if nothing was refused, which `read` sees to.
    return Object.fromEntries(members) as Members<R> & Partial<Members<O>>;
  });
}

/** What `reader` reads, made into something else; `make` never sees a value that was refused. */
export function as<T, U>(from: Reader<T>, make: (value: T) => U): Reader<U> {
  return reader(from.schema, (value, at, problems) => {
    const before = problems.length;
    const result = from(value, at, problems);
    return result === null || problems.length > before ? null : make(result);
  });
}

/** The same reader, with words for those who read the schema. */
export const described = <T>(from: Reader<T>, description: string): Reader<T> =>
  reader({ ...from.schema, description }, from);

/** Adds a problem; for readers of one's own. */
export function refuse(message: string, at: Path, problems: Problem[]): null {
  problems.push({ path: at, message });
  return null;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function wrongType(expected: string, value: unknown, at: Path, problems: Problem[]): null {
  const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return refuse(`Wrong type. Expected ${expected}, was ${actual}.`, at, problems);
}
