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
import type { JobState } from '../domain/job.state.js';
import type { JobBook } from './job-book.js';

/** The category of this service's streams: one per job id. */
export const JOB = 'job';
const MAX_PAGE = 1000;

export interface JobRegistryPorts {
  readonly jobs: Aggregates<JobState, JobCommand, JobEvent>;
  readonly book: JobBook;
  /** The database's clock, by which a revision comes into force. */
  readonly now: () => Promise<number>;
}

/** What a job is. Every answered change is on disk, and read back by the next question. */
export class JobRegistry implements JobRegistryApi {
  readonly #ports: JobRegistryPorts;

  constructor(ports: JobRegistryPorts) {
    this.#ports = ports;
  }

  async createJob({ spec }: CreateJobRequest): Promise<Job> {
    const now = await this.#ports.now();
    return this.#change(spec.id, { type: 'CreateJob', uid: randomUUID(), spec, now });
  }

  async updateJob({ jobId, spec, keepSchedules }: UpdateJobRequest): Promise<Job> {
    const now = await this.#ports.now();
    return this.#change(jobId, { type: 'UpdateJob', jobId, spec, keepSchedules, now });
  }

  async addSchedule({ jobId, schedule }: ScheduleRequest): Promise<Job> {
    const now = await this.#ports.now();
    return this.#change(jobId, { type: 'AddSchedule', jobId, schedule, now });
  }

  async changeSchedule({ jobId, schedule }: ScheduleRequest): Promise<Job> {
    const now = await this.#ports.now();
    return this.#change(jobId, { type: 'ChangeSchedule', jobId, schedule, now });
  }

  async removeSchedule({ jobId, scheduleId }: RemoveScheduleRequest): Promise<Job> {
    const now = await this.#ports.now();
    return this.#change(jobId, { type: 'RemoveSchedule', jobId, scheduleId, now });
  }

  /** Answers with the last revision of that uid, however often it is asked. */
  async removeJob({ jobId, uid }: RemoveJobRequest): Promise<Job> {
    const now = await this.#ports.now();
    await this.#handle(jobId, { type: 'RemoveJob', jobId, uid, now });
    return found(await this.#ports.book.latestRevision(uid), jobId);
  }

  async getJob({ jobId }: GetJobRequest): Promise<Job> {
    return found(await this.#ports.book.find(jobId), jobId);
  }

  async listJobs({ after, limit }: ListJobsRequest): Promise<ListJobsResponse> {
    if (limit < 1 || limit > MAX_PAGE) throw invalid('limitInvalid', `limit must be 1 to ${MAX_PAGE}`);
    return { jobs: await this.#ports.book.list(after, limit) };
  }

  async getRevision({ jobId, uid, revision }: GetRevisionRequest): Promise<Job> {
    return found(await this.#ports.book.revision(uid, revision), jobId);
  }

  async #change(jobId: string, command: JobCommand): Promise<Job> {
    const { state } = await this.#handle(jobId, command);
    if (state.status !== 'defined') throw new Error(`${command.type} left no job`);
    const { uid, revision, createdAt, definedAt, spec } = state;
    return { uid, revision, createdAt, definedAt, spec };
  }

  #handle(jobId: string, command: JobCommand) {
    const { jobs, book } = this.#ports;
    return jobs.handle(jobId, command, {
      alongside: async (tx, { events }) => {
        for (const event of events as readonly JobEvent[]) await book.record(tx, jobId, event);
      },
    });
  }
}

function found(job: Job | undefined, jobId: string): Job {
  if (job) return job;
  throw notFound('jobNotFound', 'Job not found', { jobId });
}
