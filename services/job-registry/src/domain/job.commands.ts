import type { JobSpec, JobVersion, Schedule } from '@carillon/contracts';

/** Every command carries the instant `now` (epoch ms, the database's clock) at which it was given. */
export type JobCommand =
  | { readonly type: 'CreateJob'; readonly uid: string; readonly spec: JobSpec; readonly now: number }
  | {
      readonly type: 'UpdateJob';
      readonly jobId: string;
      readonly spec: JobSpec;
      /** The stored schedules stay, whatever `spec` says. */
      readonly keepSchedules: boolean;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | { readonly type: 'RemoveJob'; readonly jobId: string; readonly uid: string; readonly now: number }
  | {
      readonly type: 'AddSchedule';
      readonly jobId: string;
      readonly schedule: Schedule;
      /** Refused when the job has one already. */
      readonly onlyOne?: boolean;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'ChangeSchedule';
      readonly jobId: string;
      readonly schedule: Schedule;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'RemoveSchedule';
      readonly jobId: string;
      readonly scheduleId: string;
      readonly expected?: JobVersion;
      readonly now: number;
    };
