import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** What the codecs need to know of a message, resolved once from our .proto files. */
export interface MessageSchema {
  readonly name: string;
  /** With its package. */
  readonly fullName: string;
  readonly fields: readonly FieldSchema[];
  /** Sparse: the field of each number. */
  readonly byNumber: readonly (FieldSchema | undefined)[];
  readonly byWireName: ReadonlyMap<string, FieldSchema>;
  readonly repeated: readonly string[];
  /** A message without anything: its repeated fields are `NONE`. */
  readonly blank: Readonly<Record<string, readonly unknown[]>>;
}

export type ScalarKind =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'double'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  /** A 64-bit integer kept as decimal digits (`jstype = JS_STRING`). */
  | 'int64Digits';

export type FieldKind =
  | { readonly kind: 'scalar'; readonly scalar: ScalarKind }
  | { readonly kind: 'enum'; readonly schema: EnumSchema }
  | { readonly kind: 'message'; readonly schema: MessageSchema };

export interface EnumSchema {
  /** Sparse: the name of each number. */
  readonly nameOf: readonly (string | undefined)[];
  readonly numberOf: ReadonlyMap<string, number>;
}

export type FieldSchema = FieldKind & {
  /** In our types: camelCase. */
  readonly name: string;
  /** In the .proto and in JSON: snake_case. */
  readonly wireName: string;
  readonly number: number;
  readonly required: boolean;
  readonly repeated: boolean;
  /** map<string, …>: this field describes the values. */
  readonly map: boolean;
  /** protobuf's wire type of one value, not packed. */
  readonly wire: WireType;
};

export type WireType = 0 | 1 | 2;
export const VARINT: WireType = 0;
export const FIXED64: WireType = 1;
export const DELIMITED: WireType = 2;

/** Stands in decoded messages for lists without items. */
export const NONE: readonly unknown[] = Object.freeze([]);

const SCALARS = new Set(['string', 'bytes', 'bool', 'double', 'int32', 'uint32', 'int64', 'uint64']);
const protoFolder = new URL('../../proto/', import.meta.url);

/** Reads .proto files beside src/ and dist/, in the order in which they import each other; messages by full name. */
export function loadSchemas(files: readonly string[]): (fullName: string) => MessageSchema {
  const root = new protobuf.Root();
  root.addJSON(protobuf.common.get('google/protobuf/duration.proto')?.nested ?? {});
  for (const file of files) {
    protobuf.parse(readFileSync(new URL(file, protoFolder), 'utf8'), root, { keepCase: true });
  }
  root.resolveAll();
  const known = new Map<string, MessageSchema>();
  return (fullName) => messageSchema(root.lookupType(fullName), known);
}

function messageSchema(type: protobuf.Type, known: Map<string, MessageSchema>): MessageSchema {
  const found = known.get(type.fullName);
  if (found !== undefined) return found;
  const fields: FieldSchema[] = [];
  const repeated: string[] = [];
  const blank: Record<string, readonly unknown[]> = {};
  const byNumber: (FieldSchema | undefined)[] = [];
  const byWireName = new Map<string, FieldSchema>();
  const schema: MessageSchema = {
    name: type.name,
    fullName: type.fullName,
    fields,
    byNumber,
    byWireName,
    repeated,
    blank,
  };
  known.set(type.fullName, schema); // before its fields: messages may contain themselves
  for (const field of type.fieldsArray) {
    const compiled = fieldSchema(field, known);
    fields.push(compiled);
    byNumber[compiled.number] = compiled;
    byWireName.set(compiled.wireName, compiled);
    if (!compiled.repeated) continue;
    repeated.push(compiled.name);
    blank[compiled.name] = NONE;
  }
  fields.sort((a, b) => a.number - b.number);
  return schema;
}

function fieldSchema(field: protobuf.Field, known: Map<string, MessageSchema>): FieldSchema {
  const kind = fieldKind(field, known);
  return {
    ...kind,
    name: camelCase(field.name),
    wireName: field.name,
    number: field.id,
    required: field.required,
    repeated: field.repeated,
    map: field.map,
    wire: wireType(kind, field.map),
  };
}

function fieldKind(field: protobuf.Field, known: Map<string, MessageSchema>): FieldKind {
  if (field.resolvedType instanceof protobuf.Enum) {
    const entries = Object.entries(field.resolvedType.values);
    const nameOf: string[] = [];
    for (const [name, value] of entries) nameOf[value] = name;
    return {
      kind: 'enum',
      schema: { nameOf, numberOf: new Map(entries) },
    };
  }
  if (field.resolvedType instanceof protobuf.Type) {
    return { kind: 'message', schema: messageSchema(field.resolvedType, known) };
  }
  if (!SCALARS.has(field.type)) throw new Error(`${field.fullName}: type ${field.type} is not supported`);
  const digits = field.options?.['jstype'] === 'JS_STRING';
  return { kind: 'scalar', scalar: digits ? 'int64Digits' : (field.type as ScalarKind) };
}

function wireType(kind: FieldKind, map: boolean): WireType {
  if (map || kind.kind === 'message') return DELIMITED;
  if (kind.kind === 'enum') return VARINT;
  if (kind.scalar === 'string' || kind.scalar === 'bytes') return DELIMITED;
  return kind.scalar === 'double' ? FIXED64 : VARINT;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
