export const DAY = 86_400_000;
export const BATCH = 1_000;
export const CLAIMERS = 2;

/** Fires some batches of what is due; false when nothing is left. */
export type Leg = (batches: number) => Promise<boolean>;

/** So many batches by each, at the same time. */
export async function each<T>(
  claimers: readonly T[],
  batches: number,
  batch: (by: T) => Promise<number>,
): Promise<boolean> {
  const full = await Promise.all(
    claimers.map(async (claimer) => {
      for (let done = 0; done < batches; done++) if ((await batch(claimer)) < BATCH) return false;
      return true;
    }),
  );
  return full.every(Boolean);
}
