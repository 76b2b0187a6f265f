// Generated from proto/carillon/v1/*.proto by tools/generate.ts. Do not edit.

import type {
  ApplyJobsRequest,
  ApplyJobsResponse,
  Backfill,
  BackfillRequest,
  Clock,
  CloseJobRequest,
  CloseJobResponse,
  CreateJobRequest,
  DeadLetter,
  DeadLetterRequest,
  ExplainDueInstantsRequest,
  ExplainDueInstantsResponse,
  FindCurrentRunsRequest,
  FindCurrentRunsResponse,
  FindRunsRequest,
  FindRunsResponse,
  GetClockRequest,
  GetJobRequest,
  GetLeaderRequest,
  GetLeaderResponse,
  GetPlacementResponse,
  GetRevisionRequest,
  GetRevisionsRequest,
  GetRevisionsResponse,
  GetSkipsRequest,
  GetSkipsResponse,
  GetSummariesRequest,
  GetSummariesResponse,
  HaveRunsRequest,
  HaveRunsResponse,
  Job,
  ListBackfillsRequest,
  ListBackfillsResponse,
  ListConnectedJobsRequest,
  ListConnectedJobsResponse,
  ListDeadLettersRequest,
  ListDeadLettersResponse,
  ListEndedRunsRequest,
  ListEndedRunsResponse,
  ListEventsRequest,
  ListEventsResponse,
  ListJobsRequest,
  ListJobsResponse,
  ListQueueRequest,
  ListQueueResponse,
  ListRecentRunsRequest,
  ListRecentRunsResponse,
  ListRevisionsRequest,
  ListRevisionsResponse,
  ListRunsRequest,
  ListRunsResponse,
  ListWorkflowRunsRequest,
  ListWorkflowRunsResponse,
  MatchJobsRequest,
  MatchJobsResponse,
  PauseJobRequest,
  PrepareRemovalRequest,
  ReadPublishedRequest,
  ReadPublishedResponse,
  RemoveJobRequest,
  RemoveScheduleRequest,
  ResumeJobRequest,
  RollBackJobRequest,
  Run,
  RunOfKeyRequest,
  RunRequest,
  ScheduleRequest,
  StartBackfillRequest,
  StartRunRequest,
  StopRunRequest,
  UpdateJobRequest,
  WorkflowRun,
  WorkflowRunRequest,
} from './types.js';

/**
 * Every service that consumes answers this about the messages that its consumers could not handle and put aside.
 * Errors: deadLetterNotFound, deadLetterRefused, notLeading.
 */
export interface DeadLettersApi {
  /** The oldest first, without values. */
  listDeadLetters(request: ListDeadLettersRequest): Promise<ListDeadLettersResponse>;
  getDeadLetter(request: DeadLetterRequest): Promise<DeadLetter>;
  /**
   * Has its consumer handle it again, after its successors, and forgets it. deadLetterRefused: it still cannot, and
   * nothing has changed. Of what only a leader handles: notLeading elsewhere.
   */
  replayDeadLetter(request: DeadLetterRequest): Promise<DeadLetter>;
  /** Forgets it unhandled. Nothing is told to anybody. */
  dropDeadLetter(request: DeadLetterRequest): Promise<DeadLetter>;
}

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
  /** Ended runs of any job that meet all that is said, the one queued last first. Fewer than the limit come where they are large. */
  findRuns(request: FindRunsRequest): Promise<FindRunsResponse>;
  /** Of each of these jobs the newest runs that succeeded and the newest that did not, in one call for many jobs. */
  listRecentRuns(request: ListRecentRunsRequest): Promise<ListRecentRunsResponse>;
  /** One per uid asked for, zeros for a job that never ran. */
  getSummaries(request: GetSummariesRequest): Promise<GetSummariesResponse>;
  /** Which of these ended runs are recorded here. */
  haveRuns(request: HaveRunsRequest): Promise<HaveRunsResponse>;
  /** Which of these runs were skipped, and why. */
  getSkips(request: GetSkipsRequest): Promise<GetSkipsResponse>;
  /**
   * The one ordered table of all public events, ascending. Fewer than the limit come where they are large: none says that
   * there are no more.
   */
  listEvents(request: ListEventsRequest): Promise<ListEventsResponse>;
}

/**
 * Whether and where a run runs. Any instance answers; only the leader acts on Mesos.
 * Errors: runNotFound, jobClosed, activeRuns, runExists, runIdInvalid, idempotencyKeyUsed, overlapForbidden,
 * queueFull, notLeading.
 */
export interface SchedulerFrameworkApi {
  /**
   * Starts a run by hand. The same idempotency key gives the same run, for a day at least.
   * Refused because of other runs only with a concurrency policy: overlapForbidden, queueFull.
   */
  startRun(request: StartRunRequest): Promise<Run>;
  /** The run that StartRun would answer to this idempotency key again; runNotFound where it would start one. */
  getRunOfKey(request: RunOfKeyRequest): Promise<Run>;
  /**
   * Asks for the run's end and answers with the run as it is then: status killed, though Mesos may still be at it.
   * Asked again with another grace, it is that which counts.
   */
  stopRun(request: StopRunRequest): Promise<Run>;
  /** Active runs, and ended ones that history may not know yet. */
  getRun(request: RunRequest): Promise<Run>;
  listRuns(request: ListRunsRequest): Promise<ListRunsResponse>;
  /** Of those that ListRuns lists the ones that meet all that is said, the one queued last first. */
  findCurrentRuns(request: FindCurrentRunsRequest): Promise<FindCurrentRunsResponse>;
  /**
   * Bars further runs of the uid in one decision: refused with activeRuns while there are some, unless stop_runs.
   * Idempotent.
   */
  closeJob(request: CloseJobRequest): Promise<CloseJobResponse>;
  /** Why a queued run waits. Known to the leader only: another instance answers notLeading, with the holder of the lease. */
  getPlacement(request: RunRequest): Promise<GetPlacementResponse>;
  /** The queued runs in the order in which they came, each with the reason why it waits. Of the leader, as above. */
  listQueue(request: ListQueueRequest): Promise<ListQueueResponse>;
  getLeader(request: GetLeaderRequest): Promise<GetLeaderResponse>;
}

/**
 * What a job is. Errors: jobExists, jobNotFound, revisionNotFound, scheduleNotFound, scheduleExists, onlyOneSchedule,
 * jobInvalid, revisionChanged, jobBeingRemoved, pauseInvalid, tooManyJobs, idempotencyKeyReused.
 */
export interface JobRegistryApi {
  createJob(request: CreateJobRequest): Promise<Job>;
  /**
   * Replaces the specification. With keep_schedules the stored schedules stay, whatever spec says; with keep_volumes its
   * external and persistent volumes do, but for those whose container paths spec has for others; with keep_own so does all
   * else that Metronome's API has no words for, in schedules as well.
   */
  updateJob(request: UpdateJobRequest): Promise<Job>;
  /** Idempotent for a given uid. Runs must have been closed off at the scheduler-framework before. */
  removeJob(request: RemoveJobRequest): Promise<Job>;
  getJob(request: GetJobRequest): Promise<Job>;
  /** By id, ascending; next page: after = last id. */
  listJobs(request: ListJobsRequest): Promise<ListJobsResponse>;
  /** Immutable: may be cached for ever. */
  getRevision(request: GetRevisionRequest): Promise<Job>;
  /** Those of them that exist, in no order. */
  getRevisions(request: GetRevisionsRequest): Promise<GetRevisionsResponse>;
  addSchedule(request: ScheduleRequest): Promise<Job>;
  /** With keep_own what Metronome's API has no words for stays as it is; it knows schedules with a cron expression alone. */
  changeSchedule(request: ScheduleRequest): Promise<Job>;
  removeSchedule(request: RemoveScheduleRequest): Promise<Job>;
  /**
   * The jobs that these are connected with by dependencies, over any number of steps in both directions, these included;
   * none for a job that neither depends on others nor has dependents.
   */
  listConnectedJobs(request: ListConnectedJobsRequest): Promise<ListConnectedJobsResponse>;
  /** While a job is paused its due instants make no runs; it may be started by hand. A pause replaces an earlier one. */
  pauseJob(request: PauseJobRequest): Promise<Job>;
  resumeJob(request: ResumeJobRequest): Promise<Job>;
  /** Newest first; next page: before = last revision. */
  listRevisions(request: ListRevisionsRequest): Promise<ListRevisionsResponse>;
  /** Makes a new revision with the definition of an old one. */
  rollBackJob(request: RollBackJobRequest): Promise<Job>;
  /**
   * Makes the jobs those of a list, all or none, in any order; or says what that would change. Repeating it changes
   * nothing more.
   */
  applyJobs(request: ApplyJobsRequest): Promise<ApplyJobsResponse>;
  /** Which of these jobs have all of these labels. */
  matchJobs(request: MatchJobsRequest): Promise<MatchJobsResponse>;
  /**
   * Before a job is removed: until its runs are closed off and RemoveJob is called, 30 s at most, nothing
   * changes it. CancelRemoval gives that up.
   */
  prepareRemoval(request: PrepareRemovalRequest): Promise<Job>;
  cancelRemoval(request: RemoveJobRequest): Promise<Job>;
}

/**
 * When a run is due, and why one is not. Any instance answers.
 * Errors: clockNotFound, backfillNotFound, backfillExists, backfillInvalid, scheduleNotFound, workflowRunNotFound,
 * explainInvalid.
 */
export interface TimerApi {
  /**
   * Runs the due instants of a past range that the schedule has or would have had, oldest first. The same backfill_id
   * gives the same backfill; backfillExists when it was of something else.
   */
  startBackfill(request: StartBackfillRequest): Promise<Backfill>;
  getBackfill(request: BackfillRequest): Promise<Backfill>;
  /** Of one job, newest first. */
  listBackfills(request: ListBackfillsRequest): Promise<ListBackfillsResponse>;
  /** Starts no further runs; those under way go on. Idempotent. */
  cancelBackfill(request: BackfillRequest): Promise<Backfill>;
  /** What is armed for a job, and up to where it is decided. A job without schedules has no clock: clockNotFound. */
  getClock(request: GetClockRequest): Promise<Clock>;
  /** Those in which the job takes part, or all; newest first. */
  listWorkflowRuns(request: ListWorkflowRunsRequest): Promise<ListWorkflowRunsResponse>;
  getWorkflowRun(request: WorkflowRunRequest): Promise<WorkflowRun>;
  /** What the timer knows about every due instant of a job in a range, ascending. */
  explainDueInstants(request: ExplainDueInstantsRequest): Promise<ExplainDueInstantsResponse>;
}

/** Every API by the name of its service. */
export interface Apis {
  readonly DeadLetters: DeadLettersApi;
  readonly EventSource: EventSourceApi;
  readonly History: HistoryApi;
  readonly SchedulerFramework: SchedulerFrameworkApi;
  readonly JobRegistry: JobRegistryApi;
  readonly Timer: TimerApi;
}

/** The methods of each API with the names of their messages. */
export const apiMethods = {
  DeadLetters: {
    listDeadLetters: { request: 'ListDeadLettersRequest', response: 'ListDeadLettersResponse' },
    getDeadLetter: { request: 'DeadLetterRequest', response: 'DeadLetter' },
    replayDeadLetter: { request: 'DeadLetterRequest', response: 'DeadLetter' },
    dropDeadLetter: { request: 'DeadLetterRequest', response: 'DeadLetter' },
  },
  EventSource: {
    readPublished: { request: 'ReadPublishedRequest', response: 'ReadPublishedResponse' },
  },
  History: {
    listEndedRuns: { request: 'ListEndedRunsRequest', response: 'ListEndedRunsResponse' },
    getEndedRun: { request: 'RunRequest', response: 'Run' },
    findRuns: { request: 'FindRunsRequest', response: 'FindRunsResponse' },
    listRecentRuns: { request: 'ListRecentRunsRequest', response: 'ListRecentRunsResponse' },
    getSummaries: { request: 'GetSummariesRequest', response: 'GetSummariesResponse' },
    haveRuns: { request: 'HaveRunsRequest', response: 'HaveRunsResponse' },
    getSkips: { request: 'GetSkipsRequest', response: 'GetSkipsResponse' },
    listEvents: { request: 'ListEventsRequest', response: 'ListEventsResponse' },
  },
  SchedulerFramework: {
    startRun: { request: 'StartRunRequest', response: 'Run' },
    getRunOfKey: { request: 'RunOfKeyRequest', response: 'Run' },
    stopRun: { request: 'StopRunRequest', response: 'Run' },
    getRun: { request: 'RunRequest', response: 'Run' },
    listRuns: { request: 'ListRunsRequest', response: 'ListRunsResponse' },
    findCurrentRuns: { request: 'FindCurrentRunsRequest', response: 'FindCurrentRunsResponse' },
    closeJob: { request: 'CloseJobRequest', response: 'CloseJobResponse' },
    getPlacement: { request: 'RunRequest', response: 'GetPlacementResponse' },
    listQueue: { request: 'ListQueueRequest', response: 'ListQueueResponse' },
    getLeader: { request: 'GetLeaderRequest', response: 'GetLeaderResponse' },
  },
  JobRegistry: {
    createJob: { request: 'CreateJobRequest', response: 'Job' },
    updateJob: { request: 'UpdateJobRequest', response: 'Job' },
    removeJob: { request: 'RemoveJobRequest', response: 'Job' },
    getJob: { request: 'GetJobRequest', response: 'Job' },
    listJobs: { request: 'ListJobsRequest', response: 'ListJobsResponse' },
    getRevision: { request: 'GetRevisionRequest', response: 'Job' },
    getRevisions: { request: 'GetRevisionsRequest', response: 'GetRevisionsResponse' },
    addSchedule: { request: 'ScheduleRequest', response: 'Job' },
    changeSchedule: { request: 'ScheduleRequest', response: 'Job' },
    removeSchedule: { request: 'RemoveScheduleRequest', response: 'Job' },
    listConnectedJobs: { request: 'ListConnectedJobsRequest', response: 'ListConnectedJobsResponse' },
    pauseJob: { request: 'PauseJobRequest', response: 'Job' },
    resumeJob: { request: 'ResumeJobRequest', response: 'Job' },
    listRevisions: { request: 'ListRevisionsRequest', response: 'ListRevisionsResponse' },
    rollBackJob: { request: 'RollBackJobRequest', response: 'Job' },
    applyJobs: { request: 'ApplyJobsRequest', response: 'ApplyJobsResponse' },
    matchJobs: { request: 'MatchJobsRequest', response: 'MatchJobsResponse' },
    prepareRemoval: { request: 'PrepareRemovalRequest', response: 'Job' },
    cancelRemoval: { request: 'RemoveJobRequest', response: 'Job' },
  },
  Timer: {
    startBackfill: { request: 'StartBackfillRequest', response: 'Backfill' },
    getBackfill: { request: 'BackfillRequest', response: 'Backfill' },
    listBackfills: { request: 'ListBackfillsRequest', response: 'ListBackfillsResponse' },
    cancelBackfill: { request: 'BackfillRequest', response: 'Backfill' },
    getClock: { request: 'GetClockRequest', response: 'Clock' },
    listWorkflowRuns: { request: 'ListWorkflowRunsRequest', response: 'ListWorkflowRunsResponse' },
    getWorkflowRun: { request: 'WorkflowRunRequest', response: 'WorkflowRun' },
    explainDueInstants: { request: 'ExplainDueInstantsRequest', response: 'ExplainDueInstantsResponse' },
  },
} as const;
