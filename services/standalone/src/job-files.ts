import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { invalid } from '@carillon/event-sourcing';
import { type Document, isScalar, parseAllDocuments } from 'yaml';

/** A job as a file says it, not yet validated, with where it stands for messages. */
export interface JobDocument {
  readonly source: string;
  readonly body: unknown;
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/**
 * The jobs in files and folders (all levels, in order of name; nothing whose name begins with a dot): each document is one job or a list of jobs in
 * Metronome's format. Throws `invalid` naming the file when it cannot be read or parsed.
 */
export async function readJobFiles(paths: readonly string[]): Promise<JobDocument[]> {
  const documents: JobDocument[] = [];
  for (const path of paths) {
    for (const file of await filesOf(path)) documents.push(...(await readJobFile(file)));
  }
  return documents;
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code !== 'ENOENT') throw unreadable(path, error);
    throw invalid('jobFileMissing', `There is no job file or folder ${path}`, { path });
  });
  return found.isDirectory() ? filesIn(path, []) : [path];
}

/** `above`: the folders that lead here, as a link may lead back to one of them. */
async function filesIn(folder: string, above: readonly string[]): Promise<string[]> {
  const real = await realpath(folder);
  if (above.includes(real)) return [];
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const files: string[] = [];
  for (const name of names.sort()) {
    if (name.startsWith('.')) continue; // of editors, and what Kubernetes' volumes are made of
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) files.push(...(await filesIn(path, [...above, real])));
    else if (EXTENSIONS.includes(extname(name))) files.push(path);
  }
  return files;
}

async function readJobFile(file: string): Promise<JobDocument[]> {
  let bodies: unknown[];
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
    // YAML 1.2 contains JSON, so one parser reads both.
    const parsed = parseAllDocuments(text);
    bodies = ('empty' in parsed ? [] : parsed).flatMap(bodiesOf);
  } catch (error) {
    throw unreadable(file, error);
  }
  return bodies.map((body, index) => ({ source: bodies.length > 1 ? `${file}#${index + 1}` : file, body }));
}

function bodiesOf(document: Document.Parsed): unknown[] {
  const [error] = document.errors;
  if (error) throw error;
  const { contents } = document;
  if (isScalar(contents) && contents.value === null && contents.source === '') return []; // after a last ---
  const body: unknown = document.toJS();
  return Array.isArray(body) ? (body as unknown[]) : [body];
}

function unreadable(file: string, error: unknown): Error {
  const why = error instanceof Error ? firstLine(error.message) : String(error);
  return invalid('jobFileUnreadable', `${file}: ${why}`, { file });
}

/** What is wrong and where; the rest of the message draws it. */
const firstLine = (message: string) => (message.split('\n', 1)[0] ?? message).replace(/:$/, '');
