import { hash } from 'node:crypto';
import type { JsonSchema } from '../metronome/readers.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './document-page.assets.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}
interface Content {
  readonly [mediaType: string]: { readonly schema: JsonSchema };
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: object;
  };
  readonly servers: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

const digest = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;

/** The page runs its own script and style only, and loads nothing from anywhere. */
export const PAGE_HEADERS = {
  'content-security-policy': `default-src 'none'; style-src ${digest(PAGE_STYLE)}; script-src ${digest(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
};

/** An OpenAPI document for people, as one page that needs nothing else. */
export function documentPage(document: ApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(operations, ({ path }) => path.split(/[/:]/)[2] ?? '');
  const { title, version, description } = document.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} API</title><style>${PAGE_STYLE}</style></head><body>
<header><h1>${text(title)} API <small>${text(version)}</small></h1><p>${text(description)}
<a href="/v2/openapi.json">openapi.json</a></p>
<input id="filter" type="search" placeholder="Filter by path, method or word" aria-label="Filter"></header><main>
${[...groups].map(([name, members]) => `<section><h2>${text(name)}</h2>${members.map(operationHtml).join('')}</section>`).join('\n')}
<section><h2>Schemas</h2>${Object.entries(document.components.schemas).map(schemaHtml).join('')}</section>
</main><script>${PAGE_SCRIPT}</script></body></html>
`;
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    (
      one,
    ) => `<tr><td><code>${text(one.name)}</code>${one.required ? ' <b>*</b>' : ''}</td><td>${text(one.in)}</td>
<td>${typeHtml(one.schema)}</td><td>${text(one.description ?? '')}</td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, answer]) => `<tr><td><b>${text(status)}</b></td><td>${text(answer.description)}</td>
<td>${contentHtml(answer.content)}</td></tr>`,
  );
  return `<details class="operation" id="${text(operationId)}"><summary><span class="${text(method)}">${text(method.toUpperCase())}</span>
<code>${text(path)}</code> <span class="say">${text(summary)}</span></summary>
${rows.length > 0 ? `<h3>Parameters</h3><table>${rows.join('')}</table>` : ''}
${requestBody ? `<h3>Body${requestBody.required ? '' : ' (optional)'}</h3>${contentHtml(requestBody.content)}` : ''}
<h3>Answers</h3><table>${answers.join('')}</table></details>`;
}

const contentHtml = (content: Content = {}) =>
  Object.entries(content)
    .map(([type, { schema }]) => `<div><small>${text(type)}</small> ${typeHtml(schema)}</div>`)
    .join('');

const schemaHtml = ([name, schema]: [string, JsonSchema]) =>
  `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary><pre>${text(JSON.stringify(schema, null, 2))}</pre></details>`;

/** A schema in a few words; one with a name is a link, a large one unfolds. */
function typeHtml(schema: JsonSchema): string {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  }
  if (schema['type'] === 'array') return `list of ${typeHtml((schema['items'] ?? {}) as JsonSchema)}`;
  if (schema['properties'] === undefined && schema['allOf'] === undefined) return text(wordsOf(schema));
  return `<details><summary>object</summary><pre>${text(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function wordsOf(schema: JsonSchema): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].join(' | ');
  const types = [schema['type'] ?? 'any'].flat() as string[];
  const bounds = ['minimum', 'maximum'].flatMap((name) =>
    typeof schema[name] === 'number' ? [`${name} ${schema[name]}`] : [],
  );
  const format = typeof schema['format'] === 'string' ? [schema['format']] : [];
  return [types.join(' or '), ...format, ...bounds].join(', ');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (raw: string) => raw.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
