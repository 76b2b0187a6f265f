import type { JobSpec, RunSpec } from '@carillon/contracts';
import { array, as, map, object, type Reader, read, string } from './readers.js';
import { runSpecReader, runSpecReaderV0 } from './run-spec.reader.js';
import { embeddedScheduleReader, JOB_ID } from './schedule.reader.js';

const jobId = string({ minLength: 1, pattern: JOB_ID });

const jobWithRun = (run: Reader<RunSpec>, schedules: { max?: number } = {}): Reader<JobSpec> =>
  as(
    object(
      { id: jobId, run },
      {
        description: string(),
        dependencies: array(object({ id: jobId }, {})),
        labels: map(string()),
        schedules: array(embeddedScheduleReader, schedules),
      },
    ),
    ({ dependencies = [], labels = {}, schedules = [], ...rest }) => ({
      ...rest,
      dependencies,
      labels,
      schedules,
    }),
  );

/** The body of POST and PUT /v1/jobs, with defaults filled in. Rules between fields are the registry's. */
export const jobSpecReader = jobWithRun(runSpecReader, { max: 1 });

/** The body of /v0/scheduled-jobs. */
export const jobSpecReaderV0 = jobWithRun(runSpecReaderV0, { max: 1 });

/** The same with any number of schedules: Carillon's own. */
export const ownJobSpecReader = jobWithRun(runSpecReader);

/** A job in Metronome's format, with any number of schedules and defaults filled in. Throws `invalid` with every problem and its path. */
export const readJobSpec = (body: unknown): JobSpec => read(ownJobSpecReader, body);
