// Generated from docs/openapi.json by tools/generate.ts. Do not edit.

export type Backfill = {
  readonly backfillId: string;
  readonly jobId: string;
  readonly jobUid: string;
  readonly scheduleId: string;
  readonly revision: number;
  readonly from: string;
  readonly until: string;
  readonly concurrency: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly cancelledAt: string | null;
  readonly total: number;
  readonly triggered: number;
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
};

export type DeadLetter = {
  readonly id: string;
  readonly service: 'timer' | 'scheduler-framework' | 'history';
  readonly consumer: string;
  readonly failedAt: string;
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  /** null: it came from its owner, not from the log */
  readonly offset: string | null;
  readonly source: string;
  readonly jobId: string;
  readonly type: string | null;
  readonly eventId: string | null;
};

export type DeadLetterInFull = {
  readonly id: string;
  readonly service: 'timer' | 'scheduler-framework' | 'history';
  readonly consumer: string;
  readonly failedAt: string;
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  /** null: it came from its owner, not from the log */
  readonly offset: string | null;
  readonly source: string;
  readonly jobId: string;
  readonly type: string | null;
  readonly eventId: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** null where it cannot be read */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** The bytes of the message */
  readonly value: string;
};

export type Difference = {
  /** RFC 6901; items of lists by their id or name */
  readonly pointer: string;
  readonly before?: unknown | undefined;
  readonly after?: unknown | undefined;
};

export type Event = {
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly jobId: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type ExplainedInstant = {
  readonly scheduleId: string | null;
  readonly revision: number;
  readonly dueAt: string;
  readonly trigger: 'schedule' | 'manual' | 'dependency' | 'backfill' | 'event';
  readonly verdict: 'upcoming' | 'ran' | 'late' | 'missed' | 'superseded' | 'paused';
  readonly reason: string | null;
  readonly runId: string | null;
  readonly decidedAt: string | null;
  readonly eventIds: readonly string[];
  readonly workflowRunId: string | null;
  readonly backfillId: string | null;
  /** What became of its run, where that is known */
  readonly run: {
    readonly status: string;
    readonly outcome: ('succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost') | null;
    readonly reason: string | null;
  } | null;
};

export type Job = {
  /** New at each creation */
  readonly uid: string;
  readonly revision: number;
  readonly createdAt: string;
  /** Of this revision */
  readonly definedAt: string;
  /** Due instants make no runs until then; null: it is not paused */
  readonly pause: {
    readonly pausedAt: string;
    readonly until: string | null;
    readonly reason: string | null;
  } | null;
  readonly spec: JobSpec;
  /** When asked for */
  readonly activeRuns?: readonly Run[] | undefined;
  /** When asked for */
  readonly summary?:
    | {
        readonly successCount: number;
        readonly failureCount: number;
        readonly lastSuccessAt: string | null;
        readonly lastFailureAt: string | null;
      }
    | undefined;
};

export type JobSpec = {
  readonly id: string;
  readonly run: {
    readonly cpus: number;
    readonly mem: number;
    readonly disk: number;
    readonly args?: readonly string[] | undefined;
    readonly artifacts?:
      | readonly {
          readonly uri: string;
          readonly extract?: boolean | undefined;
          readonly executable?: boolean | undefined;
          readonly cache?: boolean | undefined;
        }[]
      | undefined;
    readonly cmd?: string | undefined;
    readonly docker?:
      | {
          readonly image: string;
          readonly forcePullImage?: boolean | undefined;
          readonly privileged?: boolean | undefined;
          readonly parameters?:
            | readonly {
                readonly key: string;
                readonly value: string;
              }[]
            | undefined;
        }
      | undefined;
    readonly env?:
      | Readonly<
          Record<
            string,
            | string
            | {
                readonly secret: string;
              }
          >
        >
      | undefined;
    readonly gpus?: number | undefined;
    readonly maxLaunchDelay?: number | undefined;
    readonly networks?:
      | readonly {
          readonly mode: 'host' | 'container/bridge' | 'container';
          readonly name?: string | undefined;
          readonly labels?: Readonly<Record<string, string>> | undefined;
        }[]
      | undefined;
    readonly placement?:
      | {
          readonly constraints?:
            | readonly {
                readonly attribute: string;
                readonly operator:
                  | 'IS'
                  | 'EQ'
                  | 'EQUALS'
                  | 'LIKE'
                  | 'UNLIKE'
                  | 'UNIQUE'
                  | 'CLUSTER'
                  | 'GROUP_BY'
                  | 'MAX_PER';
                readonly value?: string | undefined;
              }[]
            | undefined;
        }
      | undefined;
    readonly restart?:
      | {
          readonly policy: 'NEVER' | 'ON_FAILURE';
          readonly activeDeadlineSeconds?: number | undefined;
        }
      | undefined;
    readonly secrets?:
      | Readonly<
          Record<
            string,
            {
              readonly source: string;
            }
          >
        >
      | undefined;
    readonly ucr?:
      | {
          readonly image: {
            readonly id: string;
            readonly kind?: 'docker' | 'appc' | undefined;
            readonly forcePull?: boolean | undefined;
          };
          readonly privileged?: boolean | undefined;
        }
      | undefined;
    readonly user?: string | undefined;
    readonly volumes?:
      | readonly (
          | {
              readonly containerPath: string;
              readonly hostPath: string;
              readonly mode: 'RO' | 'RW';
            }
          | {
              readonly containerPath: string;
              readonly secret: string;
            }
          | {
              readonly containerPath: string;
              readonly external: {
                readonly name: string;
                readonly driver: string;
                readonly options?: Readonly<Record<string, string>> | undefined;
              };
              readonly mode?: 'RO' | 'RW' | undefined;
            }
          | {
              readonly containerPath: string;
              readonly persistent: {
                readonly size: number;
              };
              readonly mode?: 'RW' | undefined;
            }
        )[]
      | undefined;
    readonly taskKillGracePeriodSeconds?: number | undefined;
    /** When a failed attempt is followed by another: after delaySeconds, times backoffFactor each time, up to maxDelaySeconds, of which a share of jitter is random; on failed and lost unless told. Replaces restart */
    readonly retry?:
      | {
          readonly limit: number;
          readonly delaySeconds?: number | undefined;
          readonly backoffFactor?: number | undefined;
          readonly maxDelaySeconds?: number | undefined;
          readonly jitter?: number | undefined;
          readonly on?: readonly ('failed' | 'lost' | 'timedOut')[] | undefined;
        }
      | undefined;
    /** Of a run, over all attempts, from its first launch; then it is stopped and has timedOut */
    readonly timeoutSeconds?: number | undefined;
    /** A queued run of a higher one is placed first; 0 unless told */
    readonly priority?: number | undefined;
    /** What may be chosen when a run is started by hand; the command finds it in its environment */
    readonly parameters?:
      | readonly {
          readonly name: string;
          readonly type?: 'string' | 'integer' | 'number' | 'boolean' | undefined;
          readonly default?: string | number | boolean | undefined;
          readonly choices?: readonly (string | number | boolean)[] | undefined;
          readonly description?: string | undefined;
        }[]
      | undefined;
    /** How many ports of the agent it gets, as PORT0 and so on */
    readonly ports?: number | undefined;
    /** What the command may use at most; cpus and mem are what it is promised */
    readonly limits?:
      | {
          readonly cpus?: number | undefined;
          readonly mem?: number | undefined;
        }
      | undefined;
    readonly healthCheck?:
      | {
          readonly cmd: string;
          readonly delaySeconds?: number | undefined;
          readonly intervalSeconds?: number | undefined;
          readonly timeoutSeconds?: number | undefined;
          readonly gracePeriodSeconds?: number | undefined;
          readonly consecutiveFailures?: number | undefined;
        }
      | undefined;
  };
  readonly description?: string | undefined;
  readonly dependencies?:
    | readonly {
        readonly id: string;
      }[]
    | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly schedules?:
    | readonly {
        readonly id: string;
        /** Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at */
        readonly cron?: string | undefined;
        /** ISO 8601: R[n]/start/period */
        readonly interval?: string | undefined;
        /** RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines */
        readonly rrule?: string | undefined;
        /** Due once, at this instant */
        readonly at?: string | undefined;
        /** An IANA zone; UTC unless told */
        readonly timezone?: string | undefined;
        /** A run that has not started by then does not start any more; 60 at least, 900 unless told */
        readonly startingDeadlineSeconds?: number | undefined;
        /** What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told */
        readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
        /** How many may wait, with QUEUE */
        readonly queueLimit?: number | undefined;
        /** Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told */
        readonly catchUp?:
          | {
              readonly policy: 'NONE' | 'LAST' | 'ALL';
              readonly limit?: number | undefined;
            }
          | undefined;
        /** No due instant before it */
        readonly from?: string | undefined;
        /** No due instant at or after it */
        readonly until?: string | undefined;
        /** Due instants in all, since the schedule was defined */
        readonly maxRuns?: number | undefined;
        /** A run starts up to this much after its due instant, the same for the same instant */
        readonly jitterSeconds?: number | undefined;
        /** No due instant inside it: an iCalendar text, weekends, or time intervals, one after another */
        readonly excludedCalendar?: string | undefined;
        /** true unless told */
        readonly enabled?: boolean | undefined;
        readonly nextDueAt?: string | null | undefined;
        readonly problem?: string | undefined;
        readonly nextRunAt?: unknown | undefined;
        readonly timeZone?: string | undefined;
      }[]
    | undefined;
};

export type Jobs = {
  readonly jobs: readonly JobSpec[];
};

export type Placement = {
  readonly jobId: string;
  readonly runId: string;
  readonly status: 'queued' | 'launched' | 'running' | 'ended';
  /** When it is no offer */
  readonly waitsFor: string | null;
  readonly lookedAt: string | null;
  /** That were looked at then */
  readonly offers: number;
  readonly lacks: readonly {
    readonly agentId: string;
    readonly hostname: string;
    readonly lacks: readonly string[];
  }[];
};

export type Plan = {
  /** false: this is what would be done */
  readonly applied: boolean;
  readonly counts: {
    readonly create: number;
    readonly update: number;
    readonly unchanged: number;
    readonly remove: number;
  };
  readonly changes: readonly {
    readonly jobId: string;
    readonly action: 'create' | 'update' | 'unchanged' | 'remove';
    /** That is in force now */
    readonly revision: number | null;
    readonly differences: readonly Difference[];
  }[];
};

export type Preview = {
  readonly kind: string;
  /** In normal form */
  readonly rule: string;
  readonly timezone: string;
  /** In words */
  readonly description: string;
  readonly instants: readonly {
    readonly dueAt: string;
    /** In the zone */
    readonly local: string;
    /** gap: its local time is skipped, due right after; overlap: its local time comes twice, due once */
    readonly change: ('gap' | 'overlap') | null;
  }[];
};

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string | undefined;
  readonly instance: string;
  /** Stable */
  readonly code?: string | undefined;
  /** Every broken rule of a body, with its place as a JSON pointer */
  readonly problems?:
    | readonly {
        readonly pointer: string;
        readonly detail: string;
      }[]
    | undefined;
};

export type Revision = {
  /** New at each creation */
  readonly uid: string;
  readonly revision: number;
  readonly createdAt: string;
  /** Of this revision */
  readonly definedAt: string;
  /** What made it */
  readonly change: string;
  readonly spec: JobSpec;
};

export type Run = {
  readonly jobId: string;
  readonly jobUid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: 'schedule' | 'manual' | 'dependency' | 'backfill' | 'event';
  readonly scheduleId: string | null;
  readonly workflowRunId: string | null;
  readonly backfillId: string | null;
  readonly status: 'queued' | 'launched' | 'running' | 'ended';
  readonly outcome: ('succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost') | null;
  readonly reason: string | null;
  /** Of the last attempt */
  readonly exitCode: number | null;
  /** Of the last attempt */
  readonly agentId: string | null;
  readonly hostname: string | null;
  readonly sandbox: string | null;
  readonly stopRequested: boolean;
  readonly dueAt: string | null;
  readonly queuedAt: string | null;
  readonly endedAt: string | null;
  /** From the due instant to each hop */
  readonly lagMs: {
    readonly queued: number;
    readonly launched: number | null;
    readonly started: number | null;
    readonly ended: number | null;
  };
  /** What it has instead of its job’s; null where there is nothing, and once only history has the run */
  readonly overrides: Readonly<Record<string, unknown>> | null;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly taskId: string;
    readonly agentId: string;
    readonly hostname: string;
    readonly state: string;
    readonly launchedAt: string | null;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly exitCode: number | null;
    readonly reason: string | null;
    readonly message: string | null;
    readonly sandbox: string | null;
  }[];
};

export type RunDetail = {
  readonly jobId: string;
  readonly jobUid: string;
  readonly revision: number;
  readonly runId: string;
  readonly trigger: 'schedule' | 'manual' | 'dependency' | 'backfill' | 'event';
  readonly scheduleId: string | null;
  readonly workflowRunId: string | null;
  readonly backfillId: string | null;
  readonly status: 'queued' | 'launched' | 'running' | 'ended';
  readonly outcome: ('succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost') | null;
  readonly reason: string | null;
  /** Of the last attempt */
  readonly exitCode: number | null;
  /** Of the last attempt */
  readonly agentId: string | null;
  readonly hostname: string | null;
  readonly sandbox: string | null;
  readonly stopRequested: boolean;
  readonly dueAt: string | null;
  readonly queuedAt: string | null;
  readonly endedAt: string | null;
  /** From the due instant to each hop */
  readonly lagMs: {
    readonly queued: number;
    readonly launched: number | null;
    readonly started: number | null;
    readonly ended: number | null;
  };
  /** What it has instead of its job’s; null where there is nothing, and once only history has the run */
  readonly overrides: Readonly<Record<string, unknown>> | null;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly taskId: string;
    readonly agentId: string;
    readonly hostname: string;
    readonly state: string;
    readonly launchedAt: string | null;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly exitCode: number | null;
    readonly reason: string | null;
    readonly message: string | null;
    readonly sandbox: string | null;
  }[];
  /** When asked for, oldest first */
  readonly events?: readonly Event[] | undefined;
};

export type Schedule = {
  readonly id: string;
  readonly cron?: string | undefined;
  readonly interval?: string | undefined;
  readonly rrule?: string | undefined;
  readonly at?: string | undefined;
  readonly timezone: string;
  readonly startingDeadlineSeconds: number;
  readonly concurrencyPolicy: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE';
  readonly queueLimit?: number | undefined;
  readonly catchUp?:
    | {
        readonly policy: 'NONE' | 'LAST' | 'ALL';
        readonly limit?: number | undefined;
      }
    | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly maxRuns?: number | undefined;
  readonly jitterSeconds?: number | undefined;
  readonly excludedCalendar?: string | undefined;
  readonly enabled: boolean;
  /** null: never, disabled, or not to be computed */
  readonly nextDueAt: string | null;
  /** Why its due instants cannot be computed: nothing runs until it is mended */
  readonly problem?: string | undefined;
};

export type WorkflowRun = {
  readonly workflowRunId: string;
  readonly jobId: string;
  readonly jobUid: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: ('succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost') | null;
  readonly jobs: readonly {
    readonly jobId: string;
    readonly jobUid: string;
    readonly revision: number;
    readonly parents: readonly string[];
    readonly step: 'waiting' | 'triggered' | 'finished' | 'notRun';
    readonly runId: string | null;
    readonly dueAt: string | null;
    readonly outcome: ('succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost') | null;
    readonly endedAt: string | null;
    readonly reason: string | null;
  }[];
};

/** What can be asked, by the id of the operation. A request has parameters, headers and body side by side. */
export interface Operations {
  /** Jobs by id, page by page; those that meet all conditions given */
  listJobs(request?: {
    /** The last id of the page before */
    readonly after?: string | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
    /** Job ids begin with it */
    readonly prefix?: string | undefined;
    /** Is in the id, the description or the labels, in letters of either case */
    readonly q?: string | undefined;
    /** label=value, several separated by commas: all of them */
    readonly label?: string | undefined;
    /** activeRuns, summary, or both separated by a comma */
    readonly embed?: string | undefined;
  }): Promise<{
    readonly jobs: readonly Job[];
    /** Ask for what comes after it; null: that was all */
    readonly next: string | null;
  }>;
  /** Creates a job */
  createJob(request: {
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
    readonly body: {
      readonly id: string;
      readonly run: {
        readonly cpus: number;
        readonly mem: number;
        readonly disk: number;
        readonly args?: readonly string[] | undefined;
        readonly artifacts?:
          | readonly {
              readonly uri: string;
              readonly extract?: boolean | undefined;
              readonly executable?: boolean | undefined;
              readonly cache?: boolean | undefined;
            }[]
          | undefined;
        readonly cmd?: string | undefined;
        readonly docker?:
          | {
              readonly image: string;
              readonly forcePullImage?: boolean | undefined;
              readonly privileged?: boolean | undefined;
              readonly parameters?:
                | readonly {
                    readonly key: string;
                    readonly value: string;
                  }[]
                | undefined;
            }
          | undefined;
        readonly env?:
          | Readonly<
              Record<
                string,
                | string
                | {
                    readonly secret: string;
                  }
              >
            >
          | undefined;
        readonly gpus?: number | undefined;
        readonly maxLaunchDelay?: number | undefined;
        readonly networks?:
          | readonly {
              readonly mode: 'host' | 'container/bridge' | 'container';
              readonly name?: string | undefined;
              readonly labels?: Readonly<Record<string, string>> | undefined;
            }[]
          | undefined;
        readonly placement?:
          | {
              readonly constraints?:
                | readonly {
                    readonly attribute: string;
                    readonly operator:
                      | 'IS'
                      | 'EQ'
                      | 'EQUALS'
                      | 'LIKE'
                      | 'UNLIKE'
                      | 'UNIQUE'
                      | 'CLUSTER'
                      | 'GROUP_BY'
                      | 'MAX_PER';
                    readonly value?: string | undefined;
                  }[]
                | undefined;
            }
          | undefined;
        readonly restart?:
          | {
              readonly policy: 'NEVER' | 'ON_FAILURE';
              readonly activeDeadlineSeconds?: number | undefined;
            }
          | undefined;
        readonly secrets?:
          | Readonly<
              Record<
                string,
                {
                  readonly source: string;
                }
              >
            >
          | undefined;
        readonly ucr?:
          | {
              readonly image: {
                readonly id: string;
                readonly kind?: 'docker' | 'appc' | undefined;
                readonly forcePull?: boolean | undefined;
              };
              readonly privileged?: boolean | undefined;
            }
          | undefined;
        readonly user?: string | undefined;
        readonly volumes?:
          | readonly (
              | {
                  readonly containerPath: string;
                  readonly hostPath: string;
                  readonly mode: 'RO' | 'RW';
                }
              | {
                  readonly containerPath: string;
                  readonly secret: string;
                }
              | {
                  readonly containerPath: string;
                  readonly external: {
                    readonly name: string;
                    readonly driver: string;
                    readonly options?: Readonly<Record<string, string>> | undefined;
                  };
                  readonly mode?: 'RO' | 'RW' | undefined;
                }
              | {
                  readonly containerPath: string;
                  readonly persistent: {
                    readonly size: number;
                  };
                  readonly mode?: 'RW' | undefined;
                }
            )[]
          | undefined;
        readonly taskKillGracePeriodSeconds?: number | undefined;
        /** When a failed attempt is followed by another: after delaySeconds, times backoffFactor each time, up to maxDelaySeconds, of which a share of jitter is random; on failed and lost unless told. Replaces restart */
        readonly retry?:
          | {
              readonly limit: number;
              readonly delaySeconds?: number | undefined;
              readonly backoffFactor?: number | undefined;
              readonly maxDelaySeconds?: number | undefined;
              readonly jitter?: number | undefined;
              readonly on?: readonly ('failed' | 'lost' | 'timedOut')[] | undefined;
            }
          | undefined;
        /** Of a run, over all attempts, from its first launch; then it is stopped and has timedOut */
        readonly timeoutSeconds?: number | undefined;
        /** A queued run of a higher one is placed first; 0 unless told */
        readonly priority?: number | undefined;
        /** What may be chosen when a run is started by hand; the command finds it in its environment */
        readonly parameters?:
          | readonly {
              readonly name: string;
              readonly type?: 'string' | 'integer' | 'number' | 'boolean' | undefined;
              readonly default?: string | number | boolean | undefined;
              readonly choices?: readonly (string | number | boolean)[] | undefined;
              readonly description?: string | undefined;
            }[]
          | undefined;
        /** How many ports of the agent it gets, as PORT0 and so on */
        readonly ports?: number | undefined;
        /** What the command may use at most; cpus and mem are what it is promised */
        readonly limits?:
          | {
              readonly cpus?: number | undefined;
              readonly mem?: number | undefined;
            }
          | undefined;
        readonly healthCheck?:
          | {
              readonly cmd: string;
              readonly delaySeconds?: number | undefined;
              readonly intervalSeconds?: number | undefined;
              readonly timeoutSeconds?: number | undefined;
              readonly gracePeriodSeconds?: number | undefined;
              readonly consecutiveFailures?: number | undefined;
            }
          | undefined;
      };
      readonly description?: string | undefined;
      readonly dependencies?:
        | readonly {
            readonly id: string;
          }[]
        | undefined;
      readonly labels?: Readonly<Record<string, string>> | undefined;
      readonly schedules?:
        | readonly {
            readonly id: string;
            /** Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at */
            readonly cron?: string | undefined;
            /** ISO 8601: R[n]/start/period */
            readonly interval?: string | undefined;
            /** RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines */
            readonly rrule?: string | undefined;
            /** Due once, at this instant */
            readonly at?: string | undefined;
            /** An IANA zone; UTC unless told */
            readonly timezone?: string | undefined;
            /** A run that has not started by then does not start any more; 60 at least, 900 unless told */
            readonly startingDeadlineSeconds?: number | undefined;
            /** What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told */
            readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
            /** How many may wait, with QUEUE */
            readonly queueLimit?: number | undefined;
            /** Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told */
            readonly catchUp?:
              | {
                  readonly policy: 'NONE' | 'LAST' | 'ALL';
                  readonly limit?: number | undefined;
                }
              | undefined;
            /** No due instant before it */
            readonly from?: string | undefined;
            /** No due instant at or after it */
            readonly until?: string | undefined;
            /** Due instants in all, since the schedule was defined */
            readonly maxRuns?: number | undefined;
            /** A run starts up to this much after its due instant, the same for the same instant */
            readonly jitterSeconds?: number | undefined;
            /** No due instant inside it: an iCalendar text, weekends, or time intervals, one after another */
            readonly excludedCalendar?: string | undefined;
            /** true unless told */
            readonly enabled?: boolean | undefined;
            readonly nextDueAt?: string | null | undefined;
            readonly problem?: string | undefined;
            readonly nextRunAt?: unknown | undefined;
            readonly timeZone?: string | undefined;
          }[]
        | undefined;
    };
  }): Promise<Job>;
  /** A job */
  getJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** activeRuns, summary, or both separated by a comma */
    readonly embed?: string | undefined;
  }): Promise<Job>;
  /** Replaces the specification of a job, schedules included */
  replaceJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
    readonly body: {
      readonly id: string;
      readonly run: {
        readonly cpus: number;
        readonly mem: number;
        readonly disk: number;
        readonly args?: readonly string[] | undefined;
        readonly artifacts?:
          | readonly {
              readonly uri: string;
              readonly extract?: boolean | undefined;
              readonly executable?: boolean | undefined;
              readonly cache?: boolean | undefined;
            }[]
          | undefined;
        readonly cmd?: string | undefined;
        readonly docker?:
          | {
              readonly image: string;
              readonly forcePullImage?: boolean | undefined;
              readonly privileged?: boolean | undefined;
              readonly parameters?:
                | readonly {
                    readonly key: string;
                    readonly value: string;
                  }[]
                | undefined;
            }
          | undefined;
        readonly env?:
          | Readonly<
              Record<
                string,
                | string
                | {
                    readonly secret: string;
                  }
              >
            >
          | undefined;
        readonly gpus?: number | undefined;
        readonly maxLaunchDelay?: number | undefined;
        readonly networks?:
          | readonly {
              readonly mode: 'host' | 'container/bridge' | 'container';
              readonly name?: string | undefined;
              readonly labels?: Readonly<Record<string, string>> | undefined;
            }[]
          | undefined;
        readonly placement?:
          | {
              readonly constraints?:
                | readonly {
                    readonly attribute: string;
                    readonly operator:
                      | 'IS'
                      | 'EQ'
                      | 'EQUALS'
                      | 'LIKE'
                      | 'UNLIKE'
                      | 'UNIQUE'
                      | 'CLUSTER'
                      | 'GROUP_BY'
                      | 'MAX_PER';
                    readonly value?: string | undefined;
                  }[]
                | undefined;
            }
          | undefined;
        readonly restart?:
          | {
              readonly policy: 'NEVER' | 'ON_FAILURE';
              readonly activeDeadlineSeconds?: number | undefined;
            }
          | undefined;
        readonly secrets?:
          | Readonly<
              Record<
                string,
                {
                  readonly source: string;
                }
              >
            >
          | undefined;
        readonly ucr?:
          | {
              readonly image: {
                readonly id: string;
                readonly kind?: 'docker' | 'appc' | undefined;
                readonly forcePull?: boolean | undefined;
              };
              readonly privileged?: boolean | undefined;
            }
          | undefined;
        readonly user?: string | undefined;
        readonly volumes?:
          | readonly (
              | {
                  readonly containerPath: string;
                  readonly hostPath: string;
                  readonly mode: 'RO' | 'RW';
                }
              | {
                  readonly containerPath: string;
                  readonly secret: string;
                }
              | {
                  readonly containerPath: string;
                  readonly external: {
                    readonly name: string;
                    readonly driver: string;
                    readonly options?: Readonly<Record<string, string>> | undefined;
                  };
                  readonly mode?: 'RO' | 'RW' | undefined;
                }
              | {
                  readonly containerPath: string;
                  readonly persistent: {
                    readonly size: number;
                  };
                  readonly mode?: 'RW' | undefined;
                }
            )[]
          | undefined;
        readonly taskKillGracePeriodSeconds?: number | undefined;
        /** When a failed attempt is followed by another: after delaySeconds, times backoffFactor each time, up to maxDelaySeconds, of which a share of jitter is random; on failed and lost unless told. Replaces restart */
        readonly retry?:
          | {
              readonly limit: number;
              readonly delaySeconds?: number | undefined;
              readonly backoffFactor?: number | undefined;
              readonly maxDelaySeconds?: number | undefined;
              readonly jitter?: number | undefined;
              readonly on?: readonly ('failed' | 'lost' | 'timedOut')[] | undefined;
            }
          | undefined;
        /** Of a run, over all attempts, from its first launch; then it is stopped and has timedOut */
        readonly timeoutSeconds?: number | undefined;
        /** A queued run of a higher one is placed first; 0 unless told */
        readonly priority?: number | undefined;
        /** What may be chosen when a run is started by hand; the command finds it in its environment */
        readonly parameters?:
          | readonly {
              readonly name: string;
              readonly type?: 'string' | 'integer' | 'number' | 'boolean' | undefined;
              readonly default?: string | number | boolean | undefined;
              readonly choices?: readonly (string | number | boolean)[] | undefined;
              readonly description?: string | undefined;
            }[]
          | undefined;
        /** How many ports of the agent it gets, as PORT0 and so on */
        readonly ports?: number | undefined;
        /** What the command may use at most; cpus and mem are what it is promised */
        readonly limits?:
          | {
              readonly cpus?: number | undefined;
              readonly mem?: number | undefined;
            }
          | undefined;
        readonly healthCheck?:
          | {
              readonly cmd: string;
              readonly delaySeconds?: number | undefined;
              readonly intervalSeconds?: number | undefined;
              readonly timeoutSeconds?: number | undefined;
              readonly gracePeriodSeconds?: number | undefined;
              readonly consecutiveFailures?: number | undefined;
            }
          | undefined;
      };
      readonly description?: string | undefined;
      readonly dependencies?:
        | readonly {
            readonly id: string;
          }[]
        | undefined;
      readonly labels?: Readonly<Record<string, string>> | undefined;
      readonly schedules?:
        | readonly {
            readonly id: string;
            /** Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at */
            readonly cron?: string | undefined;
            /** ISO 8601: R[n]/start/period */
            readonly interval?: string | undefined;
            /** RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines */
            readonly rrule?: string | undefined;
            /** Due once, at this instant */
            readonly at?: string | undefined;
            /** An IANA zone; UTC unless told */
            readonly timezone?: string | undefined;
            /** A run that has not started by then does not start any more; 60 at least, 900 unless told */
            readonly startingDeadlineSeconds?: number | undefined;
            /** What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told */
            readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
            /** How many may wait, with QUEUE */
            readonly queueLimit?: number | undefined;
            /** Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told */
            readonly catchUp?:
              | {
                  readonly policy: 'NONE' | 'LAST' | 'ALL';
                  readonly limit?: number | undefined;
                }
              | undefined;
            /** No due instant before it */
            readonly from?: string | undefined;
            /** No due instant at or after it */
            readonly until?: string | undefined;
            /** Due instants in all, since the schedule was defined */
            readonly maxRuns?: number | undefined;
            /** A run starts up to this much after its due instant, the same for the same instant */
            readonly jitterSeconds?: number | undefined;
            /** No due instant inside it: an iCalendar text, weekends, or time intervals, one after another */
            readonly excludedCalendar?: string | undefined;
            /** true unless told */
            readonly enabled?: boolean | undefined;
            readonly nextDueAt?: string | null | undefined;
            readonly problem?: string | undefined;
            readonly nextRunAt?: unknown | undefined;
            readonly timeZone?: string | undefined;
          }[]
        | undefined;
    };
  }): Promise<Job>;
  /** Removes a job; with stopRuns its active runs are stopped */
  removeJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** Stops its active runs; else they are a 409 */
    readonly stopRuns?: boolean | undefined;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
  }): Promise<Job>;
  /** Due instants make no runs until the job is resumed, or until an instant; replaces an earlier pause */
  pauseJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
    readonly body?:
      | {
          readonly until?: string | undefined;
          readonly reason?: string | undefined;
        }
      | undefined;
  }): Promise<Job>;
  /** Ends a pause */
  resumeJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
  }): Promise<Job>;
  /** Makes a new revision with the definition of an old one */
  rollBackJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
    readonly body: {
      readonly revision: number;
    };
  }): Promise<Job>;
  /** The revisions of a job, newest first */
  listRevisions(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The last of the page before */
    readonly before?: number | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
    /** Of a job that was removed, or created anew */
    readonly uid?: string | undefined;
  }): Promise<{
    readonly revisions: readonly Revision[];
    readonly next: number | null;
  }>;
  /** A job as it was defined at a revision */
  getRevision(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly revision: number;
    /** Of a job that was removed, or created anew */
    readonly uid?: string | undefined;
  }): Promise<Revision>;
  /** What a revision changed: against the one before, or another */
  diffRevisions(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly revision: number;
    /** The one before unless told */
    readonly from?: number | undefined;
    /** Of a job that was removed, or created anew */
    readonly uid?: string | undefined;
  }): Promise<{
    readonly from: number;
    readonly to: number;
    readonly differences: readonly Difference[];
  }>;
  /** Makes the jobs those of a list (JSON, or one job to a line), all or none and in any order. With prune jobs that the list does not name are removed, below the prefix where one is given */
  applyJobs(request: {
    /** Only says what would be done */
    readonly dryRun?: boolean | undefined;
    /** Removes jobs that the list does not name */
    readonly prune?: boolean | undefined;
    /** Job ids begin with it */
    readonly prefix?: string | undefined;
    /** Of jobs that are removed; else they are refused while they have some */
    readonly stopRuns?: boolean | undefined;
    readonly body: {
      readonly jobs: readonly {
        readonly id: string;
        readonly run: {
          readonly cpus: number;
          readonly mem: number;
          readonly disk: number;
          readonly args?: readonly string[] | undefined;
          readonly artifacts?:
            | readonly {
                readonly uri: string;
                readonly extract?: boolean | undefined;
                readonly executable?: boolean | undefined;
                readonly cache?: boolean | undefined;
              }[]
            | undefined;
          readonly cmd?: string | undefined;
          readonly docker?:
            | {
                readonly image: string;
                readonly forcePullImage?: boolean | undefined;
                readonly privileged?: boolean | undefined;
                readonly parameters?:
                  | readonly {
                      readonly key: string;
                      readonly value: string;
                    }[]
                  | undefined;
              }
            | undefined;
          readonly env?:
            | Readonly<
                Record<
                  string,
                  | string
                  | {
                      readonly secret: string;
                    }
                >
              >
            | undefined;
          readonly gpus?: number | undefined;
          readonly maxLaunchDelay?: number | undefined;
          readonly networks?:
            | readonly {
                readonly mode: 'host' | 'container/bridge' | 'container';
                readonly name?: string | undefined;
                readonly labels?: Readonly<Record<string, string>> | undefined;
              }[]
            | undefined;
          readonly placement?:
            | {
                readonly constraints?:
                  | readonly {
                      readonly attribute: string;
                      readonly operator:
                        | 'IS'
                        | 'EQ'
                        | 'EQUALS'
                        | 'LIKE'
                        | 'UNLIKE'
                        | 'UNIQUE'
                        | 'CLUSTER'
                        | 'GROUP_BY'
                        | 'MAX_PER';
                      readonly value?: string | undefined;
                    }[]
                  | undefined;
              }
            | undefined;
          readonly restart?:
            | {
                readonly policy: 'NEVER' | 'ON_FAILURE';
                readonly activeDeadlineSeconds?: number | undefined;
              }
            | undefined;
          readonly secrets?:
            | Readonly<
                Record<
                  string,
                  {
                    readonly source: string;
                  }
                >
              >
            | undefined;
          readonly ucr?:
            | {
                readonly image: {
                  readonly id: string;
                  readonly kind?: 'docker' | 'appc' | undefined;
                  readonly forcePull?: boolean | undefined;
                };
                readonly privileged?: boolean | undefined;
              }
            | undefined;
          readonly user?: string | undefined;
          readonly volumes?:
            | readonly (
                | {
                    readonly containerPath: string;
                    readonly hostPath: string;
                    readonly mode: 'RO' | 'RW';
                  }
                | {
                    readonly containerPath: string;
                    readonly secret: string;
                  }
                | {
                    readonly containerPath: string;
                    readonly external: {
                      readonly name: string;
                      readonly driver: string;
                      readonly options?: Readonly<Record<string, string>> | undefined;
                    };
                    readonly mode?: 'RO' | 'RW' | undefined;
                  }
                | {
                    readonly containerPath: string;
                    readonly persistent: {
                      readonly size: number;
                    };
                    readonly mode?: 'RW' | undefined;
                  }
              )[]
            | undefined;
          readonly taskKillGracePeriodSeconds?: number | undefined;
          /** When a failed attempt is followed by another: after delaySeconds, times backoffFactor each time, up to maxDelaySeconds, of which a share of jitter is random; on failed and lost unless told. Replaces restart */
          readonly retry?:
            | {
                readonly limit: number;
                readonly delaySeconds?: number | undefined;
                readonly backoffFactor?: number | undefined;
                readonly maxDelaySeconds?: number | undefined;
                readonly jitter?: number | undefined;
                readonly on?: readonly ('failed' | 'lost' | 'timedOut')[] | undefined;
              }
            | undefined;
          /** Of a run, over all attempts, from its first launch; then it is stopped and has timedOut */
          readonly timeoutSeconds?: number | undefined;
          /** A queued run of a higher one is placed first; 0 unless told */
          readonly priority?: number | undefined;
          /** What may be chosen when a run is started by hand; the command finds it in its environment */
          readonly parameters?:
            | readonly {
                readonly name: string;
                readonly type?: 'string' | 'integer' | 'number' | 'boolean' | undefined;
                readonly default?: string | number | boolean | undefined;
                readonly choices?: readonly (string | number | boolean)[] | undefined;
                readonly description?: string | undefined;
              }[]
            | undefined;
          /** How many ports of the agent it gets, as PORT0 and so on */
          readonly ports?: number | undefined;
          /** What the command may use at most; cpus and mem are what it is promised */
          readonly limits?:
            | {
                readonly cpus?: number | undefined;
                readonly mem?: number | undefined;
              }
            | undefined;
          readonly healthCheck?:
            | {
                readonly cmd: string;
                readonly delaySeconds?: number | undefined;
                readonly intervalSeconds?: number | undefined;
                readonly timeoutSeconds?: number | undefined;
                readonly gracePeriodSeconds?: number | undefined;
                readonly consecutiveFailures?: number | undefined;
              }
            | undefined;
        };
        readonly description?: string | undefined;
        readonly dependencies?:
          | readonly {
              readonly id: string;
            }[]
          | undefined;
        readonly labels?: Readonly<Record<string, string>> | undefined;
        readonly schedules?:
          | readonly {
              readonly id: string;
              /** Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at */
              readonly cron?: string | undefined;
              /** ISO 8601: R[n]/start/period */
              readonly interval?: string | undefined;
              /** RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines */
              readonly rrule?: string | undefined;
              /** Due once, at this instant */
              readonly at?: string | undefined;
              /** An IANA zone; UTC unless told */
              readonly timezone?: string | undefined;
              /** A run that has not started by then does not start any more; 60 at least, 900 unless told */
              readonly startingDeadlineSeconds?: number | undefined;
              /** What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told */
              readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
              /** How many may wait, with QUEUE */
              readonly queueLimit?: number | undefined;
              /** Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told */
              readonly catchUp?:
                | {
                    readonly policy: 'NONE' | 'LAST' | 'ALL';
                    readonly limit?: number | undefined;
                  }
                | undefined;
              /** No due instant before it */
              readonly from?: string | undefined;
              /** No due instant at or after it */
              readonly until?: string | undefined;
              /** Due instants in all, since the schedule was defined */
              readonly maxRuns?: number | undefined;
              /** A run starts up to this much after its due instant, the same for the same instant */
              readonly jitterSeconds?: number | undefined;
              /** No due instant inside it: an iCalendar text, weekends, or time intervals, one after another */
              readonly excludedCalendar?: string | undefined;
              /** true unless told */
              readonly enabled?: boolean | undefined;
              readonly nextDueAt?: string | null | undefined;
              readonly problem?: string | undefined;
              readonly nextRunAt?: unknown | undefined;
              readonly timeZone?: string | undefined;
            }[]
          | undefined;
      }[];
      readonly next?: unknown | undefined;
    };
  }): Promise<Plan>;
  /** The definitions of all jobs by id, as :apply takes them: JSON, or one to a line with Accept: application/x-ndjson */
  exportJobs(request?: {
    /** Job ids begin with it */
    readonly prefix?: string | undefined;
    /** label=value, several separated by commas: all of them */
    readonly label?: string | undefined;
  }): Promise<Jobs>;
  /** The schedules of a job */
  listSchedules(request: {
    /** Names joined by dots */
    readonly jobId: string;
  }): Promise<{
    readonly schedules: readonly Schedule[];
  }>;
  /** Adds a schedule; a job may have several */
  addSchedule(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
    readonly body: {
      readonly id: string;
      /** Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at */
      readonly cron?: string | undefined;
      /** ISO 8601: R[n]/start/period */
      readonly interval?: string | undefined;
      /** RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines */
      readonly rrule?: string | undefined;
      /** Due once, at this instant */
      readonly at?: string | undefined;
      /** An IANA zone; UTC unless told */
      readonly timezone?: string | undefined;
      /** A run that has not started by then does not start any more; 60 at least, 900 unless told */
      readonly startingDeadlineSeconds?: number | undefined;
      /** What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told */
      readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
      /** How many may wait, with QUEUE */
      readonly queueLimit?: number | undefined;
      /** Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told */
      readonly catchUp?:
        | {
            readonly policy: 'NONE' | 'LAST' | 'ALL';
            readonly limit?: number | undefined;
          }
        | undefined;
      /** No due instant before it */
      readonly from?: string | undefined;
      /** No due instant at or after it */
      readonly until?: string | undefined;
      /** Due instants in all, since the schedule was defined */
      readonly maxRuns?: number | undefined;
      /** A run starts up to this much after its due instant, the same for the same instant */
      readonly jitterSeconds?: number | undefined;
      /** No due instant inside it: an iCalendar text, weekends, or time intervals, one after another */
      readonly excludedCalendar?: string | undefined;
      /** true unless told */
      readonly enabled?: boolean | undefined;
      readonly nextDueAt?: string | null | undefined;
      readonly problem?: string | undefined;
      readonly nextRunAt?: unknown | undefined;
      readonly timeZone?: string | undefined;
    };
  }): Promise<Schedule>;
  /** A schedule */
  getSchedule(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly scheduleId: string;
  }): Promise<Schedule>;
  /** Replaces a schedule */
  replaceSchedule(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly scheduleId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
    readonly body: {
      readonly id: string;
      /** Five fields (minute hour day-of-month month day-of-week), six with a year, seven with seconds in front, or a nickname such as @daily. Exactly one of cron, interval, rrule and at */
      readonly cron?: string | undefined;
      /** ISO 8601: R[n]/start/period */
      readonly interval?: string | undefined;
      /** RFC 5545: DTSTART, RRULE, RDATE and EXDATE lines */
      readonly rrule?: string | undefined;
      /** Due once, at this instant */
      readonly at?: string | undefined;
      /** An IANA zone; UTC unless told */
      readonly timezone?: string | undefined;
      /** A run that has not started by then does not start any more; 60 at least, 900 unless told */
      readonly startingDeadlineSeconds?: number | undefined;
      /** What becomes of a due instant while another run is active: ALLOW it beside, FORBID it (it is recorded as skipped), REPLACE the other, or QUEUE behind it. ALLOW unless told */
      readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
      /** How many may wait, with QUEUE */
      readonly queueLimit?: number | undefined;
      /** Which due instants of a downtime or a pause still run: NONE, the LAST, or ALL, the newest up to the limit. Those within the starting deadline unless told */
      readonly catchUp?:
        | {
            readonly policy: 'NONE' | 'LAST' | 'ALL';
            readonly limit?: number | undefined;
          }
        | undefined;
      /** No due instant before it */
      readonly from?: string | undefined;
      /** No due instant at or after it */
      readonly until?: string | undefined;
      /** Due instants in all, since the schedule was defined */
      readonly maxRuns?: number | undefined;
      /** A run starts up to this much after its due instant, the same for the same instant */
      readonly jitterSeconds?: number | undefined;
      /** No due instant inside it: an iCalendar text, weekends, or time intervals, one after another */
      readonly excludedCalendar?: string | undefined;
      /** true unless told */
      readonly enabled?: boolean | undefined;
      readonly nextDueAt?: string | null | undefined;
      readonly problem?: string | undefined;
      readonly nextRunAt?: unknown | undefined;
      readonly timeZone?: string | undefined;
    };
  }): Promise<Schedule>;
  /** Removes a schedule */
  removeSchedule(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly scheduleId: string;
    /** The ETag that was read, or several; 412 when the job has none of them any more */
    readonly ifMatch?: string | undefined;
  }): Promise<undefined>;
  /** The next due instants of a rule of any kind in a zone, with those marked that a change of the clocks touches. Exactly one of cron, interval, rrule and at */
  previewSchedule(request?: {
    /** Five fields and optionally a year, seven with seconds in front, or a nickname */
    readonly cron?: string | undefined;
    /** ISO 8601: R[n]/start/period */
    readonly interval?: string | undefined;
    /** RFC 5545: DTSTART, RRULE, EXDATE lines */
    readonly rrule?: string | undefined;
    /** One instant */
    readonly at?: string | undefined;
    /** An IANA zone; UTC unless told */
    readonly timezone?: string | undefined;
    /** By which H and ~ of a cron expression are spread */
    readonly jobId?: string | undefined;
    /** No due instant before it */
    readonly from?: string | undefined;
    /** No due instant at or after it */
    readonly until?: string | undefined;
    /** 10 unless told */
    readonly count?: number | undefined;
    /** Now unless told */
    readonly after?: string | undefined;
  }): Promise<Preview>;
  /** Runs of all jobs, active and ended, that meet all conditions given */
  listRuns(request?: {
    readonly status?: 'queued' | 'launched' | 'running' | 'ended' | undefined;
    readonly outcome?: 'succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost' | undefined;
    readonly trigger?: 'schedule' | 'manual' | 'dependency' | 'backfill' | 'event' | undefined;
    /** Queued at or after */
    readonly from?: string | undefined;
    /** Queued before */
    readonly until?: string | undefined;
    /** Id or host name of an agent that an attempt was on */
    readonly agent?: string | undefined;
    /** Of the last attempt */
    readonly exitCode?: number | undefined;
    /** The next of the page before */
    readonly cursor?: string | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
    /** Job ids begin with it */
    readonly jobPrefix?: string | undefined;
    /** label=value, several separated by commas: all of them */
    readonly label?: string | undefined;
  }): Promise<{
    readonly runs: readonly Run[];
    /** Ask for what comes after it; null: that was all */
    readonly next: string | null;
  }>;
  /** Runs of a job, active and ended */
  listRunsOfJob(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly status?: 'queued' | 'launched' | 'running' | 'ended' | undefined;
    readonly outcome?: 'succeeded' | 'failed' | 'killed' | 'timedOut' | 'lost' | undefined;
    readonly trigger?: 'schedule' | 'manual' | 'dependency' | 'backfill' | 'event' | undefined;
    /** Queued at or after */
    readonly from?: string | undefined;
    /** Queued before */
    readonly until?: string | undefined;
    /** Id or host name of an agent that an attempt was on */
    readonly agent?: string | undefined;
    /** Of the last attempt */
    readonly exitCode?: number | undefined;
    /** The next of the page before */
    readonly cursor?: string | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
    /** Of a job that was removed, or created anew */
    readonly uid?: string | undefined;
  }): Promise<{
    readonly runs: readonly Run[];
    /** Ask for what comes after it; null: that was all */
    readonly next: string | null;
  }>;
  /** Starts a run; the same Idempotency-Key gives the same run */
  startRun(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
    readonly body?:
      | {
          readonly runId?: string | undefined;
          readonly concurrencyPolicy?: 'ALLOW' | 'FORBID' | 'REPLACE' | 'QUEUE' | undefined;
          readonly parameters?: Readonly<Record<string, string | number | boolean>> | undefined;
          readonly cmd?: string | undefined;
          readonly args?: readonly string[] | undefined;
          readonly env?: Readonly<Record<string, string>> | undefined;
          readonly cpus?: number | undefined;
          readonly mem?: number | undefined;
          readonly disk?: number | undefined;
          readonly gpus?: number | undefined;
          readonly constraints?:
            | readonly {
                readonly attribute: string;
                readonly operator:
                  | 'IS'
                  | 'EQ'
                  | 'EQUALS'
                  | 'LIKE'
                  | 'UNLIKE'
                  | 'UNIQUE'
                  | 'CLUSTER'
                  | 'GROUP_BY'
                  | 'MAX_PER';
                readonly value?: string | undefined;
              }[]
            | undefined;
        }
      | undefined;
  }): Promise<Run>;
  /** A run with its attempts and how long each hop took, active or ended; with its events if asked for */
  getRun(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly runId: string;
    /** With its events */
    readonly events?: boolean | undefined;
    /** Of a job that was removed, or created anew */
    readonly uid?: string | undefined;
  }): Promise<RunDetail>;
  /** Stops a run; doing so again changes nothing, but with another grace it is that which counts */
  stopRun(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly runId: string;
    /** From the request to the kill; the job’s unless told */
    readonly graceSeconds?: number | undefined;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
  }): Promise<Run>;
  /** Why a queued run waits: what the offers lacked that were looked at last */
  getPlacement(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly runId: string;
  }): Promise<Placement>;
  /** Runs that wait for a place, in the order in which they came, each with the reason */
  listQueue(request?: {
    /** Names joined by dots */
    readonly jobId?: string | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
  }): Promise<{
    readonly total: number;
    readonly runs: readonly {
      readonly run: Run;
      readonly reason: string | null;
    }[];
  }>;
  /** Runs the due instants of a past range, oldest first; the Idempotency-Key names the backfill */
  startBackfill(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
    readonly body: {
      readonly from: string;
      readonly until: string;
      readonly scheduleId?: string | undefined;
      readonly concurrency?: number | undefined;
    };
  }): Promise<Backfill>;
  /** Backfills of a job, newest first */
  listBackfills(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** 100 unless told */
    readonly limit?: number | undefined;
  }): Promise<{
    readonly backfills: readonly Backfill[];
  }>;
  /** A backfill and how far it is */
  getBackfill(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly backfillId: string;
  }): Promise<Backfill>;
  /** Starts no further runs of a backfill; those under way go on. Doing so again changes nothing */
  cancelBackfill(request: {
    /** Names joined by dots */
    readonly jobId: string;
    readonly backfillId: string;
    /** The same key and request again, within a day: done once, answered the same */
    readonly idempotencyKey?: string | undefined;
  }): Promise<Backfill>;
  /** What became of every due instant of a job in a range, and why */
  explainDueInstants(request: {
    /** Names joined by dots */
    readonly jobId: string;
    /** Inclusive */
    readonly from: string;
    /** Exclusive */
    readonly to: string;
    /** 100 unless told; what is due at one instant comes together, even beyond it */
    readonly limit?: number | undefined;
  }): Promise<{
    readonly instants: readonly ExplainedInstant[];
    readonly next: string | null;
  }>;
  /** Rounds of jobs that depend on each other, newest first */
  listWorkflowRuns(request?: {
    /** In which it takes part */
    readonly jobId?: string | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
  }): Promise<{
    readonly workflowRuns: readonly WorkflowRun[];
  }>;
  /** One round of jobs that depend on each other */
  getWorkflowRun(request: { readonly workflowRunId: string }): Promise<WorkflowRun>;
  /** Public events in the one order in which history recorded them: a page of JSON, or with Accept: text/event-stream the pages and then each as it happens. Resume with Last-Event-ID, or after */
  listEvents(request?: {
    /** A position; 0 for the beginning, one beyond the last event for the end */
    readonly after?: number | undefined;
    /** Of a page of JSON, which has fewer where they are large; 100 unless told */
    readonly limit?: number | undefined;
    /** Names joined by dots */
    readonly jobId?: string | undefined;
    /** With jobId, or the runs of that id of all jobs */
    readonly runId?: string | undefined;
    /** Types separated by commas, such as carillon.RunEnded */
    readonly type?: string | undefined;
    /** Goes before after */
    readonly lastEventId?: number | undefined;
  }): Promise<{
    readonly events: readonly Event[];
    readonly next: number | null;
  }>;
  /** Messages that a service could not handle and put aside, service by service, the oldest first: all others went on */
  listDeadLetters(request?: {
    /** Of all unless told */
    readonly service?: 'timer' | 'scheduler-framework' | 'history' | undefined;
    /** 100 unless told */
    readonly limit?: number | undefined;
    /** The next of the page before */
    readonly after?: string | undefined;
  }): Promise<{
    readonly deadLetters: readonly DeadLetter[];
    /** Ask for what comes after it; null: that was all */
    readonly next: string | null;
  }>;
  /** One with its headers and its content */
  getDeadLetter(request: { readonly deadLetterId: string }): Promise<DeadLetterInFull>;
  /** Forgets it unhandled; it is in the answer for the last time */
  dropDeadLetter(request: { readonly deadLetterId: string }): Promise<DeadLetterInFull>;
  /** Has the service handle it again, after what came later, and forgets it; 409 deadLetterRefused where it still cannot, and nothing has changed */
  replayDeadLetter(request: { readonly deadLetterId: string }): Promise<DeadLetterInFull>;
}
