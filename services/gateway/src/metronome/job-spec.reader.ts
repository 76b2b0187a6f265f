import type { JobSpec, RunSpec } from '@carillon/contracts';
import { array, as, map, object, type Reader, string } from './readers.js';
import { runSpecReader, runSpecReaderV0 } from './run-spec.reader.js';
import { embeddedScheduleReader, JOB_ID } from './schedule.reader.js';

const jobId = string({ minLength: 1, pattern: JOB_ID });

const jobWithRun = (run: Reader<RunSpec>): Reader<JobSpec> =>
  as(
    object(
      { id: jobId, run },
      {
        description: string(),
        dependencies: array(object({ id: jobId }, {})),
        labels: map(string()),
        schedules: array(embeddedScheduleReader, { max: 1 }),
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
export const jobSpecReader = jobWithRun(runSpecReader);

/** The body of /v0/scheduled-jobs. */
export const jobSpecReaderV0 = jobWithRun(runSpecReaderV0);
