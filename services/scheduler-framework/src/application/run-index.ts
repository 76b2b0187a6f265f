import type { RunPlace, Trigger } from '@carillon/contracts';
import type { Queries, Transaction } from '@carillon/event-store';
import type { TraceContext } from '@carillon/service-runtime';
import type { ActiveRun } from '../domain/run/run.state.js';
import type { RunRef } from './run-keys.js';

export interface RunRow extends RunRef {
  readonly jobId: string;
  readonly queuedAt: number;
  /** The framework that runs it: each owns a range of jobs. */
  readonly framework: string;
  /** Of the admission: what follows belongs to it. */
  readonly trace: TraceContext;
}

/** All conditions together. */
export interface WantedRows {
  /** So many are looked at. */
  readonly limit: number;
  readonly before?: RunPlace | undefined;
  readonly uid?: string | undefined;
  readonly jobPrefix?: string | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Of the states of their streams. */
  readonly state: {
    readonly status?: ActiveRun['status'] | undefined;
    readonly trigger?: Trigger | undefined;
    /** Whether it had an attempt. */
    readonly hasBegun?: boolean;
    /** Whether it has ended, or was told to. */
    readonly isEnding?: boolean;
  };
}

export interface RunPage {
  /** Those that were looked at and meet the conditions, the one queued last first. */
  readonly rows: readonly RunRow[];
  /** The last that was looked at; absent when there are no more. */
  readonly next?: RunPlace;
}

export const placeOf = ({ queuedAt, runId, uid }: RunPlace): RunPlace => ({ queuedAt, runId, uid });

/** Where runs are found: the active ones, and ended ones until history has them. */
export interface RunIndex {
  insert(tx: Transaction, rows: readonly RunRow[]): Promise<void>;
  end(tx: Transaction, ended: readonly (RunRef & { readonly endedAt: number })[]): Promise<void>;
  active(framework: string): Promise<RunRow[]>;
  find(refs: readonly RunRef[], on?: Queries): Promise<RunRow[]>;
  /** In the order of their run ids, which is that of their due instants. No uids: of all jobs. */
  list(uids: readonly string[], activeOnly: boolean): Promise<RunRow[]>;
  page(wanted: WantedRows): Promise<RunPage>;
  /** In the order in which they ended. */
  ended(page: { readonly limit: number; readonly skip: number }): Promise<RunRow[]>;
  forget(refs: readonly RunRef[]): Promise<void>;
}
