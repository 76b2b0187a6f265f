import { type Decider, type DomainEvent, replay } from './decider.js';
import { isCarillonError } from './errors.js';

/**
 * A given/when/then specification of a decider, without I/O:
 * `given(decider, events).when(command).then(expectedEvents)` or `.thenRefused(code)`.
 * Throws an ordinary Error with both sides printed, so it works under any test runner.
 */
export function given<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  events: readonly Event[],
) {
  const state = replay(decider, events);
  return {
    when(command: Command) {
      return {
        then(expected: readonly Event[]): void {
          const actual = decider.decide(command, state);
          if (canonical(actual) !== canonical(expected)) {
            throw new Error(`expected ${pretty(expected)}\nbut got ${pretty(actual)}`);
          }
        },
        thenRefused(code: string): void {
          let actual: readonly Event[];
          try {
            actual = decider.decide(command, state);
          } catch (error) {
            if (isCarillonError(error) && error.code === code) return;
            throw error;
          }
          throw new Error(`expected a refusal with code ${code}\nbut got ${pretty(actual)}`);
        },
      };
    },
  };
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
