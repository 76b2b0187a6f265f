import { readFile } from 'node:fs/promises';
import type { SpanRecord } from '@carillon/service-runtime';

/** All spans in a trace file (CARILLON_TRACE_FILE); a line that is being written is left out. */
export async function readSpans(file: string): Promise<SpanRecord[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as SpanRecord);
}

/** The spans of one trace, and those among them whose parent is not among them (the root, if all is well). */
export function traceOf(spans: readonly SpanRecord[], traceId: string) {
  const own = spans.filter((span) => span.traceId === traceId);
  const ids = new Set(own.map((span) => span.spanId));
  return {
    spans: own,
    roots: own.filter((span) => span.parentSpanId === undefined || !ids.has(span.parentSpanId)),
  };
}
