import type { RunSpec } from '@carillon/contracts';
import { type CompiledConstraint, compileConstraints } from './constraints.js';
import { type Quantities, quantities } from './quantities.js';

/** What a run asks of an agent. Runs with the same `shape` ask for the same. */
export interface PlacementNeed {
  readonly shape: string;
  readonly quantities: Quantities;
  readonly constraints: readonly CompiledConstraint[];
  /** Whether agents outside the master's own region will do. */
  readonly anyRegion: boolean;
}

/** What this revision's runs ask for, of which `overhead` is for whatever carries them. */
export function placementNeed(run: RunSpec): PlacementNeed {
  const needed = quantities(run);
  const { constraints } = run.placement;
  return {
    shape: JSON.stringify([needed.cpus, needed.mem, needed.disk, needed.gpus, constraints]),
    quantities: needed,
    constraints: compileConstraints(constraints),
    anyRegion: constraints.some(({ attribute }) => attribute === '@region' || attribute === '@zone'),
  };
}
