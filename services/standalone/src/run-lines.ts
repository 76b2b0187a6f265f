import { decodeEvent, type PublicEvent, type RunOutcome } from '@carillon/contracts';
import type { EventLog } from '@carillon/event-log';

interface OpenRun {
  readonly trigger: string;
  readonly dueAt: number;
  /** From when its lag counts. */
  readonly since: number;
  startedAt?: number;
}

/** How many runs are remembered between being queued and their end; beyond it lines lack their lag. */
const OPEN_RUNS_MAX = 100_000;

/** A reason is a task's own text: it may neither be several lines nor steer the terminal. */
const CONTROLS = /\p{Cc}+/gu;

/**
 * Tells the people at the terminal what runs do: one line for each run that ends, is skipped or missed. It listens to
 * what the services publish; it decides nothing and keeps nothing.
 */
export class RunLines {
  readonly #open = new Map<string, OpenRun>();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** The same log, with every published event shown here as well. */
  observing(log: EventLog): EventLog {
    return {
      publish: async (messages) => {
        await log.publish(messages);
        for (const message of messages) {
          const event = decodeEvent(message);
          if (event) this.see(event);
        }
      },
      subscribe: (options) => log.subscribe(options),
      partitionOf: (topic, key) => log.partitionOf(topic, key),
      partitions: (topic) => log.partitions(topic),
      bounds: (topics) => log.bounds(topics),
      close: () => log.close(),
    };
  }

  see(event: PublicEvent): void {
    const line = this.#lineOf(event);
    if (line !== undefined) this.#print(line.replace(CONTROLS, ' '));
  }

  #lineOf(event: PublicEvent): string | undefined {
    switch (event.type) {
      case 'RunQueued': {
        const { trigger, dueAt, startAt = dueAt, queuedAt } = event.data;
        const since = trigger === 'backfill' ? queuedAt : startAt;
        if (this.#open.size < OPEN_RUNS_MAX) this.#open.set(key(event.data), { trigger, dueAt, since });
        return undefined;
      }
      case 'AttemptStarted': {
        const open = this.#open.get(key(event.data));
        if (open) open.startedAt ??= event.data.startedAt;
        return undefined;
      }
      case 'RunEnded': {
        const { jobId, runId, outcome, reason, exitCode, endedAt } = event.data;
        const open = this.#open.get(key(event.data));
        this.#open.delete(key(event.data));
        const due = open
          ? `due ${instant(open.dueAt)}${open.trigger === 'manual' ? ' (by hand)' : ''}`
          : `run ${runId}`;
        const lag = open?.startedAt === undefined ? '' : `  lag ${milliseconds(open.startedAt - open.since)}`;
        const took = open?.startedAt === undefined ? '' : `  took ${milliseconds(endedAt - open.startedAt)}`;
        return `${MARKS[outcome]} ${jobId}  ${due}${lag}${took}  ${outcome}${explained(exitCode, reason, outcome)}`;
      }
      case 'RunSkipped': {
        const { jobId, dueAt, reason } = event.data;
        return `- ${jobId}  due ${instant(dueAt)}  skipped: ${reason}`;
      }
      case 'DueInstantsMissed': {
        const { jobId, firstDueAt, lastDueAt, count, reason } = event.data;
        const which =
          count === 1 ? instant(firstDueAt) : `${instant(firstDueAt)} to ${instant(lastDueAt)} (${count})`;
        return `- ${jobId}  due ${which}  missed: ${reason}`;
      }
      default:
        return undefined;
    }
  }
}

const MARKS: Readonly<Record<RunOutcome, string>> = {
  succeeded: '✓',
  failed: '✗',
  killed: '■',
  timedOut: '✗',
  lost: '?',
};

const key = ({ uid, runId }: { uid: string; runId: string }) => `${uid} ${runId}`;

const instant = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');

const milliseconds = (ms: number) => (ms < 10_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);

function explained(exitCode: number | undefined, reason: string | undefined, outcome: RunOutcome): string {
  if (outcome === 'succeeded') return '';
  const parts = [
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    // Mesos says the exit code once more in words.
    ...(reason && !reason.startsWith('Command exited with status') ? [reason] : []),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}
