import type { Secret } from './common.js';
import type { Unrecognized } from './ids.js';

export interface EnvironmentVariable {
  readonly name: string;
  readonly type?: 'UNKNOWN' | 'VALUE' | 'SECRET' | Unrecognized;
  readonly value?: string;
  readonly secret?: Secret;
}

export interface Environment {
  readonly variables: readonly EnvironmentVariable[];
}

export interface CommandUri {
  readonly value: string;
  readonly executable?: boolean;
  /** Default true. */
  readonly extract?: boolean;
  readonly cache?: boolean;
  readonly outputFile?: string;
}

export interface CommandInfo {
  readonly uris?: readonly CommandUri[];
  readonly environment?: Environment;
  /** Default true: `value` is given to `/bin/sh -c`. False: `value` is executed with `arguments` as its argv. */
  readonly shell?: boolean;
  readonly value?: string;
  readonly arguments?: readonly string[];
  readonly user?: string;
}
