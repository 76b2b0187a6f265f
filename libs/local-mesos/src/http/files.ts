import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import type { Cluster } from '../cluster.js';

/** Of what is asked for at once; Mesos's limit is 16 pages of memory as well. */
const MAX_READ_BYTES = 16 * 4096;

export interface FileRefusal {
  readonly status: 400 | 404;
  readonly body: string;
}

export interface FoundFile {
  /** As it was asked for. */
  readonly path: string;
  readonly realPath: string;
  readonly stats: Stats;
}

/** The files of sandboxes, by their real path or as `/frameworks/F/executors/E/runs/latest`; nothing else. */
export class SandboxFiles {
  readonly #root: string;
  readonly #cluster: Cluster;
  readonly #find: (frameworkId: string, taskId: string) => string | undefined;

  constructor(
    root: string,
    cluster: Cluster,
    find: (frameworkId: string, taskId: string) => string | undefined,
  ) {
    this.#root = root;
    this.#cluster = cluster;
    this.#find = find;
  }

  find(path: string): FoundFile | FileRefusal {
    const asked = this.#resolve(path);
    if (asked === undefined) return { status: 404, body: '' };
    let realPath: string;
    try {
      realPath = realpathSync(asked);
    } catch {
      return { status: 404, body: '' };
    }
    if (
      realPath.split(sep).length < this.#rootDepth ||
      !realPath.startsWith(`${realpathSync(this.#root)}${sep}`)
    ) {
      return inaccessible(path);
    }
    const stats = statSync(realPath, { throwIfNoEntry: false });
    return stats === undefined ? { status: 404, body: '' } : { path, realPath, stats };
  }

  list(path: string): readonly FoundFile[] | FileRefusal {
    const folder = this.find(path);
    if ('status' in folder) return folder;
    if (!folder.stats.isDirectory()) return [];
    const names = attempted(() => readdirSync(folder.realPath).sort());
    if (names === undefined) return inaccessible(path);
    return names.flatMap((name) => {
      const realPath = join(folder.realPath, name);
      const stats = statSync(realPath, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ path: join(path, name), realPath, stats }];
    });
  }

  /** From `offset`, at most `length` bytes and at most 64 KiB; without a length, all up to that. */
  read(
    path: string,
    offset: number,
    length: number | undefined,
  ): { size: number; data: Buffer } | FileRefusal {
    const file = this.find(path);
    if ('status' in file) return file;
    if (file.stats.isDirectory()) return { status: 400, body: 'Cannot read a directory.\n' };
    const { size } = file.stats;
    const wanted = Math.max(0, Math.min(length ?? MAX_READ_BYTES, MAX_READ_BYTES, size - offset));
    const data = attempted(() => readPart(file, offset, wanted));
    return data === undefined ? inaccessible(path) : { size, data };
  }

  // <root>/<framework>/<sandbox>: what is above a sandbox is not shown.
  get #rootDepth(): number {
    return realpathSync(this.#root).split(sep).length + 2;
  }

  #resolve(path: string): string | undefined {
    const virtual = /^\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/([^/]+)(\/.*)?$/.exec(path);
    if (virtual === null) return path.startsWith(`${this.#root}${sep}`) ? path : undefined;
    const [, frameworkId = '', taskId = '', , rest = ''] = virtual;
    const known = this.#cluster.tasks.get(frameworkId, taskId)?.launched.sandbox;
    const sandbox = known ?? this.#find(frameworkId, taskId);
    return sandbox === undefined ? undefined : `${sandbox}${rest}`;
  }
}

const inaccessible = (path: string): FileRefusal => ({ status: 400, body: `'${path}' is inaccessible.\n` });

/** Undefined when it fails: the file has gone meanwhile, or is not for this user to read. */
function attempted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Throws for what is no file: opening a pipe waits for somebody who writes into it. */
function readPart({ realPath, stats }: FoundFile, offset: number, length: number): Buffer {
  if (!stats.isFile()) throw new Error(`${realPath} is no file`);
  const data = Buffer.alloc(length);
  if (length === 0) return data;
  const fd = openSync(realPath, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return data.subarray(0, readSync(fd, data, 0, length, offset));
  } finally {
    closeSync(fd);
  }
}

/** `drwxr-xr-x` */
export function modeText({ mode }: Stats): string {
  const kind = (mode & 0o170000) === 0o040000 ? 'd' : '-';
  const bits = Array.from('rwxrwxrwx', (letter, n) => ((mode & (0o400 >> n)) === 0 ? '-' : letter));
  return kind + bits.join('');
}
