import type {
  ApplyJobsRequest,
  ApplyJobsResponse,
  CreateJobRequest,
  GetJobRequest,
  GetRevisionRequest,
  GetRevisionsRequest,
  GetRevisionsResponse,
  Job,
  JobRegistryApi,
  ListConnectedJobsRequest,
  ListConnectedJobsResponse,
  ListJobsRequest,
  ListJobsResponse,
  ListRevisionsRequest,
  ListRevisionsResponse,
  MatchJobsRequest,
  MatchJobsResponse,
  PauseJobRequest,
  PrepareRemovalRequest,
  RemoveJobRequest,
  RemoveScheduleRequest,
  RequestKey,
  ResumeJobRequest,
  RollBackJobRequest,
  ScheduleRequest,
  UpdateJobRequest,
} from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import type { Timed } from '@carillon/event-store';
import { currentTraceContext } from '@carillon/service-runtime';
import type { JobCommand } from '../domain/job.commands.js';
import { validJob } from '../domain/job.rules.js';
import { inForce, type JobState, revisionOf } from '../domain/job.state.js';
import { applyJobs } from './apply-jobs.js';
import { JobCommands } from './job-commands.js';
import { JobLimit } from './job-limit.js';
import type { JobRegistryPorts } from './job-registry.ports.js';
import { jobUid } from './job-uid.js';
import { once, type Record } from './once.js';

const MAX_PAGE = 1000;
const MOST_REVISIONS = 500;

/** What a job is. Every answered change is on disk, and read back by the next question. */
export class JobRegistry implements JobRegistryApi {
  readonly #ports: JobRegistryPorts;
  readonly #commands: JobCommands;
  readonly #limit: JobLimit;

  constructor(ports: JobRegistryPorts) {
    this.#ports = ports;
    this.#commands = new JobCommands(ports.jobs);
    this.#limit = new JobLimit(ports.book, ports.maxJobs);
  }

  async createJob({ spec, request }: CreateJobRequest): Promise<Job> {
    // What is wrong with the job itself comes before what is wrong with its place among others.
    if (spec.dependencies.length > 0) validJob(spec);
    const create: Timed<JobCommand> = (now) => ({ type: 'CreateJob', uid: jobUid(now), spec, now });
    return this.#once(request, (record) =>
      this.#ports.dependencies.keeping({ put: [spec] }, async () => {
        await this.#limit.makeRoom(1);
        return this.#handle(spec.id, create, record);
      }),
    );
  }

  async updateJob(request: UpdateJobRequest): Promise<Job> {
    if (request.spec.dependencies.length > 0) {
      validJob(request.spec);
      await this.getJob(request);
    }
    return this.#ports.dependencies.keeping({ put: [{ ...request.spec, id: request.jobId }] }, () =>
      this.#handle(request.jobId, (now) => ({ type: 'UpdateJob', ...request, now })),
    );
  }

  async applyJobs(request: ApplyJobsRequest): Promise<ApplyJobsResponse> {
    return applyJobs(this.#ports, this.#limit, request);
  }

  addSchedule({ request, ...schedule }: ScheduleRequest): Promise<Job> {
    return this.#change(schedule.jobId, (now) => ({ type: 'AddSchedule', ...schedule, now }), request);
  }

  changeSchedule({ request, ...schedule }: ScheduleRequest): Promise<Job> {
    return this.#change(schedule.jobId, (now) => ({ type: 'ChangeSchedule', ...schedule, now }), request);
  }

  removeSchedule(request: RemoveScheduleRequest): Promise<Job> {
    return this.#handle(request.jobId, (now) => ({ type: 'RemoveSchedule', ...request, now }));
  }

  pauseJob({ request, ...pause }: PauseJobRequest): Promise<Job> {
    return this.#change(pause.jobId, (now) => ({ type: 'PauseJob', ...pause, now }), request);
  }

  resumeJob({ request, ...resume }: ResumeJobRequest): Promise<Job> {
    return this.#change(resume.jobId, (now) => ({ type: 'ResumeJob', ...resume, now }), request);
  }

  async rollBackJob({ jobId, revision: to, expected, request }: RollBackJobRequest): Promise<Job> {
    return this.#once(request, async (record) => {
      const { uid } = await this.getJob({ jobId });
      const revision = await this.getRevision({ jobId, uid, revision: to });
      const version = expected ? { expected } : {};
      const back: Timed<JobCommand> = (now) => ({ type: 'RollBack', jobId, revision, ...version, now });
      return this.#ports.dependencies.keeping({ put: [revision.spec] }, () =>
        this.#handle(jobId, back, record),
      );
    });
  }

  /** Whoever asks has 30 s to close off the runs and remove the job; until then nothing changes it. */
  prepareRemoval(request: PrepareRemovalRequest): Promise<Job> {
    return this.#ports.dependencies.keeping({ remove: [request.jobId] }, () =>
      this.#handle(request.jobId, (now) => ({ type: 'PrepareRemoval', ...request, now })),
    );
  }

  cancelRemoval({ jobId, uid }: RemoveJobRequest): Promise<Job> {
    return this.#handle(jobId, (now) => ({ type: 'CancelRemoval', jobId, uid, now }));
  }

  /** Answers with the last revision of that uid, however often it is asked. */
  async removeJob({ jobId, uid }: RemoveJobRequest): Promise<Job> {
    await this.#ports.dependencies.keeping({ remove: [jobId] }, () =>
      this.#commands.handle(jobId, (now) => ({ type: 'RemoveJob', jobId, uid, now })),
    );
    return found(await this.#ports.book.revision(jobId, uid), jobId);
  }

  async getJob({ jobId }: GetJobRequest): Promise<Job> {
    return found(jobOf((await this.#ports.jobs.load(jobId)).state), jobId);
  }

  async listJobs({ after, limit, filter }: ListJobsRequest): Promise<ListJobsResponse> {
    refuseLimit(limit);
    return { jobs: await this.#ports.book.list(after, limit, filter) };
  }

  async listConnectedJobs({ jobIds }: ListConnectedJobsRequest): Promise<ListConnectedJobsResponse> {
    return { jobs: await this.#ports.dependencies.connectedWith(jobIds) };
  }

  async matchJobs({ jobIds, labels }: MatchJobsRequest): Promise<MatchJobsResponse> {
    return { jobIds: await this.#ports.book.labelled(jobIds, labels) };
  }

  async listRevisions({ jobId, uid, before, limit }: ListRevisionsRequest): Promise<ListRevisionsResponse> {
    refuseLimit(limit);
    const of = uid ?? (await this.getJob({ jobId })).uid;
    return { revisions: await this.#ports.book.revisions(jobId, of, before, limit) };
  }

  async getRevision(request: GetRevisionRequest): Promise<Job> {
    const { jobs } = await this.getRevisions({ revisions: [request] });
    if (jobs[0]) return jobs[0];
    const { jobId, revision } = request;
    throw notFound('revisionNotFound', `Job ${jobId} has no revision ${revision}`, { ...request });
  }

  /** Those in force are most often asked for, and quicker to find. */
  async getRevisions({ revisions }: GetRevisionsRequest): Promise<GetRevisionsResponse> {
    if (revisions.length > MOST_REVISIONS) {
      throw invalid(
        'tooManyRevisions',
        `${revisions.length} revisions exceed the ${MOST_REVISIONS} of one request`,
      );
    }
    const current = await this.#ports.jobs.loadAll([...new Set(revisions.map(({ jobId }) => jobId))]);
    const jobs = await Promise.all(
      revisions.map(async ({ jobId, uid, revision }) => {
        const state = current.get(jobId)?.state;
        const now = state && jobOf(state);
        if (now?.uid !== uid || now.revision !== revision) {
          return this.#ports.book.revision(jobId, uid, revision);
        }
        return revisionOf(now);
      }),
    );
    return { jobs: jobs.filter((job) => job !== undefined) };
  }

  #change(jobId: string, command: Timed<JobCommand>, request: RequestKey | undefined): Promise<Job> {
    return this.#once(request, (record) => this.#handle(jobId, command, record));
  }

  /** A request that was answered is answered before anything else is looked at, which may be otherwise by now. */
  #once(request: RequestKey | undefined, work: (record?: Record) => Promise<Job>): Promise<Job> {
    return request ? once(this.#ports.answered, request, work) : work();
  }

  /** With a record by itself, in one transaction with it. */
  async #handle(jobId: string, command: Timed<JobCommand>, record?: Record): Promise<Job> {
    const { state } = record
      ? await this.#ports.jobs.handle(jobId, command, {
          metadata: currentTraceContext(),
          alongside: (tx, handled) => record(tx, found(jobOf(handled.state), jobId)),
        })
      : await this.#commands.handle(jobId, command);
    return found(jobOf(state), jobId);
  }
}

const jobOf = (state: JobState) => (state.status === 'defined' ? inForce(state) : undefined);

function refuseLimit(limit: number): void {
  if (limit < 1 || limit > MAX_PAGE) throw invalid('limitInvalid', `limit must be 1 to ${MAX_PAGE}`);
}

function found(job: Job | undefined, jobId: string): Job {
  if (job) return job;
  throw notFound('jobNotFound', 'Job not found', { jobId });
}
