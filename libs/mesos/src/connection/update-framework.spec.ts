import { describe, expect, it } from 'vitest';
import type { FrameworkInfo } from '../types/framework.js';
import { frameworkChanges } from './update-framework.js';

const info: FrameworkInfo = {
  user: 'root',
  name: 'carillon',
  roles: ['a', 'b'],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'REGION_AWARE' }],
  labels: { labels: [{ key: 'team', value: 'x' }] },
};

describe('what differs between two FrameworkInfos', () => {
  it.each<[string, FrameworkInfo, string[]]>([
    ['nothing', { ...info }, []],
    ['order', { ...info, roles: ['b', 'a'], capabilities: [...(info.capabilities ?? [])].reverse() }, []],
    ['order within', { ...info, labels: { labels: [{ value: 'x', key: 'team' }] } }, []],
    ['a default', { ...info, failoverTimeout: 0, checkpoint: false }, []],
    ['the id', { ...info, id: { value: 'fw' } }, []],
    ['a role', { ...info, roles: ['a'] }, ['roles']],
    [
      'several',
      { ...info, webuiUrl: 'http://c', failoverTimeout: 1, name: 'd' },
      ['failoverTimeout', 'name', 'webuiUrl'],
    ],
    ['a label', { ...info, labels: { labels: [{ key: 'team', value: 'y' }] } }, ['labels']],
  ])('%s', (_, after, expected) => {
    expect(frameworkChanges(info, after)).toEqual(expected);
    expect(frameworkChanges(after, info)).toEqual(expected);
  });
});
