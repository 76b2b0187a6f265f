/** What has been started, to be stopped in the opposite order. */
export class Undo {
  #steps: (() => Promise<unknown>)[] = [];

  push(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Takes every step, the last first; a failed one does not keep the others from being taken. Safe to call twice. */
  async all(): Promise<void> {
    const steps = this.#steps.reverse();
    this.#steps = [];
    const failures: unknown[] = [];
    for (const step of steps) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} parts did not stop cleanly`);
  }

  /** Takes every step because of `error`, and throws it, together with what failed on the way back. */
  async after(error: unknown): Promise<never> {
    await this.all().catch((failure: unknown) => {
      throw new AggregateError([error, failure], 'Carillon did not start');
    });
    throw error;
  }
}
