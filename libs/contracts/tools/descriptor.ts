import { packageName, type Protos } from './protos.ts';
import { header } from './text.ts';

/** src/generated/descriptor.ts: the messages as protobufjs reads them, so that nothing is read from disk later. */
export function generateDescriptor({ messages, enums }: Protos): string {
  const nested = Object.fromEntries([...messages, ...enums].map((type) => [type.name, type.toJSON()]));
  const [outer = '', inner = ''] = packageName.split('.');
  const descriptor = { nested: { [outer]: { nested: { [inner]: { edition: 'proto3', nested } } } } };
  return [header, `export const descriptor: object = ${JSON.stringify(descriptor, null, 2)};\n`].join('\n');
}
