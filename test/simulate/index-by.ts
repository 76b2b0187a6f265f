interface Item {
  readonly at: number;
  readonly key: string;
}

/** Keys by a number, the lowest first. A heap whose outdated items are passed over, and dropped when they come up. */
export class IndexBy {
  readonly #current = new Map<string, number>();
  #heap: Item[] = [];

  set(key: string, at: number | undefined): void {
    if (at === undefined) {
      this.#current.delete(key);
      return;
    }
    if (this.#current.get(key) === at) return;
    this.#current.set(key, at);
    this.#push({ at, key });
    if (this.#heap.length > 64 + 4 * this.#current.size) this.#sweep();
  }

  first(): number | undefined {
    for (let item = this.#heap[0]; item; item = this.#heap[0]) {
      if (this.#holds(item)) return item.at;
      this.#pop();
    }
    return undefined;
  }

  /** Ascending, as they were at the call. */
  *upTo(limit: number): Iterable<string> {
    const taken: Item[] = [];
    try {
      for (let item = this.#heap[0]; item && item.at <= limit; item = this.#heap[0]) {
        this.#pop();
        if (!this.#holds(item) || taken.at(-1)?.key === item.key) continue;
        taken.push(item);
        yield item.key;
      }
    } finally {
      for (const item of taken) this.#push(item);
    }
  }

  #holds({ key, at }: Item): boolean {
    return this.#current.get(key) === at;
  }

  #sweep(): void {
    const items = [...this.#current].map(([key, at]) => ({ key, at }));
    this.#heap = items.sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #push(item: Item): void {
    const heap = this.#heap;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Item;
      if (!isBefore(item, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Item;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Item, heap[child] as Item)) child += 1;
      const below = heap[child] as Item;
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

const isBefore = (a: Item, b: Item) => a.at < b.at || (a.at === b.at && a.key < b.key);
