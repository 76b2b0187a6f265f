/**
 * What was compiled, by zone and text, shared by all equal ones. Distinct ones are few where schedules are many; where they
 * would weigh more than `limit` everything is forgotten, so that hostile input costs time, not memory.
 */
export class ScheduleCache<V> {
  readonly #limit: number;
  readonly #zones = new Map<string, Map<string, V>>();
  #weight = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(timezone: string, text: string): V | undefined {
    return this.#zones.get(timezone)?.get(text);
  }

  set(timezone: string, text: string, value: V, weight = 1): void {
    if (this.#weight + weight > this.#limit) {
      this.#zones.clear();
      this.#weight = 0;
    }
    const zone = this.#zones.get(timezone) ?? new Map<string, V>();
    this.#zones.set(timezone, zone.set(text, value));
    this.#weight += weight;
  }
}
