/**
 * Compiled schedules by zone and expression, shared by all equal ones. Distinct ones are few where schedules are many; at
 * `limit` everything is forgotten, so that hostile input costs time, not memory.
 */
export class ScheduleCache<V> {
  readonly #limit: number;
  readonly #zones = new Map<string, Map<string, V>>();
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(timezone: string, cron: string): V | undefined {
    return this.#zones.get(timezone)?.get(cron);
  }

  set(timezone: string, cron: string, value: V): void {
    if (this.#size >= this.#limit) {
      this.#zones.clear();
      this.#size = 0;
    }
    const zone = this.#zones.get(timezone) ?? new Map<string, V>();
    this.#zones.set(timezone, zone.set(cron, value));
    this.#size++;
  }
}
