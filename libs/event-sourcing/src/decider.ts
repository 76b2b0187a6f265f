/** A fact, named in the past tense. `data` is plain JSON: no dates, no class instances, no undefined-only keys. */
export interface DomainEvent<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Readonly<Data>;
}

/**
 * The whole of an aggregate's behaviour, as three pure functions.
 *
 * - `decide` says what happens: the new events, none when nothing happens, or a thrown DomainError when the rule
 *   says no. Time, ids and randomness come in with the command.
 * - `evolve` remembers it: it never throws and ignores events that it does not know.
 */
export interface Decider<State, Command, Event extends DomainEvent> {
  initialState(): State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** The state that a sequence of events leads to, starting from `from` (the initial state unless told). */
export function replay<State, Event extends DomainEvent>(
  decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>,
  events: Iterable<Event>,
  from: State = decider.initialState(),
): State {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}

/** Ends an exhaustive `switch`: fails to compile when a case is missing, and says which one at run time. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`);
}
