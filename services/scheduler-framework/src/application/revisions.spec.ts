import type { GetRevisionsRequest, Job } from '@carillon/contracts';
import { beforeEach, expect, test } from 'vitest';
import { job } from '../test/framework-rig.js';
import { Revisions, type StoredRevisions } from './revisions.js';

const one = (uid: string) => job(uid, { cmd: 'true' });
const ref = (uid: string) => ({ jobId: one(uid).spec.id, uid, revision: 1 });
/** Uids of one letter, so that all are of the same length. */
const CHARACTERS = JSON.stringify(one('a')).length;

let stored: Map<string, Job>;
let read: string[];
let fetched: string[];
let revisions: Revisions;

beforeEach(() => {
  stored = new Map();
  [read, fetched] = [[], []];
  const table: StoredRevisions = {
    find: (refs) => {
      read.push(...refs.map(({ uid }) => uid));
      return Promise.resolve(refs.flatMap(({ uid }) => stored.get(uid) ?? []));
    },
    keep: (jobs) => {
      for (const kept of jobs) stored.set(kept.uid, kept);
      return Promise.resolve();
    },
    forget: (uids) => {
      for (const uid of uids) stored.delete(uid);
      return Promise.resolve();
    },
  };
  const registry = {
    getRevisions: ({ revisions: asked }: GetRevisionsRequest) => {
      fetched.push(...asked.map(({ uid }) => uid));
      return Promise.resolve({ jobs: asked.filter(({ uid }) => uid !== 'gone').map(({ uid }) => one(uid)) });
    },
  };
  revisions = new Revisions(table, registry, 3 * CHARACTERS);
});

const load = async (...uids: string[]) => [...(await revisions.load(uids.map(ref))).keys()];

test('are fetched once, kept, and read from memory', async () => {
  expect(await load('a', 'gone')).toEqual(['a@1']);
  expect([fetched, [...stored.keys()]]).toEqual([['a', 'gone'], ['a']]);
  read = [];
  expect(await load('a')).toEqual(['a@1']);
  expect(read).toEqual([]);
});

test('beyond what memory may hold, those longest unused are read again', async () => {
  await load('a', 'b', 'c');
  await load('a'); // used, so that b is the one longest unused
  await load('d');
  read = [];
  await load('a', 'c', 'd');
  expect(read).toEqual([]);
  expect(await load('b')).toEqual(['b@1']);
  expect(read).toEqual(['b']);
  expect(fetched).toEqual(['a', 'b', 'c', 'd']);
});

test('one that is larger than what memory may hold is read each time', async () => {
  stored.set('x', job('x', { cmd: 'true'.repeat(CHARACTERS) }));
  for (let time = 0; time < 2; time += 1) expect(await load('x')).toEqual(['x@1']);
  expect(read).toEqual(['x', 'x']);
});

test('of a job that is forgotten leave their room to others', async () => {
  await load('a', 'b', 'c');
  await revisions.forget(['a', 'b']);
  await load('d', 'e');
  read = [];
  await load('c', 'd', 'e');
  expect(read).toEqual([]);
  expect(await load('a')).toEqual(['a@1']);
  expect(fetched.filter((uid) => uid === 'a')).toHaveLength(2);
});
