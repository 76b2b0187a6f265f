import type { Job, JobSpec, JobVersion, Schedule } from '@carillon/contracts';

/** Every command carries the instant `now` (epoch ms, the database's clock) at which it was given. */
export type JobCommand =
  | { readonly type: 'CreateJob'; readonly uid: string; readonly spec: JobSpec; readonly now: number }
  | {
      readonly type: 'UpdateJob';
      readonly jobId: string;
      readonly spec: JobSpec;
      /** The stored schedules stay, whatever `spec` says. */
      readonly keepSchedules: boolean;
      /** The stored external and persistent volumes stay, where `spec` has no others for their container paths. */
      readonly keepVolumes: boolean;
      /** All else that Metronome's API has no words for stays, where `spec` does not say otherwise. */
      readonly keepOwn?: boolean;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      /** Creates the job or replaces its specification, whichever it takes to have this one. */
      readonly type: 'PutJob';
      /** Of the job, should there be none. */
      readonly uid: string;
      readonly spec: JobSpec;
      /** What it was planned on: that version, or that there is no job of this id. */
      readonly expected: JobVersion | 'none';
      readonly now: number;
    }
  | {
      readonly type: 'RollBack';
      readonly jobId: string;
      /** The revision to go back to, of the same uid. */
      readonly revision: Job;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'PauseJob';
      readonly jobId: string;
      readonly until?: number;
      readonly reason?: string;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'ResumeJob';
      readonly jobId: string;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'PrepareRemoval';
      readonly jobId: string;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'CancelRemoval';
      readonly jobId: string;
      readonly uid: string;
      readonly now: number;
    }
  | {
      readonly type: 'RemoveJob';
      readonly jobId: string;
      readonly uid: string;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'AddSchedule';
      readonly jobId: string;
      readonly schedule: Schedule;
      /** Refused when the job has one with a cron expression already. */
      readonly onlyOne?: boolean;
      readonly expected?: JobVersion;
      readonly now: number;
    }
  | {
      readonly type: 'ChangeSchedule';
      readonly jobId: string;
      readonly schedule: Schedule;
      /** What Metronome's API has no words for stays. */
      readonly keepOwn?: boolean;
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
