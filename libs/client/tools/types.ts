import type { Schema } from './document.ts';

/** The TypeScript type of what a JSON schema allows. */
export function typeOf(schema: Schema): string {
  const { $ref, enum: values, type } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'unknown';
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  for (const [keyword, operator] of [
    ['anyOf', ' | '],
    ['oneOf', ' | '],
    ['allOf', ' & '],
  ] as const) {
    const parts = schema[keyword];
    if (Array.isArray(parts)) return parts.map((part) => `(${typeOf(part as Schema)})`).join(operator);
  }
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one as unknown })).join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `readonly (${typeOf((schema['items'] ?? {}) as Schema)})[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType(schema: Schema): string {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  const { additionalProperties: rest } = schema;
  if (properties.length === 0) {
    const value = typeof rest === 'object' && rest !== null ? typeOf(rest as Schema) : 'unknown';
    return `Readonly<Record<string, ${value}>>`;
  }
  const members = properties.map(([name, property]) => {
    const optional = required.has(name) ? '' : '?';
    const missing = required.has(name) ? '' : ' | undefined';
    return `${comment(property['description'])}readonly ${JSON.stringify(name)}${optional}: ${typeOf(property)}${missing};`;
  });
  return `{\n${members.join('\n')}\n}`;
}

export const comment = (text: unknown) =>
  typeof text === 'string' ? `/** ${text.replaceAll('*/', '*∕')} */\n` : '';
