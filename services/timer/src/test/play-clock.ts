import { replay } from '@carillon/event-sourcing';
import type { ClockCommand, ScheduleRule } from '../domain/clock.commands.js';
import { clock } from '../domain/clock.decide.js';
import type { ClockEvent } from '../domain/clock.events.js';
import type { ClockState } from '../domain/clock.state.js';

/** A command, and when the clock hears it. */
export interface Heard {
  readonly at: number;
  readonly command: ClockCommand;
}

/** Revisions of the job j in their order: one that is delayed holds up those behind it. */
export function revisionsHeard(
  revisions: readonly { definedAt: number; delayMs: number; schedules: readonly ScheduleRule[] }[],
): Heard[] {
  let latest = 0;
  return revisions.map(({ definedAt, delayMs, schedules }, index) => {
    latest = Math.max(latest, definedAt + delayMs);
    const revision = { jobId: 'j', uid: 'u', revision: index + 1, definedAt, schedules };
    return { at: latest, command: { type: 'ReviseSchedules', ...revision } };
  });
}

/** What each command leads to, a fire being repeated until nothing is left, as the timer does, and how the clock ends. */
export function play(commands: readonly ClockCommand[]): { decided: ClockEvent[][]; state: ClockState } {
  let state = clock.initialState();
  const decided = commands.map((command) => {
    const events: ClockEvent[] = [];
    for (;;) {
      const some = clock.decide(command, state);
      state = replay(clock, some, state);
      events.push(...some);
      if (command.type !== 'Fire' || some.length === 0) return events;
    }
  });
  return { decided, state };
}
