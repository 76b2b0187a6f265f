import { createInterface } from 'node:readline';
import { connectTimerDatabase, TimerLoop, timerParts } from '@carillon/timer';

/** A timer of its own, whose clock may be wrong and who may be stopped with clocks in its hands. */
const {
  TIMER_DATABASE_URL: url = '',
  TIMER_SKEW_MS = '0',
  TIMER_HOLDS,
  TIMER_CLOCK: clock = '',
} = process.env;

const rightNow = Date.now.bind(Date);
Date.now = () => rightNow() + Number(TIMER_SKEW_MS);

const nobody = () => Promise.reject(new Error('nobody was to be asked'));
const registry = { listConnectedJobs: nobody, getJob: nobody, getRevision: nobody };
const say = (word: string) => process.stdout.write(`${word}\n`);

const lines = createInterface({ input: process.stdin });
const go = new Promise<void>((resolve) => lines.once('line', () => resolve()));

const database = await connectTimerDatabase(url, 1);
const { store, due, fire } = timerParts(database, registry, { clock });
if (TIMER_HOLDS === 'claimed') {
  const record = store.record.bind(store);
  store.record = async (...[tx, appends]: Parameters<typeof record>) => {
    const decided = [...appends];
    if (decided.length > 0) {
      store.record = record;
      say('claimed');
      await go;
    }
    return record(tx, decided);
  };
}
const loop = new TimerLoop(fire, due, { batchSize: 10, claimers: 1 });
await due.listen((dueAt) => loop.dueAt(dueAt));
loop.start();
say('started');
