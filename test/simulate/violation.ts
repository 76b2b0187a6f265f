/** A guarantee that does not hold. */
export class Violation extends Error {
  readonly guarantee: string;

  constructor(guarantee: string, details: string) {
    super(`${guarantee}: ${details}`);
    this.name = 'Violation';
    this.guarantee = guarantee;
  }
}

/** What was thrown, which in this code is always an Error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

export function holds(condition: boolean, guarantee: string, details: () => string): asserts condition {
  if (!condition) throw new Violation(guarantee, details());
}
