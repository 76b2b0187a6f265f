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
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .meta({ type: 'integer', minimum: min, maximum: max });

export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean' });
