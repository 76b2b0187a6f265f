import { type Context, isSpanContextValid, type SpanContext, trace } from '@opentelemetry/api';
import { parseTraceParent, TraceState } from '@opentelemetry/core';
import { ROOT } from './plain-context.js';

/** W3C trace context as it travels in event metadata, message headers and gRPC metadata. */
export interface TraceContext {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** The W3C form of a span context; nothing when it is not valid. */
export function toTraceContext(spanContext: SpanContext | undefined): TraceContext {
  if (!spanContext || !isSpanContextValid(spanContext)) return {};
  const flags = spanContext.traceFlags.toString(16).padStart(2, '0');
  const traceparent = `00-${spanContext.traceId}-${spanContext.spanId}-${flags}`;
  const tracestate = spanContext.traceState?.serialize();
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/** The span context that a W3C header stands for; undefined when there is none or it is malformed. */
export function fromTraceContext(traceContext: TraceContext): SpanContext | undefined {
  if (!traceContext.traceparent) return undefined;
  const parsed = parseTraceParent(traceContext.traceparent);
  if (!parsed) return undefined;
  const traceState = traceContext.tracestate ? new TraceState(traceContext.tracestate) : undefined;
  return { ...parsed, isRemote: true, ...(traceState ? { traceState } : {}) };
}

/** A context whose parent span is the given one, or a root without a parent. */
export function contextOf(traceContext: TraceContext): Context {
  const parent = fromTraceContext(traceContext);
  return parent ? trace.setSpanContext(ROOT, parent) : ROOT;
}
