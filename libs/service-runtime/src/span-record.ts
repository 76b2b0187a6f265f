import { closeSync, openSync, writeSync } from 'node:fs';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** A finished span as plain JSON: one line of CARILLON_TRACE_FILE. Instants are epoch milliseconds. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: string;
  readonly service: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export function spanRecord(span: ReadableSpan): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  const failed = span.status.code === SpanStatusCode.ERROR;
  return {
    traceId,
    spanId,
    ...(span.parentSpanContext ? { parentSpanId: span.parentSpanContext.spanId } : {}),
    name: span.name,
    kind: SpanKind[span.kind].toLowerCase(),
    service: String(span.resource.attributes['service.name']),
    pid: process.pid,
    startedAt: hrTimeToMilliseconds(span.startTime),
    endedAt: hrTimeToMilliseconds(span.endTime),
    ...(failed ? { error: span.status.message ?? 'error' } : {}),
    attributes: span.attributes,
    links: span.links.map((link) => ({ traceId: link.context.traceId, spanId: link.context.spanId })),
  };
}

/** Keeps finished spans in memory, for tests. */
export class SpanCollector implements SpanExporter {
  readonly spans: SpanRecord[] = [];

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.spans.push(...spans.map(spanRecord));
    done({ code: ExportResultCode.SUCCESS });
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Appends finished spans to a file as JSON lines. One write per batch, so several processes may share the file. */
export class TraceFile implements SpanExporter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    writeSync(this.#file, spans.map((span) => `${JSON.stringify(spanRecord(span))}\n`).join(''));
    done({ code: ExportResultCode.SUCCESS });
  }

  shutdown(): Promise<void> {
    closeSync(this.#file);
    return Promise.resolve();
  }
}
