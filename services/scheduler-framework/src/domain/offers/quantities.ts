/** Scalars in thousandths, as Mesos itself counts: sums and comparisons are exact. */
export interface Quantities {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
}

export type ScalarName = keyof Quantities;
export const SCALARS: readonly ScalarName[] = ['cpus', 'mem', 'disk', 'gpus'];

export const thousandths = (value: number): number => Math.round(value * 1_000);
export const units = (value: number): number => value / 1_000;

export const quantities = (of: { cpus: number; mem: number; disk: number; gpus: number }): Quantities => ({
  cpus: thousandths(of.cpus),
  mem: thousandths(of.mem),
  disk: thousandths(of.disk),
  gpus: thousandths(of.gpus),
});

export const fits = (need: Quantities, free: Quantities): boolean =>
  need.cpus <= free.cpus && need.mem <= free.mem && need.disk <= free.disk && need.gpus <= free.gpus;
