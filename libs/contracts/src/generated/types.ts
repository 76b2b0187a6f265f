// Generated from proto/carillon/v1/*.proto by tools/generate.ts. Do not edit.

export const triggerValues = [
  'schedule',
  'manual',
  'dependency',
  'backfill',
  'event',
] as const;
export type Trigger = (typeof triggerValues)[number];

export const runOutcomeValues = [
  'succeeded',
  'failed',
  'killed',
  'timedOut',
  'lost',
] as const;
export type RunOutcome = (typeof runOutcomeValues)[number];

export const concurrencyPolicyValues = [
  'ALLOW', // both run
  'FORBID', // it is skipped
  'REPLACE', // the active ones are stopped
  'QUEUE', // it waits, behind at most queue_limit others
] as const;
/** What becomes of a due run while another run of the job is active. */
export type ConcurrencyPolicy = (typeof concurrencyPolicyValues)[number];

export const catchUpPolicyValues = [
  'NONE', // none runs
  'LAST', // the newest runs
  'ALL', // all run, oldest first, at most `limit` of the newest
] as const;
/** Due instants that were found late: after downtime, or at the end of a pause. */
export type CatchUpPolicy = (typeof catchUpPolicyValues)[number];

export const parameterTypeValues = [
  'string',
  'integer',
  'number',
  'boolean',
] as const;
export type ParameterType = (typeof parameterTypeValues)[number];

export const constraintOperatorValues = [
  'IS',
  'LIKE',
  'UNLIKE',
  'EQUALS', // Chronos's name of IS
  'UNIQUE', // no two active runs of the job on the same value
  'CLUSTER', // all active runs of the job on one value, on `value` where it is given
  'GROUP_BY', // active runs of the job spread evenly over the values, of which there are `value` where it is given
  'MAX_PER', // at most `value` active runs of the job on the same value
] as const;
export type ConstraintOperator = (typeof constraintOperatorValues)[number];

export const restartPolicyValues = [
  'NEVER',
  'ON_FAILURE',
] as const;
export type RestartPolicy = (typeof restartPolicyValues)[number];

export const runStatusValues = [
  'queued', // admitted, waiting for a place
  'launched', // handed to Mesos
  'running',
  'ended',
] as const;
export type RunStatus = (typeof runStatusValues)[number];

export const plannedActionValues = [
  'create',
  'update',
  'unchanged',
  'remove',
] as const;
export type PlannedAction = (typeof plannedActionValues)[number];

export const workflowStepValues = [
  'waiting', // for its parents, or for its own next trigger where it has none
  'triggered',
  'finished',
  'notRun',
] as const;
export type WorkflowStep = (typeof workflowStepValues)[number];

export const dueVerdictValues = [
  'upcoming', // not decided yet: it lies ahead, or a timer is late
  'ran', // became a run; whether that was admitted is for scheduler-framework to say
  'late', // became a run, more than a second after it was due or its jitter had ended
  'missed', // its starting deadline had passed, or its catch-up policy left it out
  'superseded', // an edit had taken the schedule away, or changed it, before
  'paused', // the job was paused
] as const;
export type DueVerdict = (typeof dueVerdictValues)[number];

export interface ListDeadLettersRequest {
  /** an id */
  readonly after?: string;
  /** 1 to 1000 */
  readonly limit: number;
}

export interface ListDeadLettersResponse {
  readonly deadLetters: readonly DeadLetter[];
}

export interface DeadLetterRequest {
  readonly id: string;
}

export interface DeadLetter {
  /** of the service; decimal, ascending */
  readonly id: string;
  readonly consumer: string;
  readonly reason: string;
  readonly failedAt: number;
  readonly topic: string;
  readonly partition: number;
  /** absent: it came from its owner, not from the log */
  readonly offset?: string;
  readonly source: string;
  readonly sourcePosition: SourcePosition;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** absent in lists */
  readonly value?: Uint8Array;
}

/**
 * The place of an event in the order in which its service published: the tick of the transaction that wrote it
 * (docs/adr/0001), then the position in the event store. Decimal text, compared as numbers, window first.
 */
export interface SourcePosition {
  readonly window: string;
  readonly position: string;
}

export interface ReadPublishedRequest {
  readonly topic: string;
  /** only keys of this partition … */
  readonly partition: number;
  /** … of so many */
  readonly partitions: number;
  /** absent: from the beginning */
  readonly after?: SourcePosition;
  readonly limit: number;
  /** of values: the answer ends with the event that reaches it */
  readonly maxBytes?: number;
}

export interface PublishedEvent {
  readonly key: string;
  readonly sourcePosition: SourcePosition;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Uint8Array;
}

export interface ReadPublishedResponse {
  /** fewer than limit, and no more: that was all for now */
  readonly events: readonly PublishedEvent[];
  /** max_bytes were reached before the limit */
  readonly more?: boolean;
}

/** A revision of a job came into force. It replaces the earlier one as a whole. */
export interface JobDefined {
  readonly jobId: string;
  readonly uid: string;
  /** 1, 2, 3 … within a uid */
  readonly revision: number;
  /** in force from this instant */
  readonly definedAt: number;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dependencies: readonly Dependency[];
  readonly schedules: readonly Schedule[];
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  /** their container paths */
  readonly persistentVolumes: readonly string[];
}

export interface JobRemoved {
  readonly jobId: string;
  readonly uid: string;
  readonly removedAt: number;
}

export interface JobPaused {
  readonly jobId: string;
  readonly uid: string;
  readonly pausedAt: number;
  /** it ends by itself */
  readonly until?: number;
  readonly reason?: string;
}

export interface JobResumed {
  readonly jobId: string;
  readonly uid: string;
  readonly resumedAt: number;
}

export interface RunDue {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly scheduleId: string;
  readonly dueAt: number;
  readonly decidedAt: number;
  readonly trigger: Trigger;
  /** Of the workflow run that it is part of; opaque. One that begins a workflow run does not know it yet. */
  readonly workflowRunId?: string;
  readonly backfillId?: string;
  /** where it is not its schedule's */
  readonly concurrencyPolicy?: ConcurrencyPolicy;
  /** where jitter delays it: its own, or that of an instant before it */
  readonly startAt?: number;
}

/** Due instants that make no run. */
export interface DueInstantsMissed {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly scheduleId: string;
  readonly firstDueAt: number;
  readonly lastDueAt: number;
  readonly count: number;
  /** startingDeadlineExceeded, paused, catchUpPolicy, superseded */
  readonly reason: string;
  readonly decidedAt: number;
}

/** A run of a job that others depend on began a workflow run; keyed by that job. */
export interface WorkflowRunStarted {
  readonly jobId: string;
  readonly uid: string;
  readonly workflowRunId: string;
  readonly runId: string;
  readonly startedAt: number;
  /** with the one that began it; as they were defined then; empty above 800 kB of JSON */
  readonly jobs: readonly ConnectedJob[];
}

export interface WorkflowRunEnded {
  readonly jobId: string;
  readonly uid: string;
  readonly workflowRunId: string;
  readonly endedAt: number;
  /** succeeded: every job of it ran and succeeded */
  readonly outcome: RunOutcome;
  /** empty above 800 kB of JSON */
  readonly notRun: readonly JobNotRun[];
}

/** A job of a workflow run that did not run in it. */
export interface JobNotRun {
  readonly jobId: string;
  readonly uid: string;
  /** parentFailed, parentNotRun, parentNotTriggered, skipped, paused, jobRemoved, superseded */
  readonly reason: string;
}

export interface RunQueued {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly queuedAt: number;
  readonly startDeadlineAt?: number;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
  /** as its RunDue has it */
  readonly startAt?: number;
}

export interface RunSkipped {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly skippedAt: number;
  /** overlapForbidden, queueFull, startingDeadlineExceeded, jobRemoved */
  readonly reason: string;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
}

export interface AttemptLaunched {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  /** 1, 2, 3 … within a run */
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly launchedAt: number;
}

/** Mesos reported that the task runs. */
export interface AttemptStarted {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly attempt: number;
  readonly taskId: string;
  readonly startedAt: number;
  /** path on the agent */
  readonly sandbox?: string;
}

export interface AttemptEnded {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly attempt: number;
  readonly taskId: string;
  /** the Mesos TaskState, such as TASK_FINISHED */
  readonly state: string;
  /** the Mesos Reason, such as REASON_COMMAND_EXECUTOR_FAILED */
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly endedAt: number;
}

export interface RunStopRequested {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly requestedAt: number;
}

export interface RunEnded {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  readonly outcome: RunOutcome;
  readonly endedAt: number;
  /** in words */
  readonly reason?: string;
  readonly exitCode?: number;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
}

/** What a job is: Metronome's job specification, defaults filled in. */
export interface JobSpec {
  /** group.sub.name */
  readonly id: string;
  readonly description?: string;
  readonly dependencies: readonly Dependency[];
  readonly labels: Readonly<Record<string, string>>;
  readonly schedules: readonly Schedule[];
  readonly run: RunSpec;
}

export interface Dependency {
  /** of the parent job */
  readonly id: string;
}

/** A job as others depend on it. */
export interface ConnectedJob {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  /** ids of the jobs that it depends on */
  readonly parents: readonly string[];
}

export interface CatchUp {
  readonly policy: CatchUpPolicy;
  /** with ALL */
  readonly limit?: number;
}

/** Exactly one of cron, interval, rrule and at says when. */
export interface Schedule {
  readonly id: string;
  /** normal form; empty for another kind */
  readonly cron: string;
  /** IANA zone */
  readonly timezone: string;
  readonly startingDeadlineSeconds: number;
  readonly concurrencyPolicy: ConcurrencyPolicy;
  readonly enabled: boolean;
  /** ISO-8601 repetition, R[n]/start/period */
  readonly interval?: string;
  /** RFC 5545: DTSTART, RRULE, EXDATE lines */
  readonly rrule?: string;
  /** one instant */
  readonly at?: number;
  /** with QUEUE */
  readonly queueLimit?: number;
  /** Absent: every instant that is found within starting_deadline_seconds runs. */
  readonly catchUp?: CatchUp;
  /** no due instant before it */
  readonly from?: number;
  /** no due instant at or after it */
  readonly until?: number;
  /** due instants in all, since the schedule was defined */
  readonly maxRuns?: number;
  /** a run starts up to this much after its due instant, the same for the same instant */
  readonly jitterSeconds?: number;
  /** an iCalendar text: no due instant inside one of its events */
  readonly excludedCalendar?: string;
}

export interface RunSpec {
  readonly cpus: number;
  /** MB */
  readonly mem: number;
  /** MB */
  readonly disk: number;
  readonly gpus: number;
  readonly cmd?: string;
  readonly args: readonly string[];
  readonly user?: string;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly placement: Placement;
  readonly artifacts: readonly Artifact[];
  /** s */
  readonly maxLaunchDelay: number;
  readonly docker?: Docker;
  readonly ucr?: Ucr;
  readonly volumes: readonly Volume[];
  readonly restart: Restart;
  readonly taskKillGracePeriodSeconds?: number;
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly networks: readonly Network[];
  readonly retry?: Retry;
  /** of a run, over all attempts, from its first launch; then it is stopped as timedOut */
  readonly timeoutSeconds?: number;
  /** a queued run of a higher one is placed first */
  readonly priority?: number;
  readonly parameters: readonly RunParameter[];
  /** how many ports of the offer */
  readonly ports?: number;
  readonly limits?: Limits;
  readonly healthCheck?: HealthCheck;
}

/** When a failed attempt is followed by another. Replaces `restart` where both are set. */
export interface Retry {
  /** attempts after the first */
  readonly limit: number;
  readonly delaySeconds: number;
  /** 1 for a constant delay */
  readonly backoffFactor: number;
  readonly maxDelaySeconds?: number;
  /** 0 to 1: the share of the delay that is random */
  readonly jitter: number;
  /** outcomes of an attempt: failed, lost, timedOut; empty: failed and lost */
  readonly on: readonly string[];
}

/** A value that whoever starts a run may choose; the task finds it in the environment under `name`. */
export interface RunParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** none: a manual run must give it, and the job may have no schedule */
  readonly default?: string;
  readonly choices: readonly string[];
  readonly description?: string;
}

/** Exactly one of the two. */
export interface EnvValue {
  readonly value?: string;
  /** a name in `secrets` */
  readonly secret?: string;
}

export interface Secret {
  readonly source: string;
}

export interface Placement {
  readonly constraints: readonly Constraint[];
}

export interface Constraint {
  readonly attribute: string;
  readonly operator: ConstraintOperator;
  readonly value?: string;
}

export interface Artifact {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
}

export interface Docker {
  readonly image: string;
  readonly forcePullImage: boolean;
  readonly privileged: boolean;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly key: string;
  readonly value: string;
}

export interface Ucr {
  readonly image: UcrImage;
  readonly privileged: boolean;
}

export interface UcrImage {
  readonly id: string;
  readonly kind: string;
  readonly forcePull: boolean;
}

/** How far a task may go beyond what it was given, where the agent's isolation supports it. */
export interface Limits {
  readonly cpus?: number;
  /** MB */
  readonly mem?: number;
}

/** A task whose command keeps failing is killed; its attempt has failed. */
export interface HealthCheck {
  readonly cmd: string;
  readonly delaySeconds?: number;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  /** failures so soon after the start do not count */
  readonly gracePeriodSeconds?: number;
  readonly consecutiveFailures?: number;
}

export interface ExternalVolume {
  readonly name: string;
  /** of the docker volume plug-in */
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Kept on one agent from run to run, until the job is removed or has it no more. */
export interface PersistentVolume {
  /** MiB */
  readonly size: number;
}

/** A host volume (host_path and mode), a secret volume (secret), an external or a persistent one. */
export interface Volume {
  readonly containerPath: string;
  readonly hostPath?: string;
  /** RO, RW */
  readonly mode?: string;
  readonly secret?: string;
  readonly external?: ExternalVolume;
  readonly persistent?: PersistentVolume;
}

export interface Restart {
  readonly policy: RestartPolicy;
  readonly activeDeadlineSeconds?: number;
}

export interface Network {
  /** host, container/bridge, container */
  readonly mode: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ListEndedRunsRequest {
  readonly uid: string;
  readonly limit: number;
  readonly outcome?: RunOutcome;
}

export interface ListEndedRunsResponse {
  readonly runs: readonly Run[];
}

export interface FindRunsRequest {
  /** 1 to 1001 */
  readonly limit: number;
  /** the last of the page before */
  readonly before?: RunPlace;
  readonly uid?: string;
  /** the job id begins with it */
  readonly jobPrefix?: string;
  /** of the job as it is, or was last */
  readonly labels: Readonly<Record<string, string>>;
  /** queued at or after */
  readonly from?: number;
  /** queued before */
  readonly until?: number;
  /** id or host name, of any attempt */
  readonly agent?: string;
  /** of the last attempt */
  readonly exitCode?: number;
  readonly trigger?: Trigger;
  readonly outcome?: RunOutcome;
}

export interface FindRunsResponse {
  readonly runs: readonly Run[];
  /** Where to go on when the answer ended before the limit because its runs are large. */
  readonly next?: RunPlace;
}

export interface ListRecentRunsRequest {
  readonly uids: readonly string[];
  /** of successes, and again of failures, per job */
  readonly limit: number;
}

export interface ListRecentRunsResponse {
  /** newest end first within a job */
  readonly runs: readonly Run[];
}

export interface GetSummariesRequest {
  readonly uids: readonly string[];
}

export interface Summary {
  readonly uid: string;
  readonly successCount: number;
  readonly failureCount: number;
  readonly lastSuccessAt?: number;
  readonly lastFailureAt?: number;
  readonly skippedCount: number;
  readonly missedCount: number;
}

export interface GetSummariesResponse {
  readonly summaries: readonly Summary[];
}

export interface RunKey {
  readonly uid: string;
  readonly runId: string;
}

export interface HaveRunsRequest {
  readonly runs: readonly RunKey[];
}

export interface HaveRunsResponse {
  readonly runs: readonly RunKey[];
}

export interface GetSkipsRequest {
  readonly runs: readonly RunKey[];
}

export interface Skip {
  readonly uid: string;
  readonly runId: string;
  readonly reason: string;
}

export interface GetSkipsResponse {
  readonly skips: readonly Skip[];
}

export interface ListEventsRequest {
  /** a position; 0 for the beginning */
  readonly after: number;
  readonly limit: number;
  readonly jobId?: string;
  readonly runId?: string;
}

export interface RecordedEvent {
  readonly position: number;
  /** such as carillon.RunDue */
  readonly type: string;
  readonly eventId: string;
  readonly jobId: string;
  readonly time: number;
  /** the public message as JSON */
  readonly dataJson: string;
}

export interface ListEventsResponse {
  readonly events: readonly RecordedEvent[];
  /**
   * Where there are none: the last position that was given to an event. Only after the database went back to an older state
   * is it before one that was answered.
   */
  readonly end?: number;
}

export interface Run {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduleId?: string;
  readonly dueAt: number;
  readonly queuedAt: number;
  readonly status: RunStatus;
  /** when ended */
  readonly outcome?: RunOutcome;
  readonly endedAt?: number;
  readonly reason?: string;
  readonly attempts: readonly Attempt[];
  readonly stopRequested: boolean;
  readonly workflowRunId?: string;
  readonly backfillId?: string;
  readonly overrides?: RunOverrides;
}

/** What a run has instead of its job's. */
export interface RunOverrides {
  readonly cmd?: string;
  /** empty: the job's */
  readonly args: readonly string[];
  /** added to the job's; the run's parameters are here */
  readonly env: Readonly<Record<string, string>>;
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly gpus?: number;
  /** empty: the job's */
  readonly constraints: readonly Constraint[];
}

export interface Attempt {
  readonly attempt: number;
  readonly taskId: string;
  readonly agentId: string;
  readonly hostname: string;
  /** the Mesos TaskState seen last; TASK_STAGING until there is one */
  readonly state: string;
  readonly launchedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly sandbox?: string;
}

export interface StartRunRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  readonly idempotencyKey?: string;
  /** chosen by the caller; runExists when another run has it */
  readonly runId?: string;
  readonly overrides?: RunOverrides;
  /** ALLOW where not said */
  readonly concurrencyPolicy?: ConcurrencyPolicy;
}

export interface RunOfKeyRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly idempotencyKey: string;
}

export interface StopRunRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
  /** the job's where not said */
  readonly graceSeconds?: number;
}

export interface RunRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly runId: string;
}

export interface ListRunsRequest {
  /** of these jobs; empty: of all */
  readonly uids: readonly string[];
  readonly activeOnly: boolean;
}

export interface ListRunsResponse {
  readonly runs: readonly Run[];
}

export interface FindCurrentRunsRequest {
  /** 1 to 1001 */
  readonly limit: number;
  /** the next of the page before */
  readonly before?: RunPlace;
  readonly uid?: string;
  /** the job id begins with it */
  readonly jobPrefix?: string;
  /** queued at or after */
  readonly from?: number;
  /** queued before */
  readonly until?: number;
  /** id or host name, of any attempt */
  readonly agent?: string;
  /** of the last attempt */
  readonly exitCode?: number;
  readonly trigger?: Trigger;
  readonly outcome?: RunOutcome;
  readonly status?: RunStatus;
}

export interface FindCurrentRunsResponse {
  readonly runs: readonly Run[];
  /** Where to go on, absent when that was all. With fewer than the limit too: one answer does not look at all runs. */
  readonly next?: RunPlace;
}

/** Where a run stands in the order of queued_at, run_id, uid. */
export interface RunPlace {
  readonly queuedAt: number;
  readonly runId: string;
  readonly uid: string;
}

export interface CloseJobRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly stopRuns: boolean;
}

export interface CloseJobResponse {
  readonly stoppedRuns: number;
}

export interface GetPlacementResponse {
  readonly jobId: string;
  readonly runId: string;
  readonly status: RunStatus;
  /** absent: no offer was looked at yet */
  readonly lookedAt?: number;
  /** that were looked at then */
  readonly offers: number;
  /** at most 100 */
  readonly lacks: readonly OfferLack[];
  /** in words, when it is no offer: a retry delay, no leader, no offers */
  readonly waitsFor?: string;
}

export interface OfferLack {
  readonly agentId: string;
  readonly hostname: string;
  /** such as "cpus: 4 wanted, 1.5 offered" */
  readonly lacks: readonly string[];
}

export interface ListQueueRequest {
  readonly jobId?: string;
  /** 1 to 1000 */
  readonly limit: number;
}

export interface ListQueueResponse {
  readonly runs: readonly QueuedRun[];
  readonly total: number;
}

export interface QueuedRun {
  readonly run: Run;
  readonly reason?: string;
}

export type GetLeaderRequest = Record<string, never>;

export interface GetLeaderResponse {
  readonly holder?: string;
  readonly epoch: number;
}

export interface Job {
  readonly uid: string;
  readonly revision: number;
  readonly createdAt: number;
  /** of this revision */
  readonly definedAt: number;
  readonly spec: JobSpec;
  readonly pause?: Pause;
}

export interface Pause {
  readonly pausedAt: number;
  readonly until?: number;
  readonly reason?: string;
}

export interface PauseJobRequest {
  readonly jobId: string;
  readonly until?: number;
  readonly reason?: string;
  readonly expected?: JobVersion;
  readonly request?: RequestKey;
}

export interface ResumeJobRequest {
  readonly jobId: string;
  readonly expected?: JobVersion;
  readonly request?: RequestKey;
}

export interface CreateJobRequest {
  readonly spec: JobSpec;
  readonly request?: RequestKey;
}

/**
 * What makes a request the same when it is sent again, for a day: who repeats it has the answer it had; another
 * fingerprint under the same key is refused with idempotencyKeyReused.
 */
export interface RequestKey {
  readonly key: string;
  readonly fingerprint: string;
}

export interface ListRevisionsRequest {
  readonly jobId: string;
  /** of the job in force where not said */
  readonly uid?: string;
  readonly before?: number;
  /** 1 to 1000 */
  readonly limit: number;
}

export interface ListRevisionsResponse {
  readonly revisions: readonly JobRevision[];
}

export interface JobRevision {
  readonly job: Job;
  /** created, updated, scheduleAdded, scheduleChanged, scheduleRemoved, rolledBack */
  readonly change: string;
}

export interface RollBackJobRequest {
  readonly jobId: string;
  readonly revision: number;
  readonly expected?: JobVersion;
  readonly request?: RequestKey;
}

export interface ApplyJobsRequest {
  /** 10,000 at most */
  readonly specs: readonly JobSpec[];
  readonly dryRun: boolean;
  /** what is below prefix and not among specs is removed; its runs must have been looked after */
  readonly prune: boolean;
  /** every id begins with it */
  readonly prefix?: string;
}

export interface ApplyJobsResponse {
  /** by job id */
  readonly changes: readonly PlannedChange[];
}

export interface PlannedChange {
  readonly jobId: string;
  readonly action: PlannedAction;
  readonly before?: Job;
  /** as it will be, or is, stored */
  readonly spec?: JobSpec;
  /** when it was carried out */
  readonly after?: Job;
}

export interface MatchJobsRequest {
  readonly jobIds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface MatchJobsResponse {
  readonly jobIds: readonly string[];
}

export interface PrepareRemovalRequest {
  readonly jobId: string;
  readonly expected?: JobVersion;
}

export interface UpdateJobRequest {
  readonly jobId: string;
  readonly spec: JobSpec;
  readonly keepSchedules: boolean;
  readonly expected?: JobVersion;
  readonly keepVolumes: boolean;
  readonly keepOwn?: boolean;
}

/** A change that names the version it is of is refused with revisionChanged when the job has another by now. */
export interface JobVersion {
  readonly uid: string;
  readonly revision: number;
}

export interface RemoveJobRequest {
  readonly jobId: string;
  readonly uid: string;
}

export interface GetJobRequest {
  readonly jobId: string;
}

export interface ListJobsRequest {
  readonly after?: string;
  /** 1 to 1000 */
  readonly limit: number;
  readonly filter?: JobFilter;
}

/** Jobs that meet all that is said. */
export interface JobFilter {
  /** the id begins with it */
  readonly prefix?: string;
  /** is in the id, the description or the labels, in letters of either case */
  readonly text?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ListJobsResponse {
  readonly jobs: readonly Job[];
}

export interface GetRevisionRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
}

export interface GetRevisionsRequest {
  /** at most 500 */
  readonly revisions: readonly GetRevisionRequest[];
}

export interface GetRevisionsResponse {
  readonly jobs: readonly Job[];
}

export interface ScheduleRequest {
  readonly jobId: string;
  readonly schedule: Schedule;
  readonly expected?: JobVersion;
  /** adding: refused with onlyOneSchedule when the job has one with a cron expression already, as Metronome does */
  readonly onlyOne?: boolean;
  readonly request?: RequestKey;
  /** changing */
  readonly keepOwn?: boolean;
}

export interface RemoveScheduleRequest {
  readonly jobId: string;
  readonly scheduleId: string;
  readonly expected?: JobVersion;
}

export interface ListConnectedJobsRequest {
  /** at most 1000 */
  readonly jobIds: readonly string[];
}

export interface ListConnectedJobsResponse {
  readonly jobs: readonly ConnectedJob[];
}

export interface StartBackfillRequest {
  readonly jobId: string;
  readonly uid: string;
  /** may be left out where the job has one schedule */
  readonly scheduleId?: string;
  /** first due instant, inclusive */
  readonly from: number;
  /** exclusive; not after the present */
  readonly until: number;
  /** runs of it at once, 1 to 1000; 1 unless told */
  readonly concurrency?: number;
  /** chosen by the caller: an idempotency key */
  readonly backfillId?: string;
}

export interface BackfillRequest {
  readonly uid: string;
  readonly backfillId: string;
}

export interface ListBackfillsRequest {
  readonly uid: string;
  /** 1 to 1000 */
  readonly limit: number;
}

export interface ListBackfillsResponse {
  readonly backfills: readonly Backfill[];
}

export interface Backfill {
  readonly jobId: string;
  readonly uid: string;
  readonly backfillId: string;
  readonly scheduleId: string;
  /** whose schedule says when; its runs are of it too */
  readonly revision: number;
  readonly from: number;
  readonly until: number;
  readonly concurrency: number;
  readonly startedAt: number;
  /** every run has ended, and no further one will start */
  readonly endedAt?: number;
  readonly cancelledAt?: number;
  /** due instants of the range */
  readonly total: number;
  /** of these, how many are decided */
  readonly triggered: number;
  readonly active: number;
  readonly succeeded: number;
  /** ended in any other way */
  readonly failed: number;
  /** were not admitted */
  readonly skipped: number;
}

export interface GetClockRequest {
  readonly uid: string;
}

export interface Clock {
  readonly jobId: string;
  readonly uid: string;
  /** the latest that is armed */
  readonly revision: number;
  readonly schedules: readonly ArmedSchedule[];
  readonly nextDueAt?: number;
  readonly pause?: ClockPause;
}

export interface ClockPause {
  readonly pausedAt: number;
  readonly until?: number;
}

export interface ArmedSchedule {
  readonly scheduleId: string;
  /** older than the clock's: it still has instants from before the edit to decide */
  readonly revision: number;
  /** absent: never again, unless there is a problem */
  readonly nextDueAt?: number;
  /** every due instant up to and including this one is decided */
  readonly decidedUpTo: number;
  /** with max_runs */
  readonly runsLeft?: number;
  /** why its due instants cannot be computed here: they are decided once they can be */
  readonly problem?: string;
}

export interface ListWorkflowRunsRequest {
  readonly uid?: string;
  /** 1 to 1000 */
  readonly limit: number;
  readonly openOnly: boolean;
}

export interface ListWorkflowRunsResponse {
  readonly workflowRuns: readonly WorkflowRun[];
}

export interface WorkflowRunRequest {
  readonly workflowRunId: string;
}

/**
 * One round of jobs that depend on each other, begun by a run of one that depends on none (or that was not triggered by
 * its dependencies). Its jobs and dependencies are those of the moment at which it began.
 */
export interface WorkflowRun {
  readonly workflowRunId: string;
  /** of the run that began it */
  readonly jobId: string;
  readonly uid: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** succeeded: every job of it did */
  readonly outcome?: RunOutcome;
  readonly jobs: readonly WorkflowJob[];
}

export interface WorkflowJob {
  readonly jobId: string;
  readonly uid: string;
  readonly revision: number;
  /** job ids */
  readonly parents: readonly string[];
  readonly step: WorkflowStep;
  readonly runId?: string;
  readonly dueAt?: number;
  /** when finished */
  readonly outcome?: RunOutcome;
  readonly endedAt?: number;
  /** when notRun */
  readonly reason?: string;
}

export interface ExplainDueInstantsRequest {
  readonly jobId: string;
  readonly uid: string;
  readonly from: number;
  /** exclusive */
  readonly to: number;
  /** 1 to 10000; what is due at one instant comes together, even beyond it */
  readonly limit: number;
}

export interface ExplainDueInstantsResponse {
  readonly instants: readonly DueInstant[];
  /** where to go on when there are more than the limit */
  readonly moreFrom?: number;
}

export interface DueInstant {
  readonly scheduleId: string;
  readonly revision: number;
  readonly dueAt: number;
  readonly trigger: Trigger;
  readonly verdict: DueVerdict;
  /** in words of the event */
  readonly reason?: string;
  readonly runId?: string;
  readonly decidedAt?: number;
  readonly eventIds: readonly string[];
  readonly workflowRunId?: string;
  readonly backfillId?: string;
}

/** Every message by its name. */
export interface MessageTypes {
  readonly ListDeadLettersRequest: ListDeadLettersRequest;
  readonly ListDeadLettersResponse: ListDeadLettersResponse;
  readonly DeadLetterRequest: DeadLetterRequest;
  readonly DeadLetter: DeadLetter;
  readonly SourcePosition: SourcePosition;
  readonly ReadPublishedRequest: ReadPublishedRequest;
  readonly PublishedEvent: PublishedEvent;
  readonly ReadPublishedResponse: ReadPublishedResponse;
  readonly JobDefined: JobDefined;
  readonly JobRemoved: JobRemoved;
  readonly JobPaused: JobPaused;
  readonly JobResumed: JobResumed;
  readonly RunDue: RunDue;
  readonly DueInstantsMissed: DueInstantsMissed;
  readonly WorkflowRunStarted: WorkflowRunStarted;
  readonly WorkflowRunEnded: WorkflowRunEnded;
  readonly JobNotRun: JobNotRun;
  readonly RunQueued: RunQueued;
  readonly RunSkipped: RunSkipped;
  readonly AttemptLaunched: AttemptLaunched;
  readonly AttemptStarted: AttemptStarted;
  readonly AttemptEnded: AttemptEnded;
  readonly RunStopRequested: RunStopRequested;
  readonly RunEnded: RunEnded;
  readonly JobSpec: JobSpec;
  readonly Dependency: Dependency;
  readonly ConnectedJob: ConnectedJob;
  readonly CatchUp: CatchUp;
  readonly Schedule: Schedule;
  readonly RunSpec: RunSpec;
  readonly Retry: Retry;
  readonly RunParameter: RunParameter;
  readonly EnvValue: EnvValue;
  readonly Secret: Secret;
  readonly Placement: Placement;
  readonly Constraint: Constraint;
  readonly Artifact: Artifact;
  readonly Docker: Docker;
  readonly Parameter: Parameter;
  readonly Ucr: Ucr;
  readonly UcrImage: UcrImage;
  readonly Limits: Limits;
  readonly HealthCheck: HealthCheck;
  readonly ExternalVolume: ExternalVolume;
  readonly PersistentVolume: PersistentVolume;
  readonly Volume: Volume;
  readonly Restart: Restart;
  readonly Network: Network;
  readonly ListEndedRunsRequest: ListEndedRunsRequest;
  readonly ListEndedRunsResponse: ListEndedRunsResponse;
  readonly FindRunsRequest: FindRunsRequest;
  readonly FindRunsResponse: FindRunsResponse;
  readonly ListRecentRunsRequest: ListRecentRunsRequest;
  readonly ListRecentRunsResponse: ListRecentRunsResponse;
  readonly GetSummariesRequest: GetSummariesRequest;
  readonly Summary: Summary;
  readonly GetSummariesResponse: GetSummariesResponse;
  readonly RunKey: RunKey;
  readonly HaveRunsRequest: HaveRunsRequest;
  readonly HaveRunsResponse: HaveRunsResponse;
  readonly GetSkipsRequest: GetSkipsRequest;
  readonly Skip: Skip;
  readonly GetSkipsResponse: GetSkipsResponse;
  readonly ListEventsRequest: ListEventsRequest;
  readonly RecordedEvent: RecordedEvent;
  readonly ListEventsResponse: ListEventsResponse;
  readonly Run: Run;
  readonly RunOverrides: RunOverrides;
  readonly Attempt: Attempt;
  readonly StartRunRequest: StartRunRequest;
  readonly RunOfKeyRequest: RunOfKeyRequest;
  readonly StopRunRequest: StopRunRequest;
  readonly RunRequest: RunRequest;
  readonly ListRunsRequest: ListRunsRequest;
  readonly ListRunsResponse: ListRunsResponse;
  readonly FindCurrentRunsRequest: FindCurrentRunsRequest;
  readonly FindCurrentRunsResponse: FindCurrentRunsResponse;
  readonly RunPlace: RunPlace;
  readonly CloseJobRequest: CloseJobRequest;
  readonly CloseJobResponse: CloseJobResponse;
  readonly GetPlacementResponse: GetPlacementResponse;
  readonly OfferLack: OfferLack;
  readonly ListQueueRequest: ListQueueRequest;
  readonly ListQueueResponse: ListQueueResponse;
  readonly QueuedRun: QueuedRun;
  readonly GetLeaderRequest: GetLeaderRequest;
  readonly GetLeaderResponse: GetLeaderResponse;
  readonly Job: Job;
  readonly Pause: Pause;
  readonly PauseJobRequest: PauseJobRequest;
  readonly ResumeJobRequest: ResumeJobRequest;
  readonly CreateJobRequest: CreateJobRequest;
  readonly RequestKey: RequestKey;
  readonly ListRevisionsRequest: ListRevisionsRequest;
  readonly ListRevisionsResponse: ListRevisionsResponse;
  readonly JobRevision: JobRevision;
  readonly RollBackJobRequest: RollBackJobRequest;
  readonly ApplyJobsRequest: ApplyJobsRequest;
  readonly ApplyJobsResponse: ApplyJobsResponse;
  readonly PlannedChange: PlannedChange;
  readonly MatchJobsRequest: MatchJobsRequest;
  readonly MatchJobsResponse: MatchJobsResponse;
  readonly PrepareRemovalRequest: PrepareRemovalRequest;
  readonly UpdateJobRequest: UpdateJobRequest;
  readonly JobVersion: JobVersion;
  readonly RemoveJobRequest: RemoveJobRequest;
  readonly GetJobRequest: GetJobRequest;
  readonly ListJobsRequest: ListJobsRequest;
  readonly JobFilter: JobFilter;
  readonly ListJobsResponse: ListJobsResponse;
  readonly GetRevisionRequest: GetRevisionRequest;
  readonly GetRevisionsRequest: GetRevisionsRequest;
  readonly GetRevisionsResponse: GetRevisionsResponse;
  readonly ScheduleRequest: ScheduleRequest;
  readonly RemoveScheduleRequest: RemoveScheduleRequest;
  readonly ListConnectedJobsRequest: ListConnectedJobsRequest;
  readonly ListConnectedJobsResponse: ListConnectedJobsResponse;
  readonly StartBackfillRequest: StartBackfillRequest;
  readonly BackfillRequest: BackfillRequest;
  readonly ListBackfillsRequest: ListBackfillsRequest;
  readonly ListBackfillsResponse: ListBackfillsResponse;
  readonly Backfill: Backfill;
  readonly GetClockRequest: GetClockRequest;
  readonly Clock: Clock;
  readonly ClockPause: ClockPause;
  readonly ArmedSchedule: ArmedSchedule;
  readonly ListWorkflowRunsRequest: ListWorkflowRunsRequest;
  readonly ListWorkflowRunsResponse: ListWorkflowRunsResponse;
  readonly WorkflowRunRequest: WorkflowRunRequest;
  readonly WorkflowRun: WorkflowRun;
  readonly WorkflowJob: WorkflowJob;
  readonly ExplainDueInstantsRequest: ExplainDueInstantsRequest;
  readonly ExplainDueInstantsResponse: ExplainDueInstantsResponse;
  readonly DueInstant: DueInstant;
}

/** The public events by their name: the messages that have a topic. */
export interface PublicEventTypes {
  readonly JobDefined: JobDefined;
  readonly JobRemoved: JobRemoved;
  readonly JobPaused: JobPaused;
  readonly JobResumed: JobResumed;
  readonly RunDue: RunDue;
  readonly DueInstantsMissed: DueInstantsMissed;
  readonly WorkflowRunStarted: WorkflowRunStarted;
  readonly WorkflowRunEnded: WorkflowRunEnded;
  readonly RunQueued: RunQueued;
  readonly RunSkipped: RunSkipped;
  readonly AttemptLaunched: AttemptLaunched;
  readonly AttemptStarted: AttemptStarted;
  readonly AttemptEnded: AttemptEnded;
  readonly RunStopRequested: RunStopRequested;
  readonly RunEnded: RunEnded;
}

/** The topic on which each public event is published. */
export const eventTopics = {
  JobDefined: 'carillon.jobs',
  JobRemoved: 'carillon.jobs',
  JobPaused: 'carillon.jobs',
  JobResumed: 'carillon.jobs',
  RunDue: 'carillon.triggers',
  DueInstantsMissed: 'carillon.triggers',
  WorkflowRunStarted: 'carillon.triggers',
  WorkflowRunEnded: 'carillon.triggers',
  RunQueued: 'carillon.runs',
  RunSkipped: 'carillon.runs',
  AttemptLaunched: 'carillon.runs',
  AttemptStarted: 'carillon.runs',
  AttemptEnded: 'carillon.runs',
  RunStopRequested: 'carillon.runs',
  RunEnded: 'carillon.runs',
} as const satisfies Record<keyof PublicEventTypes, string>;
