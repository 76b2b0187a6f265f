import type { MesosConnection } from '@carillon/mesos';
import { createLogger, logTo } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MesosLink } from './mesos-link.js';
import { Reconciliation } from './reconciliation.js';
import { Subscription } from './subscription.js';

const nothing = () => undefined;

let now: number;
let warned: unknown[];
let subscription: Subscription;

beforeEach(() => {
  now = 1_000_000;
  warned = [];
  logTo({
    write: (line) => {
      const { level, reason } = JSON.parse(line) as { level: string; reason: unknown };
      if (level === 'warn') warned.push(reason);
    },
  });
  const log = createLogger('spec');
  const link = new MesosLink(() => undefined as MesosConnection | undefined, log);
  subscription = new Subscription({
    fence: { epoch: 1, hold: () => Promise.resolve() },
    frameworkIds: { load: () => Promise.resolve(undefined), store: () => Promise.resolve() },
    ...{ link, reconciliation: new Reconciliation(link), reconciliationWaitMs: 1, clock: () => now, log },
    ...{ liveTasks: () => [], onBegun: nothing, onConfirmed: nothing, onMayLaunch: nothing },
    ...{ onEnded: nothing, onError: nothing, lost: nothing, onFatal: nothing },
  });
});
afterEach(() => logTo());

const refused = (reason: string) => subscription.end({ reason, terminal: false, wasSubscribed: false });

it('says why a master does not take the framework, at once and then each minute', () => {
  refused('SUBSCRIBE refused: 401');
  refused('SUBSCRIBE refused: 401');
  expect(warned).toEqual(['SUBSCRIBE refused: 401']);
  now += 59_999;
  refused('SUBSCRIBE refused: 401');
  expect(warned).toHaveLength(1);
  now += 1;
  refused("Role 'night' is not in the list");
  expect(warned).toEqual(['SUBSCRIBE refused: 401', "Role 'night' is not in the list"]);
});

it('says each loss of a subscription', () => {
  for (const reason of ['no heartbeat', 'the stream broke']) {
    subscription.end({ reason, terminal: false, wasSubscribed: true });
    refused('connect ECONNREFUSED');
  }
  expect(warned).toEqual(['no heartbeat', 'the stream broke']);
});
