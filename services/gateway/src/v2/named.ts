import type { JsonSchema } from '../metronome/readers.js';

const schemas = new Map<string, JsonSchema>();

/** A schema that the document has under a name of its own, and a reference to it elsewhere. */
export function named(name: string, schema: JsonSchema): JsonSchema {
  schemas.set(name, schema);
  return { $ref: `#/components/schemas/${name}` };
}

/** All of them, by name. */
export const namedSchemas = (): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
