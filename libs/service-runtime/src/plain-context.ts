import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * OpenTelemetry's own makes three functions and a map for each context, and assigns the functions to its properties: V8
 * allocates such functions among the old objects, where they keep spans alive until the next full collection. This one
 * holds one value, or the next that does.
 */
class PlainContext implements Context {
  readonly #key: symbol | undefined;
  readonly #value: unknown;
  readonly #rest: PlainContext | undefined;

  constructor(key?: symbol, value?: unknown, rest?: PlainContext) {
    this.#key = key;
    this.#value = value;
    this.#rest = rest;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#rest?.getValue(key);
  }

  setValue(key: symbol, value: unknown): PlainContext {
    return new PlainContext(key, value, this.deleteValue(key));
  }

  deleteValue(key: symbol): PlainContext {
    if (key === this.#key) return this.#rest ?? ROOT;
    const rest = this.#rest?.deleteValue(key);
    return rest === this.#rest ? this : new PlainContext(this.#key, this.#value, rest);
  }
}

/** Has no values. */
export const ROOT = new PlainContext();

/** The context that is in force here. */
export function activeContext(): Context {
  const active = context.active();
  return active === ROOT_CONTEXT ? ROOT : active;
}
