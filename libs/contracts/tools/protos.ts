import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';

export const packageName = 'carillon.v1';
export const contractsDir = join(import.meta.dirname, '..');

const protoDir = join(contractsDir, 'proto');
const protobufjsDir = dirname(createRequire(import.meta.url).resolve('protobufjs/package.json'));

/** What the .proto files declare, in the order of files and declarations. */
export interface Protos {
  readonly root: protobuf.Root;
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly services: readonly protobuf.Service[];
}

/** Reads proto/carillon/v1/*.proto, with comments and names in camelCase. */
export function loadProtos(): Protos {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    join(target.startsWith('google/') ? protobufjsDir : protoDir, target);
  const files = readdirSync(join(protoDir, 'carillon/v1')).sort();
  root.loadSync(
    files.map((file) => `carillon/v1/${file}`),
    { keepCase: false, alternateCommentMode: true },
  );
  root.resolveAll();
  const declared = root.lookup(packageName);
  if (!(declared instanceof protobuf.Namespace)) throw new Error(`no package ${packageName} in ${protoDir}`);
  const all = declared.nestedArray;
  return {
    root,
    messages: all.filter((it) => it instanceof protobuf.Type),
    enums: all.filter((it) => it instanceof protobuf.Enum),
    services: all.filter((it) => it instanceof protobuf.Service),
  };
}

/** The topic that makes a message a public event, or undefined. */
export const topicOf = (message: protobuf.Type): string | undefined => {
  const topic: unknown = message.options?.['(carillon.v1.topic)'];
  return typeof topic === 'string' ? topic : undefined;
};

export const isRequired = (field: protobuf.Field): boolean =>
  field.options?.['(carillon.v1.required)'] === true;

export const isOptional = (field: protobuf.Field): boolean =>
  !field.repeated &&
  !field.map &&
  !isRequired(field) &&
  (field.resolvedType instanceof protobuf.Type || field.options?.['proto3_optional'] === true);
