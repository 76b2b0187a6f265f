import type protobuf from 'protobufjs';
import { doc, header, lowerFirst } from './text.ts';
import type { Protos } from './protos.ts';

/** src/generated/apis.ts: an interface for each service, and what bindings need to know of its methods. */
export function generateApis({ services }: Protos): string {
  const names = services.flatMap((service) =>
    service.methodsArray.flatMap((method) => [method.requestType, method.responseType]),
  );
  return [
    header,
    `import type {\n${[...new Set(names)]
      .sort()
      .map((name) => `  ${name},\n`)
      .join('')}} from './types.js';\n`,
    ...services.map(apiInterface),
    `/** Every API by the name of its service. */\nexport interface Apis {\n${services
      .map(({ name }) => `  readonly ${name}: ${name}Api;\n`)
      .join('')}}\n`,
    `/** The methods of each API with the names of their messages. */\nexport const apiMethods = {\n${services
      .map((service) => `  ${service.name}: {\n${service.methodsArray.map(methodEntry).join('')}  },\n`)
      .join('')}} as const;\n`,
  ].join('\n');
}

function apiInterface(service: protobuf.Service): string {
  const methods = service.methodsArray.map(
    (method) =>
      `${doc(method.comment, '  ')}  ${lowerFirst(method.name)}(request: ${method.requestType}): Promise<${method.responseType}>;\n`,
  );
  return `${doc(service.comment)}export interface ${service.name}Api {\n${methods.join('')}}\n`;
}

const methodEntry = (method: protobuf.Method) =>
  `    ${lowerFirst(method.name)}: { request: '${method.requestType}', response: '${method.responseType}' },\n`;
