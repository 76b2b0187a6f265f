import { seeded } from './random-triples.js';

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Recurrence sets of every frequency, in local time of no zone, with DTSTART around 2024. */
export function* randomRrules(seed: number, count: number): Generator<string> {
  const random = seeded(seed);
  const between = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  const list = (min: number, max: number) =>
    [...new Set(Array.from({ length: between(1, 3) }, () => between(min, max)))]
      .filter((value) => value !== 0 || min === 0)
      .join(',');
  for (let made = 0; made < count; made++) {
    const freq =
      ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'][between(0, 6)] ?? 'DAILY';
    const parts = [`FREQ=${freq}`];
    const maybe = (chance: number, name: string, value: () => string) => {
      const text = random() < chance ? value() : '';
      if (text !== '') parts.push(`${name}=${text}`);
      return text !== '';
    };
    maybe(0.5, 'INTERVAL', () => String(between(1, 5)));
    maybe(0.3, 'WKST', () => DAYS[between(0, 6)] ?? 'MO');
    const month = maybe(0.3, 'BYMONTH', () => list(1, 12));
    const dated = freq !== 'WEEKLY' && maybe(0.3, 'BYMONTHDAY', () => list(-31, 31));
    const yearDay = freq === 'YEARLY' && !dated && maybe(0.2, 'BYYEARDAY', () => list(-366, 366));
    // -52 and -53 may be week 1, of which dateutil leaves out the days in December.
    // Alone, BYWEEKNO means the week day of DTSTART (RFC 5545); dateutil takes the whole week.
    const week = freq === 'YEARLY' && !dated && !yearDay && maybe(0.2, 'BYWEEKNO', () => list(-51, 53));
    // Numbered and plain days in one list are a union (RFC 5545); dateutil wants both to hold.
    const numbered = (freq === 'YEARLY' || freq === 'MONTHLY') && !week && random() < 0.5;
    const nth = () => (numbered ? String(between(0, 1) === 1 ? between(1, 5) : -between(1, 5)) : '');
    const day = () => nth() + (DAYS[between(0, 6)] ?? 'MO');
    const weekday = maybe(week ? 1 : 0.4, 'BYDAY', () => [...new Set([day(), day()])].join(','));
    const hour = maybe(0.3, 'BYHOUR', () => list(0, 23));
    const minute = maybe(0.3, 'BYMINUTE', () => list(0, 59));
    const second = maybe(0.2, 'BYSECOND', () => list(0, 59));
    const named = month || dated || yearDay || week || weekday || hour || minute || second;
    // dateutil counts positions in the first week from DTSTART on, RFC 5545 in the whole week.
    if (named && freq !== 'WEEKLY') maybe(0.15, 'BYSETPOS', () => list(-3, 3));
    const start = new Date(Date.UTC(2024, 0) + between(0, 86_400 * 400) * 1000);
    yield `DTSTART:${start.toISOString().replaceAll(/[-:]|\.000Z/g, '')}\nRRULE:${parts.join(';')}`;
  }
}
