import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/**
 * Answers with items that are JSON texts, page by page as the client takes them: as the list `name` of an object, or one
 * to a line. A failure before the second page is thrown; a later one breaks the connection off, so that nobody takes a
 * part for the whole.
 */
export async function jsonStream(
  reply: FastifyReply,
  pages: AsyncGenerator<string[]>,
  { type, name }: { type: string; name?: string },
): Promise<void> {
  const first = await pages.next();
  async function* all(): AsyncGenerator<string[]> {
    if (first.done !== true) yield first.value;
    yield* pages;
  }
  const text = Readable.from(name === undefined ? linesOf(all()) : listOf(name, all()), {
    objectMode: false,
  });
  await reply.header('content-type', `${type}; charset=utf-8`).send(text);
}

async function* linesOf(pages: AsyncGenerator<string[]>): AsyncGenerator<string> {
  for await (const page of pages) if (page.length > 0) yield `${page.join('\n')}\n`;
}

async function* listOf(name: string, pages: AsyncGenerator<string[]>): AsyncGenerator<string> {
  let separator = `{${JSON.stringify(name)}:[`;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + page.join(',');
    separator = ',';
  }
  yield separator === ',' ? ']}' : `${separator}]}`;
}
