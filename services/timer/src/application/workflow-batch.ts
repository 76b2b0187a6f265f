import { replay } from '@carillon/event-sourcing';
import type { Append, AppendedEvent, GivenMetadata } from '@carillon/event-store';
import type { WorkflowCommand } from '../domain/workflow/workflow.commands.js';
import { workflow } from '../domain/workflow/workflow.decide.js';
import type { WorkflowEvent } from '../domain/workflow/workflow.events.js';
import { noWorkflow, type WorkflowState } from '../domain/workflow/workflow.state.js';
import { type LockedWorkflow, workflowStreamOf } from './workflows.js';

interface InHand {
  readonly version: number;
  state: WorkflowState;
  readonly events: AppendedEvent<WorkflowEvent>[];
}

/** Workflow runs in one transaction: each command is decided on what the last left. */
export class WorkflowBatch {
  readonly #inHand = new Map<string, InHand>();

  constructor(taken: readonly LockedWorkflow[]) {
    for (const { version, state } of taken) {
      this.#inHand.set(state.workflowRunId, { version, state, events: [] });
    }
  }

  /** The one that has this run (see `runKey`) under way. */
  withRun(key: string): string | undefined {
    return this.#find((state) => state.runs.includes(key));
  }

  /** Those that wait for this job to be triggered. */
  awaiting(uid: string): string[] {
    return [...this.#inHand].flatMap(([id, { state }]) =>
      state.status === 'open' && state.awaits.includes(uid) ? [id] : [],
    );
  }

  /** Whether one of them was begun or joined by this run. */
  knows({ uid, runId }: { readonly uid: string; readonly runId: string }): boolean {
    for (const { state } of this.#inHand.values()) {
      if (state.status === 'none') continue;
      if (state.jobs.some((job) => job.uid === uid && job.runId === runId)) return true;
    }
    return false;
  }

  stateOf(workflowRunId: string): WorkflowState {
    return this.#inHand.get(workflowRunId)?.state ?? noWorkflow;
  }

  /** `describe` gives an event's metadata. */
  decide(
    workflowRunId: string,
    command: WorkflowCommand,
    describe: (event: WorkflowEvent) => GivenMetadata,
  ): readonly WorkflowEvent[] {
    const one = this.#inHand.get(workflowRunId) ?? { version: 0, state: noWorkflow, events: [] };
    this.#inHand.set(workflowRunId, one);
    const events = workflow.decide(command, one.state);
    one.state = replay(workflow, events, one.state);
    one.events.push(...events.map((event) => ({ ...event, metadata: describe(event) })));
    return events;
  }

  appends(): Append[] {
    return [...this.#inHand].map(([id, { version, state, events }]) => ({
      stream: workflowStreamOf(id),
      expectedVersion: version,
      events,
      state,
    }));
  }

  #find(matches: (state: Exclude<WorkflowState, { status: 'none' }>) => boolean): string | undefined {
    for (const [id, { state }] of this.#inHand) if (state.status === 'open' && matches(state)) return id;
    return undefined;
  }
}
