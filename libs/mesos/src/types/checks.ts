import type { CommandInfo } from './command.js';
import type { Unrecognized } from './ids.js';

export type CheckType = 'UNKNOWN' | 'COMMAND' | 'HTTP' | 'TCP' | Unrecognized;

/** A check whose result is reported and not judged. Seconds; default 15, 10 and 20. */
export interface CheckInfo {
  readonly type?: CheckType;
  readonly command?: { readonly command: CommandInfo };
  readonly http?: { readonly port: number; readonly path?: string };
  readonly tcp?: { readonly port: number };
  readonly delaySeconds?: number;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
}

export interface CheckStatusInfo {
  readonly type?: CheckType;
  readonly command?: { readonly exitCode?: number };
  readonly http?: { readonly statusCode?: number };
  readonly tcp?: { readonly succeeded?: boolean };
}

/** A check after whose failures the task is killed. Seconds; default 15, 10, 20 and, of grace, 10. */
export interface HealthCheck {
  readonly type?: CheckType;
  readonly delaySeconds?: number;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  /** Default 3. */
  readonly consecutiveFailures?: number;
  readonly gracePeriodSeconds?: number;
  readonly command?: CommandInfo;
  readonly http?: {
    readonly protocol?: 'IPv4' | 'IPv6' | Unrecognized;
    readonly scheme?: string;
    readonly port: number;
    readonly path?: string;
    readonly statuses?: readonly number[];
  };
  readonly tcp?: { readonly protocol?: 'IPv4' | 'IPv6' | Unrecognized; readonly port: number };
}
