import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed, suppressTracing } from '@opentelemetry/core';
import { activeContext } from './plain-context.js';
import { randomTraceparent } from './random-ids.js';
import { contextOf, fromTraceContext, type TraceContext, toTraceContext } from './trace-context.js';

export type HopKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface SpanSettings {
  readonly kind?: HopKind;
  /** Where the work was asked for, when that is not the active span: `{}` starts a new trace. */
  readonly parent?: TraceContext;
  readonly links?: readonly TraceContext[];
  /** Epoch milliseconds, whole; now unless told. */
  readonly startedAt?: number;
}

/** A span that was opened by hand: for hops that begin and end in different calls, or one of many in a batch. */
export interface OpenSpan {
  /** To be handed on: the parent of the next hop. */
  readonly context: TraceContext;
  end(failure?: unknown): void;
}

const KINDS: Readonly<Record<HopKind, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

const tracer = () => trace.getTracer('carillon');

/** Runs `work` in a span of its own, a child of the active span unless `parent` is given. What it throws is recorded. */
export async function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T> | T,
  settings: SpanSettings = {},
): Promise<T> {
  const parent = parentOf(settings);
  const span = startSpan(name, attributes, settings, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

let recording: boolean | undefined;

/** Told by startTelemetry: whether spans go anywhere; undefined when there is no telemetry, and no ids are made. */
export function setRecording(yes: boolean | undefined): void {
  recording = yes;
}

/**
 * Opens a span without making it the active one. When nobody records it costs next to nothing: the next hop then has
 * the parent of this one.
 */
export function openSpan(name: string, attributes: Attributes, settings: SpanSettings = {}): OpenSpan {
  if (!recording && settings.parent?.traceparent !== undefined) {
    return { context: settings.parent, end: nothing };
  }
  // A trace that nobody records: only ids, so that what it sets off can be told apart.
  if (recording === false && settings.parent !== undefined) {
    return { context: { traceparent: randomTraceparent() }, end: nothing };
  }
  const span = startSpan(name, attributes, settings, parentOf(settings));
  return {
    context: toTraceContext(span.spanContext()),
    end(failure) {
      if (failure !== undefined) fail(span, failure);
      span.end();
    },
  };
}

const nothing = () => undefined;

/** Runs `work` as if called from within the given trace, without a span of its own. */
export function withTraceContext<T>(traceContext: TraceContext, work: () => T): T {
  return context.with(contextOf(traceContext), work);
}

/** Runs `work` with no span of it recorded, whoever asks for it. */
export function untraced<T>(work: () => T): T {
  return context.with(suppressTracing(activeContext()), work);
}

/** The active span's context, to be stored in event metadata and message headers; empty when there is none. */
export function currentTraceContext(): TraceContext {
  return toTraceContext(trace.getActiveSpan()?.spanContext());
}

function startSpan(name: string, attributes: Attributes, settings: SpanSettings, parent: Context): Span {
  return tracer().startSpan(
    name,
    {
      kind: KINDS[settings.kind ?? 'internal'],
      attributes,
      ...(settings.links ? { links: linksOf(settings.links) } : {}),
      ...(settings.startedAt === undefined ? {} : { startTime: new Date(settings.startedAt) }),
    },
    parent,
  );
}

function parentOf({ parent }: SpanSettings): Context {
  const active = activeContext();
  return parent === undefined || isTracingSuppressed(active) ? active : contextOf(parent);
}

function linksOf(links: readonly TraceContext[]): Link[] {
  return links.flatMap((link) => {
    const linked = fromTraceContext(link);
    return linked ? [{ context: linked }] : [];
  });
}

function fail(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.recordException(error instanceof Error ? error : message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
