import type { Job } from '@carillon/contracts';
import { describe, expect, test } from 'vitest';
import { someBackends } from '../testing/backends.js';
import { expectedVersion, ifMatch } from './if-match.js';

const current = { uid: 'u-1', revision: 3 };
const backends = someBackends({ registry: { getJob: () => Promise.resolve(current as Job) } });
const nobody = someBackends({});
const none = { uid: '', revision: 0 };

describe('If-Match', () => {
  test.each([
    [undefined, {}],
    ['*', {}],
    ['"u-1.2"', { expected: { uid: 'u-1', revision: 2 } }],
    ['W/"u-1.3"', { expected: current }],
    ['"other"', { expected: none }],
    ['"u-1.3",', { expected: current }],
  ])('%s is judged by the registry alone', async (header, expected) => {
    expect(await expectedVersion(header, 'a', nobody)).toEqual(expected);
  });

  test.each([
    ['"x.1", "u-1.3"', current],
    ['"u-1.3","x.1"', current],
    ['"x.1" , W/"u-1.3" ,"u-1.4"', current],
    ['"a,b", "u-1.3"', current],
    ['"x.1", "u-1.2"', { uid: 'x', revision: 1 }],
    ['"other", "u-2.3"', none],
  ])('%s is the version that the job has, if any', async (header, expected) => {
    expect(ifMatch.parse(header)).toBe(header);
    expect(await expectedVersion(header, 'a', backends)).toEqual({ expected });
  });

  test.each(['u-1.3', '"u-1.2", *', '', '"u-1.3" "u-1.4"', '"u 1"', "'u-1.3'", 'w/"u-1.3"'])(
    '%s is no list of entity tags',
    (header) => expect(ifMatch.safeParse(header).success).toBe(false),
  );
});
