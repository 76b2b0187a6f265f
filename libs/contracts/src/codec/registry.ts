import protobuf from 'protobufjs';
import { descriptor } from '../generated/descriptor.js';
import type { MessageTypes } from '../generated/types.js';

export type MessageName = keyof MessageTypes;

const packageName = 'carillon.v1';
const root = protobuf.Root.fromJSON(descriptor);
root.resolveAll();

/** What protobufjs knows of a message. */
export const messageType = (name: string): protobuf.Type => root.lookupType(`${packageName}.${name}`);

export const messageNames = (root.lookup(packageName) as protobuf.Namespace).nestedArray
  .filter((declared) => declared instanceof protobuf.Type)
  .map(({ name }) => name as MessageName);
