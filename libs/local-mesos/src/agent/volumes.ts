import { chownSync, lstatSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { LaunchedTask } from '../state/records.js';

export interface VolumePlace {
  readonly agentId: string;
  readonly role: string;
  readonly id: string;
}

/** Persistent volumes: a folder each, kept until it is destroyed. */
export class Volumes {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  create(place: VolumePlace): void {
    mkdirSync(this.pathOf(place), { recursive: true });
  }

  destroy(place: VolumePlace): void {
    rmSync(this.pathOf(place), { recursive: true, force: true });
  }

  /**
   * Those of the task, as links in its sandbox, owned by whom that is owned by. As Mesos's posix isolator: an absolute
   * path cannot be had without a root of its own, and is left out.
   */
  mount({ info, sandbox }: LaunchedTask): void {
    for (const { disk, reservations, role } of info.resources) {
      if (disk?.persistence === undefined || disk.volume === undefined) continue;
      const reservedFor = reservations?.at(-1)?.role ?? role ?? '*';
      const path = this.pathOf({ agentId: info.agentId.value, role: reservedFor, id: disk.persistence.id });
      const link = resolve(sandbox, disk.volume.containerPath);
      const inside = relative(sandbox, link);
      if (isAbsolute(disk.volume.containerPath) || inside === '' || inside.startsWith('..')) continue;
      mkdirSync(dirname(link), { recursive: true });
      const { uid, gid } = statSync(sandbox);
      chownSync(path, uid, gid);
      // Of a launcher that did not come to begin the task.
      if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(link);
      symlinkSync(path, link);
    }
  }

  pathOf({ agentId, role, id }: VolumePlace): string {
    return join(this.#root, agentId, 'roles', role, id);
  }
}

export function hasVolumes({ info }: LaunchedTask): boolean {
  return info.resources.some(({ disk }) => disk?.persistence !== undefined);
}
