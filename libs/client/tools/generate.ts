// node libs/client/tools/generate.ts [--check]
//
// Writes src/generated from docs/openapi.json: the types of what goes to and fro, and a table of the operations.
//   --check   writes nothing; exit 1 when something is out of date
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ApiDocument, Operation, Parameter, Schema } from './document.ts';
import { comment, typeOf } from './types.ts';

const document = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as ApiDocument;

const HEAD = '// Generated from docs/openapi.json by tools/generate.ts. Do not edit.\n\n';

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** `if-match` as `ifMatch`. */
const memberOf = (name: string) => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function bodyOf({ requestBody }: Operation): Schema | undefined {
  return requestBody?.content['application/json']?.schema;
}

function requestType(operation: Operation): string {
  const body = bodyOf(operation);
  const members = operation.parameters.map(
    ({ name, required, schema, description }: Parameter) =>
      `${comment(description)}readonly ${memberOf(name)}${required ? '' : '?'}: ${typeOf(schema)}${required ? '' : ' | undefined'};`,
  );
  if (body) {
    const optional = operation.requestBody?.required === false;
    members.push(`readonly body${optional ? '?' : ''}: ${typeOf(body)}${optional ? ' | undefined' : ''};`);
  }
  return `{\n${members.join('\n')}\n}`;
}

function answerType({ responses }: Operation): string {
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
  const schema = success?.content?.['application/json']?.schema;
  return schema ? typeOf(schema) : 'undefined';
}

const needsNothing = ({ parameters, requestBody }: Operation) =>
  parameters.every(({ required }) => !required) && requestBody?.required !== true;

const types = `${HEAD}${Object.entries(document.components.schemas)
  .map(([name, schema]) => `${comment(schema['description'])}export type ${name} = ${typeOf(schema)};`)
  .join('\n\n')}

/** What can be asked, by the id of the operation. A request has parameters, headers and body side by side. */
export interface Operations {
${operations
  .map(({ operation }) => {
    const { operationId, summary } = operation;
    const optional = needsNothing(operation) ? '?' : '';
    return `${comment(summary)}${operationId}(request${optional}: ${requestType(operation)}): Promise<${answerType(operation)}>;`;
  })
  .join('\n')}
}
`;

const namesOf = (operation: Operation, place: Parameter['in']) =>
  operation.parameters.filter((one) => one.in === place).map(({ name }) => name);

const table = `${HEAD}import type { Operations } from './types.js';

export interface OperationRoute {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly headers: readonly string[];
  readonly body: boolean;
}

export const routes: Readonly<Record<keyof Operations, OperationRoute>> = {
${operations
  .map(
    ({ path, method, operation }) =>
      `${operation.operationId}: ${JSON.stringify({
        method,
        path,
        query: namesOf(operation, 'query'),
        headers: namesOf(operation, 'header'),
        body: bodyOf(operation) !== undefined,
      })},`,
  )
  .join('\n')}
};
`;

const files = { types, routes: table };
for (const [name, text] of Object.entries(files)) {
  const file = new URL(`../src/generated/${name}.ts`, import.meta.url);
  const wanted = formatted(text, `${name}.ts`);
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    // the first time
  }
  if (before === wanted) continue;
  if (process.argv.includes('--check')) {
    console.error(
      `libs/client/src/generated/${name}.ts is not of docs/openapi.json: run npm run client:generate`,
    );
    process.exitCode = 1;
  } else {
    writeFileSync(file, wanted);
    console.log(`wrote libs/client/src/generated/${name}.ts`);
  }
}

/** As everything else in the repository. */
function formatted(text: string, name: string): string {
  const root = new URL('../../../', import.meta.url);
  const biome = new URL('node_modules/.bin/biome', root).pathname;
  return execFileSync(biome, ['format', `--stdin-file-path=libs/client/src/${name}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}
