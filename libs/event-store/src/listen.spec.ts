import { unavailable } from '@carillon/event-sourcing';
import { expect, it, vi } from 'vitest';
import { listen } from './listen.js';
import type { Session } from './session.js';

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
