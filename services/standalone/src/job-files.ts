import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { invalid } from '@carillon/event-sourcing';
import { parseAllDocuments } from 'yaml';

/** A job as a file says it, not yet validated, with where it stands for messages. */
export interface JobDocument {
  readonly source: string;
  readonly body: unknown;
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/**
 * The jobs in files and folders (all levels, in order of name): each document is one job or a list of jobs in
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
  const found = await stat(path).catch(() => undefined);
  if (!found) throw invalid('jobFileMissing', `There is no job file or folder ${path}`, { path });
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => EXTENSIONS.includes(extname(name)))
    .sort()
    .map((name) => join(path, name));
}

async function readJobFile(file: string): Promise<JobDocument[]> {
  // YAML 1.2 contains JSON, so one parser reads both.
  const parsed = parseAllDocuments(await readFile(file, 'utf8'));
  const documents = 'empty' in parsed ? [] : parsed;
  const bodies = documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw invalid('jobFileUnreadable', `${file}: ${firstLine(error.message)}`, { file });
    const body: unknown = document.toJS();
    return Array.isArray(body) ? (body as unknown[]) : [body];
  });
  return bodies.map((body, index) => ({ source: bodies.length > 1 ? `${file}#${index + 1}` : file, body }));
}

/** What is wrong and where; the rest of the message draws it. */
const firstLine = (message: string) => (message.split('\n', 1)[0] ?? message).replace(/:$/, '');
