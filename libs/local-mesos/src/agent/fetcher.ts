import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { CommandUri } from '@carillon/mesos';

const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/**
 * Mesos's fetcher for file and http(s) URIs; extracting is left to the command's process. Throws with the reason, soon
 * after it was stopped as well.
 */
export async function fetchUris(
  uris: readonly CommandUri[],
  sandbox: string,
  stopped?: AbortSignal,
): Promise<void> {
  await mkdir(sandbox, { recursive: true });
  for (const uri of uris) {
    stopped?.throwIfAborted();
    const target = join(sandbox, fileNameOf(uri));
    await mkdir(dirname(target), { recursive: true });
    if (/^https?:/i.test(uri.value)) await download(uri.value, target, stopped);
    else await copyLocal(localPath(uri.value), target, stopped);
    if (uri.executable === true) await chmod(target, 0o755);
  }
}

/** Below the sandbox, never outside of it. */
export function fileNameOf({ value, outputFile }: CommandUri): string {
  if (outputFile !== undefined && outputFile !== '') {
    const name = normalize(outputFile);
    if (isAbsolute(name) || name.startsWith('..'))
      throw new Error(`output file '${outputFile}' is not in the sandbox`);
    return name;
  }
  const path = /^[a-z]+:/i.test(value) ? new URL(value).pathname : value;
  const name = decodeURIComponent(basename(path));
  if (name === '' || name === '.' || name === '..' || name.includes('/'))
    throw new Error(`'${value}' names no file`);
  return name;
}

/** As Mesos decides: by its name, unless it is only to be executed. */
export function isArchive(uri: CommandUri): boolean {
  if (uri.extract === false || uri.executable === true) return false;
  return /\.(tar|tgz|tbz2|txz|gz|zip|tar\.(gz|bz2|xz))$/.test(fileNameOf(uri));
}

function localPath(value: string): string {
  if (value.startsWith('file:')) return fileURLToPath(value);
  if (isAbsolute(value)) return value;
  throw new Error(`'${value}' is neither an absolute path nor a file or http URI`);
}

/** Not a pipe or a device: one whose other end is silent would hold a thread of this process for ever. */
async function copyLocal(path: string, target: string, stopped: AbortSignal | undefined): Promise<void> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error(`'${path}' is not a file`);
  const options = stopped === undefined ? {} : { signal: stopped };
  // The kernel's own copy of a large file could not be stopped.
  const written = createWriteStream(target, { mode: found.mode });
  await pipeline(createReadStream(path), written, options).catch((error: unknown) => {
    stopped?.throwIfAborted();
    throw error;
  });
}

async function download(url: string, target: string, stopped: AbortSignal | undefined): Promise<void> {
  const tooLate = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  const signal = stopped === undefined ? tooLate : AbortSignal.any([stopped, tooLate]);
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null)
    throw new Error(`${url}: ${response.status} ${response.statusText}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}
