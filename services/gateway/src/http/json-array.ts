import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/**
 * A long list as one JSON array, written page by page, so that memory does not grow with it. A list of one page goes as a
 * whole. Failures up to the second page are answered as such; a later one breaks the connection off, so that nobody takes
 * a part for the whole.
 */
export async function jsonArray(pages: AsyncGenerator<object[]>): Promise<object[] | StreamableFile> {
  const first = await pages.next();
  if (first.done === true) return [];
  const second = await pages.next();
  if (second.done === true) return first.value;
  const text = Readable.from(textOf([first.value, second.value], pages), { objectMode: false });
  return new StreamableFile(text, { type: 'application/json; charset=utf-8' });
}

async function* textOf(read: readonly object[][], rest: AsyncGenerator<object[]>): AsyncGenerator<string> {
  let separator = '[';
  async function* all() {
    yield* read;
    yield* rest;
  }
  for await (const page of all()) {
    yield separator + page.map((item) => JSON.stringify(item)).join(',');
    separator = ',';
  }
  yield ']';
}
