import { createLogger } from '@carillon/service-runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Backends } from '../application/backends.js';
import type { GatewayLimits } from '../gateway.limits.js';
import { answerError } from '../http/error.filter.js';
import { jsonBody, jsonLines, mediaTypeOf, optionalJsonBody } from '../http/json-body.js';
import { ClientError } from '../metronome/client-error.js';
import type { JsonSchema, Reader } from '../metronome/readers.js';
import type { EventFeed } from './events/event-feed.js';

export const NDJSON = 'application/x-ndjson';

/** What handlers are given besides what was asked. */
export interface V2Context {
  readonly backends: Backends;
  readonly limits: GatewayLimits;
  readonly feed: EventFeed;
}

export interface V2Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Asked<P, Q, H, B> {
  readonly params: P;
  readonly query: Q;
  readonly headers: H;
  readonly body: B;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface AnswerShape {
  readonly description: string;
  readonly schema?: JsonSchema;
  readonly headers?: Readonly<Record<string, string>>;
  /** Media types and their schemas beside application/json. */
  readonly also?: Readonly<Record<string, JsonSchema>>;
}

/** One route: what validates a request is what the document says of it. */
export interface RouteDefinition<P = unknown, Q = unknown, H = unknown, B = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With names in braces, as in the document. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly params?: z.ZodObject & z.ZodType<P>;
  readonly query?: z.ZodObject & z.ZodType<Q>;
  readonly headers?: z.ZodObject & z.ZodType<H>;
  readonly body?: Reader<B>;
  /** A body that `body` takes, for those who read the document. */
  readonly example?: unknown;
  /** A request may do without a body, which is then an empty object. */
  readonly bodyOptional?: boolean;
  /** The body is a list, which may be large, and may come one item to a line. */
  readonly bodyIsList?: boolean;
  readonly answers: Readonly<Record<number, AnswerShape>>;
  /** Statuses of problems besides 400, 500 and 503. */
  readonly problems?: readonly number[];
  /** Undefined: it has answered by itself. */
  handle(asked: Asked<P, Q, H, B>, context: V2Context): Promise<V2Answer | undefined>;
}

export type Route = RouteDefinition;

/** For inference; what a handler is given is what its schemas make. */
export const route = <P, Q, H, B>(definition: RouteDefinition<P, Q, H, B>): Route => definition;

export function serveRoutes(fastify: FastifyInstance, routes: readonly Route[], context: V2Context): void {
  for (const one of routes) {
    fastify.route({
      method: one.method,
      url: urlOf(one.path),
      ...(one.bodyIsList ? { bodyLimit: context.limits.applyBytes } : {}),
      handler: async (request, reply) => {
        try {
          const answer = await one.handle(asked(one, request, reply), context);
          if (answer) send(reply, answer);
        } catch (error) {
          if (reply.raw.headersSent) {
            createLogger('gateway').error({ err: error }, `${one.operationId} failed after its headers`);
            reply.raw.destroy();
          } else {
            answerError(error, request, reply);
          }
        }
        return reply;
      },
    });
  }
  for (const [path, those] of Map.groupBy(routes, (one) => one.path)) {
    refuseOthers(
      fastify,
      path,
      those.map(({ method }) => method),
    );
  }
}

/** An address that is there, asked with a method that it does not take (RFC 9110, 15.5.6). */
function refuseOthers(fastify: FastifyInstance, path: string, taken: readonly string[]): void {
  const allow = [...taken, ...(taken.includes('GET') ? ['HEAD'] : [])].join(', ');
  fastify.route({
    method: METHODS.filter((method) => !taken.includes(method)),
    url: urlOf(path),
    handler(request, reply) {
      void reply.header('allow', allow);
      answerError(new ClientError(405, `${request.method} is not taken here, only ${allow}`), request, reply);
    },
  });
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const urlOf = (path: string) => path.replaceAll(':', '::').replaceAll(/\{(\w+)\}/g, ':$1');

function send(reply: FastifyReply, { status = 200, headers = {}, body }: V2Answer): void {
  void reply.status(status).headers(headers);
  if (body === undefined) void reply.send();
  else void reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

function asked(one: Route, request: FastifyRequest, reply: FastifyReply) {
  return {
    params: parse('path', one.params, request.params),
    query: parse('query', one.query, onlyKnown(one.query, request.query)),
    headers: parse('header', one.headers, request.headers),
    body: one.body ? bodyOf(one, request, one.body) : undefined,
    request,
    reply,
  };
}

function bodyOf({ bodyOptional, bodyIsList }: Route, request: FastifyRequest, reader: Reader<unknown>) {
  if (bodyOptional) return optionalJsonBody(request, reader);
  return bodyIsList && mediaTypeOf(request) === NDJSON
    ? jsonLines(request, reader)
    : jsonBody(request, reader);
}

/** A misspelt filter would list what was not asked for, and a misspelt dryRun change it. */
function onlyKnown(schema: z.ZodObject | undefined, raw: unknown): unknown {
  const known = Object.keys(schema?.shape ?? {});
  const unknown = Object.keys(raw ?? {}).filter((name) => !known.includes(name));
  if (unknown.length === 0) return raw;
  const there = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  throw new ClientError(400, `query ${unknown.join(', ')}: no such parameter, ${there}`);
}

function parse(where: string, schema: z.ZodObject | undefined, raw: unknown): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const given = raw as Readonly<Record<PropertyKey, string | readonly string[] | undefined>>;
  const said = parsed.error.issues.map(({ path: [name = ''], message }) => {
    const value = given[name];
    if (value === undefined) return `${String(name)}: must be given`;
    if (typeof value !== 'string') return `${String(name)}: must be given once, not ${value.length} times`;
    return `${String(name)} '${shortened(value)}': ${message}`;
  });
  throw new ClientError(400, `${where} ${said.join('; ')}`);
}

const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

/** The JSON schema of what a zod schema takes. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): JsonSchema {
  const json: Record<string, unknown> = { ...z.toJSONSchema(schema, { io, unrepresentable: 'any' }) };
  delete json['$schema'];
  return json;
}
