import type { Unrecognized } from './ids.js';

/** As in capabilities(7), without `CAP_`. */
export type LinuxCapability =
  | 'UNKNOWN'
  | 'CHOWN'
  | 'DAC_OVERRIDE'
  | 'DAC_READ_SEARCH'
  | 'FOWNER'
  | 'FSETID'
  | 'KILL'
  | 'SETGID'
  | 'SETUID'
  | 'SETPCAP'
  | 'LINUX_IMMUTABLE'
  | 'NET_BIND_SERVICE'
  | 'NET_BROADCAST'
  | 'NET_ADMIN'
  | 'NET_RAW'
  | 'IPC_LOCK'
  | 'IPC_OWNER'
  | 'SYS_MODULE'
  | 'SYS_RAWIO'
  | 'SYS_CHROOT'
  | 'SYS_PTRACE'
  | 'SYS_PACCT'
  | 'SYS_ADMIN'
  | 'SYS_BOOT'
  | 'SYS_NICE'
  | 'SYS_RESOURCE'
  | 'SYS_TIME'
  | 'SYS_TTY_CONFIG'
  | 'MKNOD'
  | 'LEASE'
  | 'AUDIT_WRITE'
  | 'AUDIT_CONTROL'
  | 'SETFCAP'
  | 'MAC_OVERRIDE'
  | 'MAC_ADMIN'
  | 'SYSLOG'
  | 'WAKE_ALARM'
  | 'BLOCK_SUSPEND'
  | 'AUDIT_READ';

export interface CapabilityInfo {
  readonly capabilities: readonly (LinuxCapability | Unrecognized)[];
}

export interface LinuxInfo {
  readonly boundingCapabilities?: CapabilityInfo;
  readonly effectiveCapabilities?: CapabilityInfo;
  /** Older name of effectiveCapabilities. */
  readonly capabilityInfo?: CapabilityInfo;
  readonly sharePidNamespace?: boolean;
  readonly seccomp?: { readonly profileName?: string; readonly unconfined?: boolean };
  readonly ipcMode?: 'UNKNOWN' | 'PRIVATE' | 'SHARE_PARENT' | Unrecognized;
  /** Megabytes. */
  readonly shmSize?: number;
  /** Default true. */
  readonly shareCgroups?: boolean;
}

export type RLimitType =
  | 'UNKNOWN'
  | `RLMT_${'AS' | 'CORE' | 'CPU' | 'DATA' | 'FSIZE' | 'LOCKS' | 'MEMLOCK' | 'MSGQUEUE'}`
  | `RLMT_${'NICE' | 'NOFILE' | 'NPROC' | 'RSS' | 'RTPRIO' | 'RTTIME' | 'SIGPENDING' | 'STACK'}`;

/** Neither limit: unlimited. */
export interface RLimit {
  readonly type?: RLimitType | Unrecognized;
  readonly hard?: number;
  readonly soft?: number;
}
