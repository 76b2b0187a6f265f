import { invalid, isCarillonError } from '@carillon/event-sourcing';
import type { MessageTypes } from '../generated/types.js';
import { toPlain, toWire } from './plan.js';
import { type MessageName, messageType } from './registry.js';

/**
 * The protobuf bytes of a message. Fields that the type does not know are left out; null and undefined are absent.
 * Throws `messageInvalid` naming the path of a value that does not fit its field.
 */
export function encodeMessage<Name extends MessageName>(name: Name, value: MessageTypes[Name]): Uint8Array {
  return messageType(name)
    .encode(toWire(name, value, name))
    .finish();
}

/**
 * The message in protobuf bytes: lists and maps always present, enums as strings, 64-bit integers as numbers.
 * Throws `messageInvalid` when the bytes are not such a message, an integer is not safe or a required field is
 * missing.
 */
export function decodeMessage<Name extends MessageName>(name: Name, bytes: Uint8Array): MessageTypes[Name] {
  return toPlain(name, readBytes(name, bytes), name, 'strict') as unknown as MessageTypes[Name];
}

/** As `decodeMessage`, but of a version that may lack required fields. */
export const decodeLeniently = (name: MessageName, bytes: Uint8Array): Record<string, unknown> =>
  toPlain(name, readBytes(name, bytes), name, 'lenient');

/** The message in an object of unknown origin, such as parsed JSON: checked, defaults filled in, the rest dropped. */
export const conform = <Name extends MessageName>(name: Name, value: unknown): MessageTypes[Name] =>
  decodeMessage(name, encodeMessage(name, value as MessageTypes[Name]));

function readBytes(name: MessageName, bytes: Uint8Array): object {
  try {
    return messageType(name).decode(bytes);
  } catch (error) {
    if (isCarillonError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid('messageInvalid', `not a ${name}: ${reason}`, { path: name });
  }
}
