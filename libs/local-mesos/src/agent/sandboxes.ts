import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface SandboxLimits {
  readonly maxAgeMs: number;
  /** Of tasks that have ended and been acknowledged. */
  readonly maxCount: number;
  /** All of them together. */
  readonly maxBytes: number;
}

interface Ended {
  readonly path: string;
  readonly at: number;
  /** Undefined: not measured yet. */
  bytes?: number;
}

/** At a time; making files is slow on ext4 while many have just been deleted. */
const REMOVE_AT_ONCE = 50;
const COLLECT_EVERY_MS = 10_000;
const MEASURE_AT_ONCE = 200;
/** Of all that are there, where that is more: however many tasks end in a second, what they leave does not grow for ever. */
const PART_AT_ONCE = 1 / 20;
/** A sandbox with more files than this counts as if it had no others. */
const MEASURE_MAX_FILES = 10_000;

/** One folder per task, `<framework id>/<task id>.<start of the container id>`; the old ones are removed. */
export class Sandboxes {
  readonly root: string;
  readonly #limits: SandboxLimits;
  readonly #known = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #ended: Ended[] = [];
  #collecting: Promise<void> | undefined;

  constructor(root: string, limits: SandboxLimits) {
    this.root = root;
    this.#limits = limits;
    mkdirSync(root, { recursive: true });
    this.#timer = setInterval(() => void this.collect(Date.now()), COLLECT_EVERY_MS).unref();
  }

  /** The path for a new task; its parent exists. */
  pathFor(frameworkId: string, taskId: string, containerId: string): string {
    const folder = join(this.root, frameworkId);
    if (!this.#known.has(folder)) {
      mkdirSync(folder, { recursive: true });
      this.#known.add(folder);
    }
    return join(folder, sandboxName(taskId, containerId));
  }

  /** Of a task that may be long forgotten: its newest. */
  find(frameworkId: string, taskId: string): string | undefined {
    const folder = join(this.root, frameworkId);
    const [newest] = listed(folder)
      .filter((name) => name === sandboxName(taskId, name.slice(-8)))
      .map((name) => ({ path: join(folder, name), at: modifiedAt(join(folder, name)) }))
      .toSorted((a, b) => b.at - a.at);
    return newest?.path;
  }

  /** What is on disk from before, except what is still in use. */
  restore(inUse: ReadonlySet<string>): void {
    const paths = listed(this.root).flatMap((framework) =>
      listed(join(this.root, framework)).map((name) => join(this.root, framework, name)),
    );
    const ended = paths.filter((path) => !inUse.has(path)).map((path) => ({ path, at: modifiedAt(path) }));
    this.#ended = ended.toSorted((a, b) => a.at - b.at);
  }

  ended(path: string, at: number): void {
    this.#ended.push({ path, at });
  }

  /** Resolves when what was found too old or too many, up to a bound, is removed. */
  collect(now: number): Promise<void> {
    this.#collecting ??= this.#collect(now).finally(() => {
      this.#collecting = undefined;
    });
    return this.#collecting;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#collecting;
  }

  async #collect(now: number): Promise<void> {
    const part = Math.ceil(this.#ended.length * PART_AT_ONCE);
    const unmeasured = this.#ended.filter(({ bytes }) => bytes === undefined);
    for (const ended of unmeasured.slice(0, Math.max(MEASURE_AT_ONCE, part))) {
      ended.bytes = await sizeOf(ended.path);
    }
    let tooMany = this.#ended.length - this.#limits.maxCount;
    let bytes = this.#ended.reduce((sum, ended) => sum + (ended.bytes ?? 0), 0);
    let count = 0;
    for (const oldest of this.#ended.slice(0, Math.max(REMOVE_AT_ONCE, part))) {
      const tooOld = now - oldest.at > this.#limits.maxAgeMs;
      if (!tooOld && tooMany <= 0 && bytes <= this.#limits.maxBytes) break;
      count += 1;
      tooMany -= 1;
      bytes -= oldest.bytes ?? 0;
    }
    for (const { path } of this.#ended.splice(0, count)) await rm(path, { recursive: true, force: true });
  }
}

async function sizeOf(path: string): Promise<number> {
  let bytes = 0;
  const folders = [path];
  for (let files = 0; folders.length > 0 && files < MEASURE_MAX_FILES; ) {
    const folder = folders.pop() ?? '';
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      files += 1;
      if (files > MEASURE_MAX_FILES) break;
      const inside = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(inside);
      else if (entry.isFile()) bytes += (await stat(inside).catch(() => undefined))?.size ?? 0;
    }
  }
  return bytes;
}

// The container's id keeps a task id that is used again apart from before; names may have 255 bytes.
function sandboxName(taskId: string, containerId: string): string {
  const suffix = `.${containerId.slice(0, 8)}`;
  let name = taskId;
  while (Buffer.byteLength(name) + suffix.length > 255) name = name.slice(0, -1);
  return `${name}${suffix}`;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // removed meanwhile, or never made
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
