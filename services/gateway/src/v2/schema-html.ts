import type { JsonSchema } from '../metronome/readers.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const text = (raw: string) =>
  raw.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

const schemaAt = (schema: JsonSchema, name: string) => schema[name] as JsonSchema | undefined;

/** A schema in a few words; one with a name is a link, an object with members unfolds. */
export function typeHtml(schema: JsonSchema): string {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.split('/').at(-1) ?? '';
    return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  }
  if (schema['type'] === 'array') return `list of ${typeHtml(schemaAt(schema, 'items') ?? {})}`;
  const choice = schema['anyOf'] ?? schema['allOf'];
  if (Array.isArray(choice)) return (choice as JsonSchema[]).map(typeHtml).join(' or ');
  if (schema['properties'] !== undefined) {
    return `<details><summary>object</summary>${schemaRows(schema)}</details>`;
  }
  const values = schemaAt(schema, 'additionalProperties');
  if (schema['type'] === 'object' && typeof values === 'object') return `name → ${typeHtml(values)}`;
  return text(wordsOf(schema));
}

/** The members of an object, one to a row; of anything else its words. */
export function schemaRows(schema: JsonSchema): string {
  const members = schemaAt(schema, 'properties');
  if (members === undefined) return `<p>${typeHtml(schema)}</p>`;
  const required = (schema['required'] ?? []) as readonly string[];
  const rows = Object.entries(members as Readonly<Record<string, JsonSchema>>).map(([name, member]) => {
    const says = member['description'];
    return `<tr><td><code>${text(name)}</code>${required.includes(name) ? ' <b>*</b>' : ''}</td>
<td>${typeHtml(member)}</td><td>${text(typeof says === 'string' ? says : '')}</td></tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

function wordsOf(schema: JsonSchema): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].join(' | ');
  const types = [schema['type'] ?? 'any'].flat() as string[];
  const bounds = [
    ['minimum', 'at least'],
    ['maximum', 'at most'],
  ].flatMap(([name = '', words]) => {
    const bound = schema[name];
    // Those of the number format itself say nothing.
    return typeof bound === 'number' && Math.abs(bound) < 2 ** 31 - 1 ? [`${words} ${bound}`] : [];
  });
  const format = typeof schema['format'] === 'string' ? [schema['format']] : [];
  return [types.join(' or '), ...format, ...bounds].join(', ');
}
