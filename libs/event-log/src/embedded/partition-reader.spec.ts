import { Signal } from '@carillon/service-runtime';
import { expect, it, vi } from 'vitest';
import type { ReceivedMessage } from '../event-log.js';
import type { LogTables } from './log-tables.js';
import { PartitionReader } from './partition-reader.js';
import { RecentMessages } from './recent-messages.js';

const partition = { id: 1, topic: 'jobs', partition: 0 };
const message = (offset: number) => ({ offset: String(offset) }) as ReceivedMessage;

/** A reader of a partition whose tables hold nothing beyond what is recent, and what it asks and hands on. */
function reading(alone: boolean) {
  const recent = new RecentMessages(10);
  const asked = { tables: 0, handled: [] as string[] };
  const stopping = new AbortController();
  const tables = {
    read: () => {
      asked.tables += 1;
      return Promise.resolve([]);
    },
    bounds: () => Promise.resolve([{ ...partition, start: '0', end: '100' }]),
  } satisfies Partial<LogTables>;
  const reader = new PartitionReader({
    ...{ partition, from: '0', alone, signal: stopping.signal, wakeup: new Signal() },
    tables: tables as unknown as LogTables,
    recent: () => recent,
    handle: ({ messages }) => {
      asked.handled.push(...messages.map(({ offset }) => offset));
      return Promise.resolve(String(Number(messages.at(-1)?.offset) + 1));
    },
    astray: () => undefined,
  });
  const publish = (offset: number) => {
    recent.add([message(offset)]);
    reader.wake();
  };
  const stop = async () => {
    stopping.abort();
    await reader.stopped;
  };
  return { asked, publish, stop };
}

it.each([{ alone: true }, { alone: false }])(
  'asks the tables after each batch only where others may publish (alone: $alone)',
  async ({ alone }) => {
    const { asked, publish, stop } = reading(alone);
    for (const offset of ['0', '1', '2']) {
      publish(Number(offset));
      await vi.waitFor(() => expect(asked.handled.at(-1)).toBe(offset));
    }
    await stop();
    expect(asked.handled).toEqual(['0', '1', '2']);
    if (alone)
      expect(asked.tables).toBe(1); // before the first publication
    else expect(asked.tables).toBeGreaterThanOrEqual(2);
  },
);
