import { unavailable } from '@carillon/event-sourcing';
import { afterEach, expect, it, vi } from 'vitest';
import { listen } from './listen.js';
import type { Session } from './session.js';

afterEach(() => void vi.useRealTimers());

it('leaves no connection behind on which it could not listen', async () => {
  const opened: { readonly end: () => void; readonly closed: () => boolean }[] = [];
  const open = (): Promise<Session> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const isStandby = opened.length === 1 || opened.length === 2;
    let isClosed = false;
    const end = () => {
      isClosed = true;
      resolve(undefined);
    };
    opened.push({ end, closed: () => isClosed });
    return Promise.resolve({
      closed: promise,
      query: () =>
        isStandby
          ? Promise.reject(unavailable('databaseUnavailable', 'cannot execute LISTEN during recovery'))
          : Promise.resolve([]),
      onNotification: () => undefined,
      close: () => {
        end();
        return Promise.resolve();
      },
    });
  };
  const heard: string[] = [];
  const listening = await listen(open, 'news', (payload) => heard.push(payload));
  opened[0]?.end();
  await vi.waitFor(() => expect(heard).toEqual(['']), 10_000);
  expect(opened.map(({ closed }) => closed())).toEqual([true, true, true, false]);
  await listening.close();
});

it('asks a server that says nothing whether it is there, on each connection until that is gone', async () => {
  vi.useFakeTimers();
  const opened: { asked: number; readonly end: () => void }[] = [];
  const open = (): Promise<Session> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const connection = { asked: -1, end: () => resolve(undefined) }; // but for LISTEN
    opened.push(connection);
    return Promise.resolve({
      closed: promise,
      query: () => {
        connection.asked += 1;
        // As `ask` does with a server that does not answer: it ends the connection.
        if (connection.asked === 3) connection.end();
        return connection.asked === 3
          ? Promise.reject(unavailable('databaseUnavailable', 'the database does not answer'))
          : Promise.resolve([]);
      },
      onNotification: () => undefined,
      close: () => {
        connection.end();
        return Promise.resolve();
      },
    });
  };
  const heard: string[] = [];
  const listening = await listen(open, 'news', (payload) => heard.push(payload));
  await vi.advanceTimersByTimeAsync(45_000);
  expect(opened.map(({ asked }) => asked)).toEqual([3, 1]);
  expect(heard).toEqual(['']);
  await listening.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened.map(({ asked }) => asked)).toEqual([3, 1]);
  expect(vi.getTimerCount()).toBe(0);
});
