import { assertNever, type Decider, domainError, type DomainEvent } from '@carillon/event-sourcing';

/** The smallest aggregate that can refuse: what the specs of this package append. */
export type CounterEvent = DomainEvent<'Counted', { by: number }> | DomainEvent<'Closed', { at: number }>;
export type CounterCommand = { type: 'count'; by: number } | { type: 'close'; at: number };
export interface CounterState {
  total: number;
  closed: boolean;
}

export const counter: Decider<CounterState, CounterCommand, CounterEvent> = {
  initialState: () => ({ total: 0, closed: false }),
  decide(command, state) {
    if (state.closed) throw domainError('closed', 'the counter is closed');
    switch (command.type) {
      case 'count':
        return command.by === 0 ? [] : [{ type: 'Counted', data: { by: command.by } }];
      case 'close':
        return [{ type: 'Closed', data: { at: command.at } }];
      default:
        return assertNever(command, 'command');
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'Counted':
        return { ...state, total: state.total + event.data.by };
      case 'Closed':
        return { ...state, closed: true };
      default:
        return state;
    }
  },
};
