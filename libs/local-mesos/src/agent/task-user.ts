import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  lstatSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { StartRequest } from '../launcher/launcher.js';

interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** util-linux's; it becomes the command, so no process stays between. */
const SETPRIV = '/usr/bin/setpriv';

const OWN_USER = ownUser();

// A container may run as a user that has no name.
function ownUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/** Why no command can be run as this user; undefined: it can. Only root may run commands as somebody else. */
export function unusableUser(name: string | undefined): string | undefined {
  if (name === undefined || name === OWN_USER) return undefined;
  if (process.getuid?.() !== 0) {
    return `it is to run as '${name}', and local Mesos, not being root, runs everything as '${OWN_USER}'`;
  }
  if (findUser(name) === undefined) return `Failed to get the user '${name}': no such user`;
  try {
    accessSync(SETPRIV, constants.X_OK);
    return undefined;
  } catch {
    return `it is to run as '${name}', and ${SETPRIV} is not there`;
  }
}

/** The same command as that user, with the groups of that user. */
export function asUser<T extends Pick<StartRequest, 'file' | 'argv'>>(
  request: T,
  name: string | undefined,
): T {
  const user = otherUser(name);
  if (user === undefined) return request;
  const { uid, gid } = user;
  const argv = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--', request.file];
  return { ...request, file: SETPRIV, argv: [...argv, ...request.argv.slice(1)] };
}

/** The sandbox, and what was fetched into it, belong to the user; stdout and stderr are there to be written. */
export function giveSandboxTo(name: string | undefined, sandbox: string): void {
  const user = otherUser(name);
  if (user === undefined) return;
  mkdirSync(sandbox, { recursive: true });
  chmodSync(sandbox, 0o755);
  own(sandbox, user);
}

function own(path: string, user: SystemUser): void {
  if (!lstatSync(path).isDirectory()) {
    lchownSync(path, user.uid, user.gid);
    return;
  }
  chownSync(path, user.uid, user.gid);
  for (const name of readdirSync(path)) own(join(path, name), user);
}

function otherUser(name: string | undefined): SystemUser | undefined {
  return name === undefined || name === OWN_USER || process.getuid?.() !== 0 ? undefined : findUser(name);
}

function findUser(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) };
}
