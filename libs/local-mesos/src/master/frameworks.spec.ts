import type { Event, TaskStatus } from '@carillon/mesos';
import { expect, it } from 'vitest';
import { StateLog } from '../state/state-log.js';
import { Allocator } from './allocator.js';
import { Frameworks } from './frameworks.js';
import { Offers } from './offers.js';
import type { Subscriber } from './subscriber.js';

const frameworkInfo = { user: 'root', name: 'f' };
const update: Event = {
  type: 'UPDATE',
  update: { status: { taskId: { value: 't' }, state: 'TASK_RUNNING' } satisfies TaskStatus },
};

function subscriber(streamId: string): Subscriber & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    streamId,
    send: ({ type }) => heard.push(type),
    end: () => undefined,
    destroy: () => undefined,
  };
}

it('says SUBSCRIBED before all else on a stream, also to one who takes over', () => {
  const log = StateLog.withoutFile();
  const allocator = new Allocator(undefined);
  const node = (): undefined => undefined;
  const frameworks = new Frameworks({
    log,
    masterInfo: { id: 'm', ip: 0, port: 1 },
    heartbeatIntervalMs: 60_000,
    allocator,
    offers: new Offers({ allocator, prefix: 'm', node, unavailabilityOf: node, isRefined: () => false }),
    onSubscribed: ({ id }) => frameworks.send(id, update),
    onChanged: () => undefined,
    onRemoved: () => undefined,
  });
  const first = subscriber('1');
  frameworks.subscribe({ type: 'SUBSCRIBE', subscribe: { frameworkInfo } }, first);
  log.flush();
  expect(first.heard).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'UPDATE']);

  const [id = ''] = frameworks.known.keys();
  log.whenWritten(() => frameworks.send(id, { type: 'OFFERS', offers: { offers: [] } })); // of the first
  const second = subscriber('2');
  frameworks.subscribe(
    { type: 'SUBSCRIBE', frameworkId: { value: id }, subscribe: { frameworkInfo } },
    second,
  );
  frameworks.send(id, update); // as one that is overdue
  log.flush();
  expect(second.heard).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'UPDATE']);
  expect(first.heard.at(-1)).toBe('ERROR');
  frameworks.stop();
});
