import { expect, it } from 'vitest';
import { supervise } from './supervise.js';

const quick = { everyMs: 1, backoff: { baseMs: 1, maxMs: 1 } };

/** A server of which `failures` starts fail, and which then runs until it is killed. */
function unreliable(failures: number) {
  const server = {
    running: true,
    starts: 0,
    isRunning: () => Promise.resolve(server.running),
    restart: () => {
      server.starts += 1;
      if (server.starts <= failures) return Promise.reject(new Error(`start ${server.starts} failed`));
      server.running = true;
      return Promise.resolve();
    },
  };
  return server;
}

it('starts again what is gone, as often as it takes, and says so', async () => {
  const server = unreliable(3);
  const said: string[] = [];
  const restarted = Promise.withResolvers<true>();
  const supervision = supervise(server, {
    ...quick,
    onGone: () => said.push('gone'),
    onRestarted: () => restarted.resolve(true),
    onGivenUp: restarted.reject,
  });
  server.running = false;
  await restarted.promise;
  await supervision.stop();
  expect({ ...server, said }).toMatchObject({ running: true, starts: 4, said: ['gone'] });
});

it('gives up after so many failures in a row, with the last one', async () => {
  const server = unreliable(100);
  server.running = false;
  const givenUp = Promise.withResolvers<Error>();
  const supervision = supervise(server, { ...quick, attempts: 3, onGivenUp: givenUp.resolve });
  expect((await givenUp.promise).message).toBe('start 3 failed');
  await supervision.stop();
  expect(server.starts).toBe(3);
});

it('gives up on one that starts but ends again and again', async () => {
  const server = unreliable(0);
  server.running = false;
  const givenUp = Promise.withResolvers<Error>();
  const supervision = supervise(server, {
    ...quick,
    attempts: 3,
    onRestarted: () => {
      server.running = false;
    },
    onGivenUp: givenUp.resolve,
  });
  expect((await givenUp.promise).message).toBe('it ends again and again');
  await supervision.stop();
  expect(server.starts).toBe(3);
});

it('starts nothing once stopped', async () => {
  const server = unreliable(0);
  const supervision = supervise(server, { ...quick, onGivenUp: () => undefined });
  await supervision.stop();
  await supervision.stop();
  server.running = false;
  expect(server.starts).toBe(0);
});
