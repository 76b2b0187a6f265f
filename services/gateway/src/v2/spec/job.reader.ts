import type { JobSpec } from '@carillon/contracts';
import { array, as, map, object, type Reader, read, string } from '../../metronome/readers.js';
import { JOB_ID } from '../../metronome/schedule.reader.js';
import { ownRunReader } from './run.reader.js';
import { ownScheduleReader } from './schedule.reader.js';

const jobId = string({ minLength: 1, pattern: JOB_ID });

/** Metronome's job with what Carillon adds, defaults filled in. Rules between fields are the registry's. */
export const ownJobSpecReader: Reader<JobSpec> = as(
  object(
    { id: jobId, run: ownRunReader },
    {
      description: string(),
      dependencies: array(object({ id: jobId }, {})),
      labels: map(string()),
      schedules: array(ownScheduleReader),
    },
  ),
  ({ dependencies = [], labels = {}, schedules = [], ...rest }) => ({
    ...rest,
    dependencies,
    labels,
    schedules,
  }),
);

/** A job, with any number of schedules and defaults filled in. Throws `invalid` with every problem and its path. */
export const readJobSpec = (body: unknown): JobSpec => read(ownJobSpecReader, body);
