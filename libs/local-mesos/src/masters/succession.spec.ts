import { expect, it, onTestFinished } from 'vitest';
import type { Master } from '../master/master.js';
import type { Candidate } from './election.js';
import { Masters } from './masters.js';

it('one that hears late that it leads no more has gone before its heir leads, and takes nothing from that', async () => {
  const said: string[] = [];
  const led: Master[] = [];
  const nameOf = (master: Master): number => led.indexOf(master) + 1;
  const masters = new Masters({
    count: 2,
    firstPort: 0,
    lead: () => {
      const master = {} as Master;
      led.push(master);
      said.push(`${nameOf(master)} leads`);
      return master;
    },
    depose: (master) => said.push(`${nameOf(master)} has gone`),
  });
  await masters.listen();
  onTestFinished(() => masters.stop());
  const candidates: Candidate[] = [];
  const join = (candidate: Candidate): number => candidates.push(candidate);
  masters.start({ join, leave: () => undefined, stop: () => undefined });
  const [first, second] = candidates;
  first?.onElected();
  second?.onElected();
  first?.onDeposed();
  expect(said).toEqual(['1 leads', '1 has gone', '2 leads']);
  expect(masters.handles.map(({ isLeading }) => isLeading)).toEqual([false, true]);
});
