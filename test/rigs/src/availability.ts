/**
 * Whether a test may skip what needs a missing dependency: on a laptop it skips and says so, in CI it is an error.
 * `missing` is the reason with its remedy, undefined when nothing is missing.
 */
export function skipsBecause(what: string, missing: string | undefined): boolean {
  if (missing === undefined) return false;
  if (process.env.CI) throw new Error(`${what} is needed in CI: ${missing}`);
  process.stderr.write(`\nSKIPPED ${what}: ${missing}\n`);
  return true;
}
