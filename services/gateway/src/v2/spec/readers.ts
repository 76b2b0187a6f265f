import { as, type JsonSchema, type Reader, reader, refuse, string } from '../../metronome/readers.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 as epoch milliseconds. */
export const instant: Reader<number> = reader(
  { type: 'string', format: 'date-time' },
  (value, at, problems) => {
    const text = string()(value, at, problems);
    if (text === null) return null;
    const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isFinite(ms)) return ms;
    return refuse(`'${text}' is not an instant such as 2026-03-29T02:30:00Z.`, at, problems);
  },
);

/** What was read may be sent back: this member is not looked at. */
export const ignored = (schema: JsonSchema): Reader<undefined> =>
  reader({ ...schema, readOnly: true }, () => undefined);

/** A value as it goes into the environment. */
export const scalar: Reader<string> = reader(
  { type: ['string', 'number', 'boolean'] },
  (value, at, problems) => {
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return as(string(), (text) => text)(value, at, problems);
    return refuse('Wrong type. Expected string, number or boolean.', at, problems);
  },
);
