import type protobuf from 'protobufjs';
import { doc, header, lowerFirst } from './text.ts';
import { isOptional, type Protos, topicOf } from './protos.ts';

/** src/generated/types.ts: an interface for each message, a union of strings for each enum. */
export function generateTypes(protos: Protos): string {
  const events = protos.messages.filter((message) => topicOf(message) !== undefined);
  return [
    header,
    ...protos.enums.map(enumType),
    ...protos.messages.map(messageType),
    block(
      'Every message by its name.',
      'export interface MessageTypes {',
      protos.messages.map(({ name }) => `readonly ${name}: ${name};`),
    ),
    block(
      'The public events by their name: the messages that have a topic.',
      'export interface PublicEventTypes {',
      events.map(({ name }) => `readonly ${name}: ${name};`),
    ),
    `/** The topic on which each public event is published. */\nexport const eventTopics = {\n${events
      .map((event) => `  ${event.name}: '${topicOf(event) ?? ''}',\n`)
      .join('')}} as const satisfies Record<keyof PublicEventTypes, string>;\n`,
  ].join('\n');
}

function enumType(type: protobuf.Enum): string {
  const names = Object.keys(type.values);
  const members = names.map((name) => {
    const comment = type.comments[name];
    return `  '${name}',${comment ? ` // ${comment}` : ''}\n`;
  });
  const constant = `${lowerFirst(type.name)}Values`;
  return (
    `export const ${constant} = [\n${members.join('')}] as const;\n` +
    `${doc(type.comment)}export type ${type.name} = (typeof ${constant})[number];\n`
  );
}

function messageType(message: protobuf.Type): string {
  const fields = message.fieldsArray.map(
    (field) =>
      `${doc(field.comment, '  ')}  readonly ${field.name}${isOptional(field) ? '?' : ''}: ${fieldType(field)};\n`,
  );
  const body = fields.length === 0 ? `Record<string, never>;\n` : `{\n${fields.join('')}}\n`;
  return fields.length === 0
    ? `${doc(message.comment)}export type ${message.name} = ${body}`
    : `${doc(message.comment)}export interface ${message.name} ${body}`;
}

function fieldType(field: protobuf.Field): string {
  const single = field.resolvedType === null ? scalarType(field.type) : field.resolvedType.name;
  if (field.map) return `Readonly<Record<string, ${single}>>`;
  return field.repeated ? `readonly ${single}[]` : single;
}

function scalarType(type: string): string {
  if (type === 'string') return 'string';
  if (type === 'bool') return 'boolean';
  if (type === 'bytes') return 'Uint8Array';
  return 'number';
}

const block = (comment: string, opening: string, lines: readonly string[]) =>
  `/** ${comment} */\n${opening}\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
