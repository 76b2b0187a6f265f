import { hash } from 'node:crypto';
import type { JsonSchema } from '../metronome/readers.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './document-page.assets.js';
import { schemaRows, text, typeHtml } from './schema-html.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}
interface Content {
  readonly [mediaType: string]: { readonly schema: JsonSchema; readonly example?: unknown };
}
interface Answer {
  readonly description: string;
  readonly content?: Content;
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer | { readonly $ref: string }>>;
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
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, Answer>>;
  };
}

const digest = (content: string) => `'sha256-${hash('sha256', content, 'base64')}'`;

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
  const { schemas, responses } = document.components;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)} API</title><style>${PAGE_STYLE}</style></head><body>
<header><h1>${text(title)} API <small>${text(version)}</small></h1><p>${text(description)}
<a href="/v2/openapi.json">openapi.json</a></p>
<input id="filter" type="search" placeholder="Filter by path, method or word" aria-label="Filter"></header><main>
${[...groups].map(([name, members]) => `<section><h2>${text(name)}</h2>${members.map(operationHtml).join('')}</section>`).join('\n')}
<section><h2>Problems</h2>${Object.entries(responses).map(problemHtml).join('')}</section>
<section><h2>Schemas</h2>${Object.entries(schemas).map(schemaHtml).join('')}</section>
</main><script>${PAGE_SCRIPT}</script></body></html>
`;
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    (one) => `<tr><td><code>${text(one.name)}</code>${one.required ? ' <b>*</b>' : ''}</td>
<td>${text(one.in)}</td><td>${typeHtml(one.schema)}</td><td>${text(one.description ?? '')}</td></tr>`,
  );
  const answers: string[] = [];
  const problems: string[] = [];
  for (const [status, answer] of Object.entries(responses)) {
    if ('$ref' in answer)
      problems.push(`<a href="#${text(answer.$ref.split('/').at(-1) ?? '')}">${text(status)}</a>`);
    else
      answers.push(`<tr><td><b>${text(status)}</b></td><td>${text(answer.description)}</td>
<td>${contentHtml(answer.content)}</td></tr>`);
  }
  return `<details class="operation" id="${text(operationId)}"><summary><span class="${text(method)}">${text(method.toUpperCase())}</span>
<code>${text(path)}</code> <span class="say">${text(summary)}</span></summary>
${rows.length > 0 ? `<h3>Parameters</h3><table>${rows.join('')}</table>` : ''}
${requestBody ? `<h3>Body${requestBody.required ? '' : ' (optional)'}</h3>${contentHtml(requestBody.content)}${exampleHtml(method, path, requestBody.content)}` : ''}
<h3>Answers</h3><table>${answers.join('')}</table>
<p class="problems">Problems: ${problems.join(' ')}</p></details>`;
}

const contentHtml = (content: Content = {}) =>
  Object.entries(content)
    .map(([type, { schema }]) => `<div><small>${text(type)}</small> ${typeHtml(schema)}</div>`)
    .join('');

function exampleHtml(method: string, path: string, content: Content): string {
  const example = content['application/json']?.example;
  if (example === undefined) return '';
  const body = JSON.stringify(example, null, 1).replaceAll("'", String.raw`'\''`);
  const curl = `curl -X ${method.toUpperCase()} 'http://localhost:9000${path}' -H 'Content-Type: application/json' -d '${body}'`;
  return `<pre>${text(curl)}</pre>`;
}

const problemHtml = ([name, { description, content = {} }]: [string, Answer]) => {
  const [of] = Object.entries(content);
  const [type, example] = of ? [of[0], of[1].example] : ['', undefined];
  return `<details id="${text(name)}"><summary><b>${text(name.replace(/^\D+/, ''))}</b> <span class="say">${text(description)}</span></summary>
<div><small>${text(type)}</small> <a href="#schema-Problem">Problem</a></div><pre>${text(JSON.stringify(example ?? null, null, 2))}</pre></details>`;
};

const schemaHtml = ([name, schema]: [string, JsonSchema]) =>
  `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary>${schemaRows(schema)}</details>`;
