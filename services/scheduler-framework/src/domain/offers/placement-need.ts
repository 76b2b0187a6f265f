import type { RunSpec } from '@carillon/contracts';
import { type CompiledConstraint, compileConstraints } from './constraints.js';
import { type Quantities, quantities } from './quantities.js';
import type { NeededVolume, VolumeOwner } from '../volumes/persistent-volume.js';
import { compileSpread, type SpreadRule } from './spread.js';

/** What a run asks of an agent. Runs with the same `shape` ask for the same. */
export interface PlacementNeed {
  readonly shape: string;
  readonly quantities: Quantities;
  readonly ports: number;
  readonly constraints: readonly CompiledConstraint[];
  /** What depends on the other active runs of the job. */
  readonly spread: readonly SpreadRule[];
  /** A run of a higher one is placed first. */
  readonly priority: number;
  /** Whether agents outside the master's own region will do. */
  readonly anyRegion: boolean;
  readonly volumes?: VolumesNeed;
}

/** Persistent volumes: those of one job. */
export interface VolumesNeed {
  readonly uid: string;
  readonly owner: VolumeOwner;
  readonly wanted: readonly NeededVolume[];
}

/** The need of a run whose job has these volumes. */
export const withVolumes = (need: PlacementNeed, volumes: VolumesNeed): PlacementNeed => ({
  ...need,
  shape: JSON.stringify([need.shape, volumes.wanted.map(({ persistenceId }) => persistenceId)]),
  volumes,
});

/** What this revision's runs ask for, of which `overhead` is for whatever carries them. */
export function placementNeed(run: RunSpec): PlacementNeed {
  const needed = quantities(run);
  const { constraints } = run.placement;
  const ports = run.ports ?? 0;
  return {
    shape: JSON.stringify([needed.cpus, needed.mem, needed.disk, needed.gpus, ports, constraints]),
    quantities: needed,
    ports,
    constraints: compileConstraints(constraints),
    spread: compileSpread(constraints),
    priority: run.priority ?? 0,
    anyRegion: constraints.some(({ attribute }) => attribute === '@region' || attribute === '@zone'),
  };
}
