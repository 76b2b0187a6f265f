import type { JsonSchema } from './readers.js';

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}
interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The same routes as RAML 1.0, in which Metronome describes its own. JSON is YAML, so there is nothing to lay out. */
export function ramlOf({ info, paths }: OpenApiDocument): string {
  const resources = Object.entries(paths).map(([path, methods]) => {
    const all = Object.values(methods).flatMap(({ parameters = [] }) => parameters);
    return [path, { ...named('uriParameters', all, 'path'), ...methodsOf(methods) }];
  });
  const head = { title: info.title, version: info.version, mediaType: 'application/json' };
  return `#%RAML 1.0\n${JSON.stringify({ ...head, ...Object.fromEntries(resources) }, null, 2)}\n`;
}

const methodsOf = (methods: Readonly<Record<string, Operation>>) =>
  Object.fromEntries(
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => [
      method,
      {
        ...named('queryParameters', parameters, 'query'),
        ...named('headers', parameters, 'header'),
        ...(requestBody ? { body: bodiesOf(requestBody.content) } : {}),
        responses: Object.fromEntries(
          Object.entries(responses).map(([status, { description, content }]) => [
            status,
            { description, ...(content ? { body: bodiesOf(content) } : {}) },
          ]),
        ),
      },
    ]),
  );

function named(member: string, parameters: readonly Parameter[], place: string): object {
  const own = parameters.filter((parameter) => parameter.in === place);
  if (own.length === 0) return {};
  const types = own.map(
    ({ name, required, schema }) => [name, { type: JSON.stringify(schema), required }] as const,
  );
  return { [member]: Object.fromEntries(types) };
}

/** A type may be the text of a JSON schema. */
const bodiesOf = (content: Content) =>
  Object.fromEntries(
    Object.entries(content).map(([type, { schema }]) => [type, { type: JSON.stringify(schema) }]),
  );
