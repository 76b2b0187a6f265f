import { execFile } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stat } from 'node:fs/promises';
import { unavailable } from '@carillon/event-sourcing';

const run = promisify(execFile);

/** The user a server started by root runs as; undefined means: as ourselves. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root hands over to `postgres`, or to `nobody` where there is none. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined);
    if (ids) return { name, uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw unavailable(
    'postgresUserMissing',
    'PostgreSQL refuses to run as root and there is no user "postgres" or "nobody": start as an ordinary user, or name a database with --database <url>.',
  );
}

/** Refuses, with the fix in one sentence, a folder that `user` cannot reach because of a parent's permissions. */
export async function requireReachable(path: string, user: ServerUser): Promise<void> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw unavailable(
        'postgresFolderUnreachable',
        `PostgreSQL refuses to run as root, and the user "${user.name}" that it would run as may not enter ${folder} (on the way to ${path}): start as an ordinary user, use folders outside ${folder}, or name a database with --database <url>.`,
        undefined,
        { folder, user: user.name },
      );
    }
    if (folder === dirname(folder)) return;
  }
}
