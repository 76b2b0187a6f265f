import { describe, expect, it } from 'vitest';
import { parseZooKeeperUrl } from './zookeeper-url.js';

describe('a ZooKeeper URL', () => {
  it('has servers, a path, and maybe credentials', () => {
    expect(parseZooKeeperUrl('zk://h1:2182,h2,[::1]:7/mesos')).toEqual({
      servers: [
        { host: 'h1', port: 2182 },
        { host: 'h2', port: 2181 },
        { host: '::1', port: 7 },
      ],
      path: '/mesos',
    });
    expect(parseZooKeeperUrl('zk://me:a@b:c@h1/dcos/mesos')).toEqual({
      servers: [{ host: 'h1', port: 2181 }],
      auth: 'me:a@b:c',
      path: '/dcos/mesos',
    });
  });

  it.each([
    'zk://h1',
    'zk://h1/',
    'zk:///mesos',
    'zk://h1,,h2/mesos',
    'zk://me@h1/mesos',
    'zk://http://h1/mesos',
    'zk://h1:99999/mesos',
    'h1/mesos',
  ])('refuses %s', (url) => {
    expect(() => parseZooKeeperUrl(url)).toThrow('expected zk://');
  });

  it('does not repeat a password', () => {
    expect(() => parseZooKeeperUrl('zk://me:hunter2@h1')).toThrow(/^(?!.*hunter2)/);
    expect(() => parseZooKeeperUrl('zk://me:hunter2@h:x:y/mesos')).toThrow(/^(?!.*hunter2)/);
  });
});
