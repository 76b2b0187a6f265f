import protobuf from 'protobufjs';
import { descriptor } from '../generated/descriptor.js';
import type { MessageTypes } from '../generated/types.js';

export type MessageName = keyof MessageTypes;

const packageName = 'carillon.v1';
const root = protobuf.Root.fromJSON(descriptor);
root.resolveAll();

const types = new Map<string, protobuf.Type>();

/** What protobufjs knows of a message; looked up once, for that takes apart the name. */
export function messageType(name: string): protobuf.Type {
  let type = types.get(name);
  if (type === undefined) {
    type = root.lookupType(`${packageName}.${name}`);
    types.set(name, type);
  }
  return type;
}

export const messageNames = (root.lookup(packageName) as protobuf.Namespace).nestedArray
  .filter((declared) => declared instanceof protobuf.Type)
  .map(({ name }) => name as MessageName);
