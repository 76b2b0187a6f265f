/** Which agents are for which runs, whatever is free on them. */
export interface AgentRules {
  /** The master's own: agents of others are only for jobs that name a region or zone. */
  readonly localRegion?: string;
  /** Agents with GPUs are kept for runs that ask for some. */
  readonly keepGpusForGpuRuns: boolean;
  /** Agents whose maintenance begins within `drainingMs` of `now`, or is going on, get no new runs. */
  readonly maintenance?: { readonly now: number; readonly drainingMs: number };
}
