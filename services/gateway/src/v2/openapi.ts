import type { z } from 'zod';
import type { JsonSchema } from '../metronome/readers.js';
import { version } from '../version.js';
import { type AnswerShape, NDJSON, type Route, schemaOf } from './route.js';
import type { ApiDocument, Operation, Parameter } from './document-page.js';
import { namedSchemas } from './named.js';
import { problemReferences, problemResponses } from './problem-answers.js';

const LINES: JsonSchema = { type: 'string', description: 'One item of the list to a line, as JSON' };

/** The OpenAPI document of a table of routes: what validates requests is what it says. */
export function openApi(routes: readonly Route[]): ApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Carillon',
      version,
      description:
        'A distributed cron for Apache Mesos. Errors are problem details (RFC 9457). Metronome’s own API is beside it, at /v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: namedSchemas(), responses: problemResponses() },
  };
}

function operation(route: Route): Operation {
  const problems = [400, ...(route.problems ?? []), 429, 500, 503];
  return {
    operationId: route.operationId,
    summary: route.summary,
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...parameters('header', route.headers),
    ],
    ...(route.body
      ? {
          requestBody: {
            required: !route.bodyOptional,
            content: {
              'application/json': {
                schema: route.body.schema,
                ...(route.example === undefined ? {} : { example: route.example }),
              },
              ...(route.bodyIsList ? { [NDJSON]: { schema: LINES } } : {}),
            },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, shape]) => [status, answer(shape)])),
      ...problemReferences(problems),
    },
  };
}

function parameters(where: string, schema: z.ZodObject | undefined): Parameter[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return (
    Object.entries(properties)
      // OpenAPI has its own place for these.
      .filter(([name]) => where !== 'header' || name !== 'accept')
      .map(([name, { description, ...rest }]) => ({
        name,
        in: where,
        required: required.includes(name),
        ...(typeof description === 'string' ? { description } : {}),
        schema: plain(rest),
      }))
  );
}

/** What a text in a URL stands for, without the rules of its spelling. */
function plain({ enum: values, pattern, ...schema }: JsonSchema): JsonSchema {
  const stands = ['boolean', 'integer', 'number'].includes(String(schema['type']));
  return {
    ...schema,
    ...(stands || values === undefined ? {} : { enum: values }),
    ...(stands || pattern === undefined ? {} : { pattern }),
  };
}

const answer = ({ description, schema, headers, also = {} }: AnswerShape) => ({
  description,
  ...(headers
    ? {
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [
            name,
            { description: text, schema: { type: 'string' } },
          ]),
        ),
      }
    : {}),
  ...(schema
    ? {
        content: {
          'application/json': { schema },
          ...Object.fromEntries(Object.entries(also).map(([type, one]) => [type, { schema: one }])),
        },
      }
    : {}),
});
