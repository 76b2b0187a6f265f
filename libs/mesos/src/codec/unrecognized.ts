import type { EnumSchema } from './schema.js';

const PREFIX = 'UNRECOGNIZED_';

export function enumName(schema: EnumSchema, number: number): string {
  return schema.nameOf[number] ?? `${PREFIX}${number}`;
}

/** The number of an enum's name; `undefined` for a name that has none (JSON's unknown names). */
export function enumNumber(schema: EnumSchema, name: string): number | undefined {
  const number = schema.numberOf.get(name);
  if (number !== undefined || !name.startsWith(PREFIX)) return number;
  const kept = Number(name.slice(PREFIX.length));
  return Number.isInteger(kept) ? kept : undefined;
}

export function enumNameFromJson(schema: EnumSchema, name: string): string {
  return schema.numberOf.has(name) ? name : `${PREFIX}${name}`;
}

export function enumNameToJson(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
}
