import { createLogger } from '@carillon/service-runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Fence, Leadership, type Lease } from './leadership.js';

const TTL_MS = 400;
const patience = { timeout: 20_000, interval: 5 };

/** What happened, in order. */
let told: string[];
let free: boolean;
let renewal: () => Promise<boolean>;
let beginning: () => Promise<void>;
let leadership: Leadership;
let lose: () => void;

beforeEach(() => {
  told = [];
  free = true;
  renewal = () => Promise.resolve(true);
  beginning = () => Promise.resolve();
  let epoch = 0;
  const lease: Lease = {
    acquire() {
      if (!free) return Promise.resolve(undefined);
      told.push('acquired');
      epoch += 1;
      const fence: Fence = { epoch, hold: () => Promise.resolve() };
      return Promise.resolve(fence);
    },
    renew: () => renewal(),
    release() {
      told.push('released');
      return Promise.resolve();
    },
    current: () => Promise.resolve({ epoch }),
  };
  leadership = new Leadership({
    ...{ lease, ttlMs: TTL_MS, log: createLogger('spec') },
    async begin(_, lost) {
      lose = lost;
      await beginning();
      told.push('leads');
      return {
        stop() {
          told.push('stopped');
          free = false;
          return Promise.resolve();
        },
      };
    },
  });
});
afterEach(() => leadership.stop());

const once = ['acquired', 'leads', 'stopped', 'released'];

it('stands by until the lease is free', async () => {
  free = false;
  leadership.start();
  await expect.poll(() => leadership.epoch, patience).toBeUndefined();
  free = true;
  await expect.poll(() => told, patience).toEqual(['acquired', 'leads']);
  expect(leadership.epoch).toBe(1);
});

it('stops when the lease is somebody else’s', async () => {
  leadership.start();
  await expect.poll(() => told, patience).toContain('leads');
  renewal = () => Promise.resolve(false);
  await expect.poll(() => told, patience).toEqual(once);
  expect(leadership.epoch).toBeUndefined();
});

it('stops on its own clock when nobody answers whether it still leads', async () => {
  leadership.start();
  await expect.poll(() => told, patience).toContain('leads');
  renewal = () => new Promise(() => undefined);
  await expect.poll(() => told, patience).toEqual(once);
});

it('stops when the database cannot be asked for too long', async () => {
  leadership.start();
  await expect.poll(() => told, patience).toContain('leads');
  renewal = () => Promise.reject(new Error('away'));
  await expect.poll(() => told, patience).toEqual(once);
});

it('stops when its work finds another leader, without waiting for the next renewal', async () => {
  leadership.start();
  await expect.poll(() => told, patience).toContain('leads');
  lose();
  await expect.poll(() => told, patience).toEqual(once);
});

it('gives the lease back when it is stopped, after its work has ended', async () => {
  leadership.start();
  await expect.poll(() => told, patience).toContain('leads');
  await leadership.stop();
  expect(told).toEqual(once);
});

it('gives the lease back when its work cannot begin, and tries again', async () => {
  beginning = () => Promise.reject(new Error('no'));
  leadership.start();
  await expect.poll(() => told, patience).toEqual(expect.arrayContaining(['acquired', 'released']));
  beginning = () => Promise.resolve();
  await expect.poll(() => told, patience).toContain('leads');
});
