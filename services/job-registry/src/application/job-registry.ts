import { randomUUID } from 'node:crypto';
import type {
  CreateJobRequest,
  GetJobRequest,
  GetRevisionRequest,
  Job,
  JobRegistryApi,
  ListJobsRequest,
  ListJobsResponse,
  RemoveJobRequest,
  RemoveScheduleRequest,
  ScheduleRequest,
  UpdateJobRequest,
} from '@carillon/contracts';
import { invalid, notFound } from '@carillon/event-sourcing';
import type { Aggregates } from '@carillon/event-store';
import type { JobCommand } from '../domain/job.commands.js';
import type { JobEvent } from '../domain/job.events.js';
import { type JobState, revisionOf } from '../domain/job.state.js';
import type { JobBook } from './job-book.js';
import { type CommandAt, JobCommands } from './job-commands.js';

const MAX_PAGE = 1000;

export interface JobRegistryPorts {
  readonly jobs: Aggregates<JobState, JobCommand, JobEvent>;
  readonly book: JobBook;
  /** The database's clock, by which a revision comes into force. */
  readonly now: () => Promise<number>;
}

/** What a job is. Every answered change is on disk, and read back by the next question. */
export class JobRegistry implements JobRegistryApi {
  readonly #jobs: JobRegistryPorts['jobs'];
  readonly #book: JobBook;
  readonly #commands: JobCommands;

  constructor({ jobs, book, now }: JobRegistryPorts) {
    this.#jobs = jobs;
    this.#book = book;
    this.#commands = new JobCommands(jobs, now);
  }

  createJob({ spec }: CreateJobRequest): Promise<Job> {
    return this.#change(spec.id, (now) => ({ type: 'CreateJob', uid: randomUUID(), spec, now }));
  }

  updateJob(request: UpdateJobRequest): Promise<Job> {
    return this.#change(request.jobId, (now) => ({ type: 'UpdateJob', ...request, now }));
  }

  addSchedule(request: ScheduleRequest): Promise<Job> {
    return this.#change(request.jobId, (now) => ({ type: 'AddSchedule', ...request, now }));
  }

  changeSchedule(request: ScheduleRequest): Promise<Job> {
    return this.#change(request.jobId, (now) => ({ type: 'ChangeSchedule', ...request, now }));
  }

  removeSchedule(request: RemoveScheduleRequest): Promise<Job> {
    return this.#change(request.jobId, (now) => ({ type: 'RemoveSchedule', ...request, now }));
  }

  /** Answers with the last revision of that uid, however often it is asked. */
  async removeJob({ jobId, uid }: RemoveJobRequest): Promise<Job> {
    await this.#commands.handle(jobId, (now) => ({ type: 'RemoveJob', jobId, uid, now }));
    return found(await this.#book.revision(jobId, uid), jobId);
  }

  async getJob({ jobId }: GetJobRequest): Promise<Job> {
    return found(jobOf((await this.#jobs.load(jobId)).state), jobId);
  }

  async listJobs({ after, limit }: ListJobsRequest): Promise<ListJobsResponse> {
    if (limit < 1 || limit > MAX_PAGE) throw invalid('limitInvalid', `limit must be 1 to ${MAX_PAGE}`);
    return { jobs: await this.#book.list(after, limit) };
  }

  /** That in force is most often asked for, and quicker to find. */
  async getRevision({ jobId, uid, revision }: GetRevisionRequest): Promise<Job> {
    const inForce = jobOf((await this.#jobs.load(jobId)).state);
    if (inForce?.uid === uid && inForce.revision === revision) return inForce;
    return found(await this.#book.revision(jobId, uid, revision), jobId);
  }

  async #change(jobId: string, command: CommandAt): Promise<Job> {
    const { state } = await this.#commands.handle(jobId, command);
    return found(jobOf(state), jobId);
  }
}

const jobOf = (state: JobState) => (state.status === 'defined' ? revisionOf(state) : undefined);

function found(job: Job | undefined, jobId: string): Job {
  if (job) return job;
  throw notFound('jobNotFound', 'Job not found', { jobId });
}
