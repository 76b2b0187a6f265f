// Generated from proto/carillon/v1/*.proto by tools/generate.ts. Do not edit.

import type {
  CloseJobRequest,
  CloseJobResponse,
  CreateJobRequest,
  GetJobRequest,
  GetLeaderRequest,
  GetLeaderResponse,
  GetRevisionRequest,
  GetSummariesRequest,
  GetSummariesResponse,
  HaveRunsRequest,
  HaveRunsResponse,
  Job,
  ListEndedRunsRequest,
  ListEndedRunsResponse,
  ListEventsRequest,
  ListEventsResponse,
  ListJobsRequest,
  ListJobsResponse,
  ListRecentRunsRequest,
  ListRecentRunsResponse,
  ListRunsRequest,
  ListRunsResponse,
  ReadPublishedRequest,
  ReadPublishedResponse,
  RemoveJobRequest,
  RemoveScheduleRequest,
  Run,
  RunRequest,
  ScheduleRequest,
  StartRunRequest,
  StopRunRequest,
  UpdateJobRequest,
} from './types.js';

/**
 * Every service that publishes answers this about its own events, so that a consumer whose place the log no longer
 * holds can refill from the owner.
 */
export interface EventSourceApi {
  readPublished(request: ReadPublishedRequest): Promise<ReadPublishedResponse>;
}

/** What happened. Everything here is rebuilt from the public events. */
export interface HistoryApi {
  /** Ended runs of one job, newest first. */
  listEndedRuns(request: ListEndedRunsRequest): Promise<ListEndedRunsResponse>;
  getEndedRun(request: RunRequest): Promise<Run>;
  /** Of each of these jobs the newest runs that succeeded and the newest that did not, in one call for many jobs. */
  listRecentRuns(request: ListRecentRunsRequest): Promise<ListRecentRunsResponse>;
  /** One per uid asked for, zeros for a job that never ran. */
  getSummaries(request: GetSummariesRequest): Promise<GetSummariesResponse>;
  /** Which of these ended runs are recorded here. */
  haveRuns(request: HaveRunsRequest): Promise<HaveRunsResponse>;
  /** The one ordered table of all public events, ascending. */
  listEvents(request: ListEventsRequest): Promise<ListEventsResponse>;
}

/**
 * Whether and where a run runs. Any instance answers; only the leader acts on Mesos.
 * Errors: runNotFound, jobClosed, activeRuns.
 */
export interface SchedulerFrameworkApi {
  /** Starts a run by hand. The same idempotency key gives the same run. Never refused because of other runs. */
  startRun(request: StartRunRequest): Promise<Run>;
  /** Asks for the run's end and answers with the run as it is then: status killed, though Mesos may still be at it. */
  stopRun(request: StopRunRequest): Promise<Run>;
  /** Active runs, and ended ones that history may not know yet. */
  getRun(request: RunRequest): Promise<Run>;
  listRuns(request: ListRunsRequest): Promise<ListRunsResponse>;
  /**
   * Bars further runs of the uid in one decision: refused with activeRuns while there are some, unless stop_runs.
   * Idempotent.
   */
  closeJob(request: CloseJobRequest): Promise<CloseJobResponse>;
  getLeader(request: GetLeaderRequest): Promise<GetLeaderResponse>;
}

/**
 * What a job is. Errors: jobExists, jobNotFound, scheduleNotFound, scheduleExists, onlyOneSchedule, jobInvalid,
 * revisionChanged.
 */
export interface JobRegistryApi {
  createJob(request: CreateJobRequest): Promise<Job>;
  /** Replaces the specification. With keep_schedules the stored schedules stay, whatever spec says. */
  updateJob(request: UpdateJobRequest): Promise<Job>;
  /** Idempotent for a given uid. Runs must have been closed off at the scheduler-framework before. */
  removeJob(request: RemoveJobRequest): Promise<Job>;
  getJob(request: GetJobRequest): Promise<Job>;
  /** By id, ascending; next page: after = last id. */
  listJobs(request: ListJobsRequest): Promise<ListJobsResponse>;
  /** Immutable: may be cached for ever. */
  getRevision(request: GetRevisionRequest): Promise<Job>;
  addSchedule(request: ScheduleRequest): Promise<Job>;
  changeSchedule(request: ScheduleRequest): Promise<Job>;
  removeSchedule(request: RemoveScheduleRequest): Promise<Job>;
}

/** Every API by the name of its service. */
export interface Apis {
  readonly EventSource: EventSourceApi;
  readonly History: HistoryApi;
  readonly SchedulerFramework: SchedulerFrameworkApi;
  readonly JobRegistry: JobRegistryApi;
}

/** The methods of each API with the names of their messages. */
export const apiMethods = {
  EventSource: {
    readPublished: { request: 'ReadPublishedRequest', response: 'ReadPublishedResponse' },
  },
  History: {
    listEndedRuns: { request: 'ListEndedRunsRequest', response: 'ListEndedRunsResponse' },
    getEndedRun: { request: 'RunRequest', response: 'Run' },
    listRecentRuns: { request: 'ListRecentRunsRequest', response: 'ListRecentRunsResponse' },
    getSummaries: { request: 'GetSummariesRequest', response: 'GetSummariesResponse' },
    haveRuns: { request: 'HaveRunsRequest', response: 'HaveRunsResponse' },
    listEvents: { request: 'ListEventsRequest', response: 'ListEventsResponse' },
  },
  SchedulerFramework: {
    startRun: { request: 'StartRunRequest', response: 'Run' },
    stopRun: { request: 'StopRunRequest', response: 'Run' },
    getRun: { request: 'RunRequest', response: 'Run' },
    listRuns: { request: 'ListRunsRequest', response: 'ListRunsResponse' },
    closeJob: { request: 'CloseJobRequest', response: 'CloseJobResponse' },
    getLeader: { request: 'GetLeaderRequest', response: 'GetLeaderResponse' },
  },
  JobRegistry: {
    createJob: { request: 'CreateJobRequest', response: 'Job' },
    updateJob: { request: 'UpdateJobRequest', response: 'Job' },
    removeJob: { request: 'RemoveJobRequest', response: 'Job' },
    getJob: { request: 'GetJobRequest', response: 'Job' },
    listJobs: { request: 'ListJobsRequest', response: 'ListJobsResponse' },
    getRevision: { request: 'GetRevisionRequest', response: 'Job' },
    addSchedule: { request: 'ScheduleRequest', response: 'Job' },
    changeSchedule: { request: 'ScheduleRequest', response: 'Job' },
    removeSchedule: { request: 'RemoveScheduleRequest', response: 'Job' },
  },
} as const;
