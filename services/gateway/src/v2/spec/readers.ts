import { as, type JsonSchema, type Reader, reader, refuse, string } from '../../metronome/readers.js';
import { instantParameter } from '../parameters.js';

/** RFC 3339 as epoch milliseconds. */
export const instant: Reader<number> = reader(
  { type: 'string', format: 'date-time' },
  (value, at, problems) => {
    const text = string()(value, at, problems);
    if (text === null) return null;
    const { success, data, error } = instantParameter.safeParse(text);
    if (success) return data;
    const rules = error.issues.map(({ message }) => message).join(', ');
    return refuse(`'${text}' ${rules}.`, at, problems);
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
