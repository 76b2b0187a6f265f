import { type FrameworkInfo, MesosCallError, type MesosConnection } from '@carillon/mesos';
import { createLogger } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Introduction } from './introduction.js';

const named = (webuiUrl?: string): FrameworkInfo => ({
  ...{ name: 'carillon', user: 'root' },
  ...(webuiUrl === undefined ? {} : { webuiUrl }),
});

let wanted: () => FrameworkInfo;
let looks: number;
let asked: FrameworkInfo[];
let answer: () => Promise<void>;
let warnings: number;
let changes: number;
let introduction: Introduction;

beforeEach(() => {
  wanted = () => named();
  looks = 0;
  asked = [];
  answer = () => Promise.resolve();
  warnings = 0;
  changes = 0;
  const log = createLogger('spec');
  const connection = {
    subscribed: true,
    updateFramework: (info: FrameworkInfo) => {
      asked.push(info);
      return answer();
    },
  };
  introduction = new Introduction(named(), {
    frameworkInfo: () => {
      looks += 1;
      return wanted();
    },
    connection: () => connection as unknown as MesosConnection,
    lookEveryMs: 1,
    log: Object.assign(Object.create(log) as typeof log, {
      warn: () => (warnings += 1),
      info: () => undefined,
    }),
    onChanged: () => (changes += 1),
  });
  introduction.start();
});
afterEach(() => introduction.stop());

const refuse = () => Promise.reject(new MesosCallError('UPDATE_FRAMEWORK', 400, 'bad role'));

/** Looked at so many times more. */
async function looked(times = 5): Promise<void> {
  const until = looks + times;
  await expect.poll(() => looks, { interval: 1 }).toBeGreaterThanOrEqual(until);
}

it('asks once for a change that is taken', async () => {
  wanted = () => named('http://a');
  await looked();
  expect(asked).toEqual([named('http://a')]);
  expect([introduction.info, changes, warnings]).toEqual([named('http://a'), 1, 0]);
});

it('asks once for a change that is refused, and says so once', async () => {
  answer = refuse;
  wanted = () => named('http://bad');
  await looked();
  expect(asked).toEqual([named('http://bad')]);
  expect([introduction.info, changes, warnings]).toEqual([named(), 0, 1]);
});

it('asks for it again once it was something else meanwhile, and may be taken then', async () => {
  answer = refuse;
  wanted = () => named('http://bad');
  await looked();
  wanted = () => {
    throw new Error('no JSON');
  };
  await looked();
  expect(asked).toHaveLength(1);
  expect(warnings).toBe(2);
  answer = () => Promise.resolve();
  wanted = () => named('http://bad');
  await looked();
  expect(asked).toEqual([named('http://bad'), named('http://bad')]);
  expect([introduction.info, changes, warnings]).toEqual([named('http://bad'), 1, 2]);
});

it('asks for another change after one that is refused', async () => {
  answer = refuse;
  wanted = () => named('http://bad');
  await looked();
  answer = () => Promise.resolve();
  wanted = () => named('http://good');
  await looked();
  expect(asked).toEqual([named('http://bad'), named('http://good')]);
});

it('asks for a refused change again once it was taken back, not for what is in force', async () => {
  answer = refuse;
  wanted = () => named('http://bad');
  await looked();
  wanted = () => named();
  await looked();
  expect(asked).toHaveLength(1);
  wanted = () => named('http://bad');
  await looked();
  expect(asked).toEqual([named('http://bad'), named('http://bad')]);
  expect(warnings).toBe(2);
});
