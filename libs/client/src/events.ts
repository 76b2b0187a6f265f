import type { Event } from './generated/types.js';
import type { ClientOptions } from './options.js';
import { problemOf } from './problem.js';

export interface EventsWanted {
  /** The position after which to begin; 0, which is the beginning, unless told. */
  readonly after?: number;
  readonly jobId?: string;
  readonly runId?: string;
  /** Such as `carillon.RunEnded`. */
  readonly types?: readonly string[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** The gateway says that it is still there every 15 s. */
const SILENT_MS = 45_000;
const AGAIN_MS = { least: 200, most: 10_000 };

/** Server-Sent Events; comes back with the last id that it saw. Throws what asking again cannot mend. */
export async function* followEvents(options: ClientOptions, wanted: EventsWanted): AsyncGenerator<Event> {
  const { signal } = wanted;
  let after = wanted.after ?? 0;
  const stopped = () => signal?.aborted === true;
  for (let wait = AGAIN_MS.least; !stopped(); wait = Math.min(wait * 2, AGAIN_MS.most)) {
    try {
      for await (const { id, event } of readStream(options, { ...wanted, after })) {
        after = id;
        wait = AGAIN_MS.least;
        if (event) yield event;
        if (stopped()) return;
      }
    } catch (error) {
      if (stopped()) return;
      if (!mayPass(error)) throw error;
    }
    await pause(wait, signal);
  }
}

async function* readStream(
  { url, headers = {} }: ClientOptions,
  { after, jobId, runId, types, signal }: EventsWanted & { readonly after: number },
): AsyncGenerator<{ id: number; event?: Event }> {
  const target = new URL(`${url.replace(/\/$/, '')}/v2/events`);
  const query = { jobId, runId, type: types?.join(',') };
  for (const [name, value] of Object.entries(query)) if (value) target.searchParams.set(name, value);
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const response = await fetch(target, {
      headers: { ...headers, accept: 'text/event-stream', 'last-event-id': String(after) },
      signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
    });
    if (!response.ok) throw await problemOf(response);
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = fieldOf(block, 'id');
        const data = fieldOf(block, 'data');
        if (id === undefined) continue;
        yield { id: Number(id), ...(data === undefined ? {} : { event: JSON.parse(data) as Event }) };
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Lines end at \n alone: JSON may contain other ends of lines, such as U+2028. */
function fieldOf(block: string, name: string): string | undefined {
  const begin = `${name}: `;
  return block
    .split('\n')
    .find((line) => line.startsWith(begin))
    ?.slice(begin.length);
}

/** A connection that breaks, silence, and a gateway that cannot for now. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('status' in error)
    return typeof error.status === 'number' && (error.status >= 500 || error.status === 429);
  return error instanceof TypeError || error.name === 'AbortError';
}

const pause = (ms: number, signal: AbortSignal | undefined) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
