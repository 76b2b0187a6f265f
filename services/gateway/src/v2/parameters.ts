import { z } from 'zod';
import { JOB_ID } from '../metronome/schedule.reader.js';

export const jobId = z.string().min(1).max(190).regex(JOB_ID).describe('Names joined by dots');
export const runId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\w.:-]+$/);
export const scheduleId = z.string().min(1).max(190).regex(JOB_ID);

/** Digits only, so that nothing is taken for a number that was not meant as one. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, wholeFrom(min, max))
    .transform(Number)
    .pipe(z.number().int().min(min, wholeFrom(min, max)).max(max, wholeFrom(min, max)))
    .meta({ type: 'integer', minimum: min, maximum: max });

const wholeFrom = (min: number, max: number) => `must be a whole number from ${min} to ${max}`;

export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean' });

const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** RFC 3339 as epoch milliseconds; a day that exists, and in UTC too of a year of four digits. */
export const instantParameter = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-03-29T02:30:00Z' })
  .transform((text) => Date.parse(text))
  .refine((at) => at >= FIRST_INSTANT && at <= LAST_INSTANT, 'must be of a year from 0000 to 9999 in UTC');

export const pageSize = whole(1, 1000).optional().describe('100 unless told');

export const jobPrefix = z
  .string()
  .max(190)
  .regex(/^[a-z0-9.-]+$/)
  .optional()
  .describe('Job ids begin with it');

const LABEL = /^[^,=]{1,200}=[^,]{0,200}$/;

/** `team=data,tier=1`: all of them. */
export const labelSelector = z
  .string()
  .max(2000)
  .refine(
    (text) => text.split(',').every((one) => LABEL.test(one)) && text.isWellFormed() && !text.includes('\0'),
    'must be label=value, several separated by commas',
  )
  .transform((text, context) => {
    const labels = new Map<string, string>();
    for (const one of text.split(',')) {
      const at = one.indexOf('=');
      const [label, value] = [one.slice(0, at), one.slice(at + 1)];
      const before = labels.get(label) ?? value;
      if (before !== value) context.addIssue(`${label} cannot be both '${before}' and '${value}'`);
      labels.set(label, value);
    }
    return Object.fromEntries(labels);
  })
  .optional()
  .describe('label=value, several separated by commas: all of them');

export const idempotency = {
  'idempotency-key': z
    .string()
    .regex(/^[!-~]{1,200}$/)
    .optional()
    .describe('The same key and request again, within a day: done once, answered the same'),
};
