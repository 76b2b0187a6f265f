import { expect, it } from 'vitest';
import { Undo } from './undo.js';

it('takes every step, the last first, once', async () => {
  const undo = new Undo();
  const taken: number[] = [];
  for (const step of [1, 2, 3]) undo.push(() => Promise.resolve(taken.push(step)));
  await undo.all();
  await undo.all();
  expect(taken).toEqual([3, 2, 1]);
});

it('does not let what fails on the way back hide why it was taken', async () => {
  const undo = new Undo();
  undo.push(() => Promise.reject(new Error('does not stop')));
  const failed = undo.after(new Error('does not start'));
  await expect(failed).rejects.toMatchObject({
    errors: [{ message: 'does not start' }, { errors: [{ message: 'does not stop' }] }],
  });
  const why = new Error('does not start');
  await expect(new Undo().after(why)).rejects.toBe(why);
});
