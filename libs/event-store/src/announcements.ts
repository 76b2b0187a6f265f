/** Signals within this process, by topic. They carry nothing: whoever hears one looks for itself. */
export class Announcements {
  readonly #listeners = new Map<string, Set<() => void>>();

  announce(topic: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  /** Returns the function that ends it. */
  on(topic: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }
}
