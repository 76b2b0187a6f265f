import protobuf from 'protobufjs';
import { DELIMITED, type FieldSchema, type MessageSchema, NONE, type ScalarKind, VARINT } from './schema.js';
import { unknownFields, type WithUnknownFields } from './unknown-fields.js';
import { enumName, enumNumber } from './unrecognized.js';

type Message = Record<string, unknown> & WithUnknownFields;
const MAX_DEPTH = 64;

/**
 * Bytes to a plain object: repeated fields are always there, the others only if they were sent. The bytes of unknown
 * fields are kept (`unknownFields`), unknown enum values as UNRECOGNIZED_<number>. Throws on truncated or malformed bytes.
 */
export function decodeProtobuf(schema: MessageSchema, bytes: Uint8Array): Message {
  const reader = protobuf.Reader.create(bytes);
  return readMessage(reader, schema, reader.len, 0);
}

function readMessage(reader: protobuf.Reader, schema: MessageSchema, end: number, depth: number): Message {
  if (depth > MAX_DEPTH) throw new Error(`${schema.name}: nested too deep`);
  const message: Message = { ...schema.blank };
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.uint32();
    const field = schema.byNumber[tag >>> 3];
    const wire = tag & 7;
    if (field === undefined || !(wire === field.wire || (field.repeated && wire === DELIMITED))) {
      reader.skipType(wire, depth, tag >>> 3);
      keepUnknown(message, reader.buf.subarray(start, Math.min(reader.pos, end)));
    } else if (field.map) {
      readMapEntry(reader, field, message, depth);
    } else if (!field.repeated) {
      message[field.name] = readValue(reader, field, depth);
    } else {
      let list = message[field.name] as unknown[];
      if (list === NONE) message[field.name] = list = [];
      if (wire === DELIMITED && field.wire !== DELIMITED) {
        const packedEnd = reader.uint32() + reader.pos;
        while (reader.pos < packedEnd) list.push(readValue(reader, field, depth));
      } else list.push(readValue(reader, field, depth));
    }
  }
  if (reader.pos !== end) throw new Error(`${schema.name}: a field runs past the end of the message`);
  return message;
}

function keepUnknown(message: Message, bytes: Uint8Array): void {
  const kept = message[unknownFields];
  message[unknownFields] = kept instanceof Uint8Array ? Buffer.concat([kept, bytes]) : new Uint8Array(bytes); // copies: the record can be freed
}

function readMapEntry(reader: protobuf.Reader, field: FieldSchema, message: Message, depth: number): void {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: unknown;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else if (tag >>> 3 === 2) value = readValue(reader, field, depth);
    else reader.skipType(tag & 7);
  }
  const entries = (message[field.name] ??= {}) as Message;
  Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
}

function readValue(reader: protobuf.Reader, field: FieldSchema, depth: number): unknown {
  switch (field.kind) {
    case 'message': {
      const length = reader.uint32();
      return readMessage(reader, field.schema, length + reader.pos, depth + 1);
    }
    case 'enum':
      return enumName(field.schema, reader.int32());
    case 'scalar':
      return readScalar(reader, field.scalar);
  }
}

function readScalar(reader: protobuf.Reader, scalar: ScalarKind): unknown {
  switch (scalar) {
    case 'string':
      return reader.string();
    case 'bytes':
      return new Uint8Array(reader.bytes()); // a copy: the record it came in can be freed
    case 'bool':
      return reader.bool();
    case 'double':
      return reader.double();
    case 'int32':
      return reader.int32();
    case 'uint32':
      return reader.uint32();
    case 'int64':
      return Number(reader.int64());
    case 'uint64':
      return Number(reader.uint64());
    case 'int64Digits':
      return (reader.int64() as unknown as { toString(radix: number): string }).toString(10);
  }
}

/** A plain object to bytes. Throws if a required field is missing or an enum has no such value. */
export function encodeProtobuf(schema: MessageSchema, message: object): Uint8Array {
  return writeMessage(protobuf.Writer.create(), schema, message as Message).finish();
}

function writeMessage(writer: protobuf.Writer, schema: MessageSchema, message: Message): protobuf.Writer {
  for (const field of schema.fields) {
    const value = message[field.name];
    if (value === undefined || value === null) {
      if (field.required) throw new Error(`${schema.name}.${field.name} is required`);
    } else if (field.map) writeMap(writer, field, value as Message);
    else if (field.repeated) for (const item of value as unknown[]) writeField(writer, field, item);
    else writeField(writer, field, value);
  }
  const unknown = message[unknownFields];
  return unknown instanceof Uint8Array ? writer.raw(unknown) : writer;
}

function writeMap(writer: protobuf.Writer, field: FieldSchema, entries: Message): void {
  for (const [key, value] of Object.entries(entries)) {
    writer.uint32((field.number << 3) | DELIMITED).fork();
    writer.uint32((1 << 3) | DELIMITED).string(key);
    writeField(writer, { ...field, number: 2 }, value);
    writer.ldelim();
  }
}

function writeField(writer: protobuf.Writer, field: FieldSchema, value: unknown): void {
  if (field.kind === 'enum') {
    const number = enumNumber(field.schema, value as string);
    if (number === undefined) throw new Error(`${field.name}: no such value: ${String(value)}`);
    writer.uint32((field.number << 3) | VARINT).int32(number);
    return;
  }
  writer.uint32((field.number << 3) | field.wire);
  if (field.kind === 'scalar') writeScalar(writer, field.scalar, value);
  else writeMessage(writer.fork(), field.schema, value as Message).ldelim();
}

function writeScalar(writer: protobuf.Writer, scalar: ScalarKind, value: unknown): void {
  switch (scalar) {
    case 'string':
      writer.string(value as string);
      return;
    case 'bytes':
      writer.bytes(value as Uint8Array);
      return;
    case 'bool':
      writer.bool(value as boolean);
      return;
    case 'double':
      writer.double(value as number);
      return;
    case 'int32':
      writer.int32(value as number);
      return;
    case 'uint32':
      writer.uint32(value as number);
      return;
    case 'uint64':
      writer.uint64(value as number);
      return;
    case 'int64':
    case 'int64Digits':
      writer.int64(value as number | string);
      return;
  }
}
