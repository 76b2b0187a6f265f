import type { JobSpec, RunSpec, Schedule } from '@carillon/contracts';
import { array, as, map, object, type Reader, string } from './readers.js';
import { runSpecReader, runSpecReaderV0 } from './run-spec.reader.js';
import { embeddedScheduleReader, embeddedShownScheduleReader, JOB_ID } from './schedule.reader.js';

const jobId = string({ minLength: 1, pattern: JOB_ID });

const jobWith = (run: Reader<RunSpec>, schedulesReader: Reader<Schedule[]>): Reader<JobSpec> =>
  as(
    object(
      { id: jobId, run },
      {
        description: string(),
        dependencies: array(object({ id: jobId }, {})),
        labels: map(string()),
        schedules: schedulesReader,
      },
    ),
    ({ dependencies = [], labels = {}, schedules = [], ...rest }) => ({
      ...rest,
      dependencies,
      labels,
      schedules,
    }),
  );

const oneSchedule = array(embeddedScheduleReader, { max: 1 });

/** The body of POST /v1/jobs, with defaults filled in. Rules between fields are the registry's. */
export const jobSpecReader = jobWith(runSpecReader, oneSchedule);

/** The body of PUT /v1/jobs/{id}: its schedules are not used, and those that are shown may be several. */
export const jobChangeReader = jobWith(runSpecReader, array(embeddedShownScheduleReader));

/** The body of POST /v0/scheduled-jobs. */
export const jobSpecReaderV0 = jobWith(runSpecReaderV0, oneSchedule);

/** The body of PUT /v0/scheduled-jobs/{id}. */
export const jobChangeReaderV0 = jobWith(runSpecReaderV0, array(embeddedShownScheduleReader, { max: 1 }));
