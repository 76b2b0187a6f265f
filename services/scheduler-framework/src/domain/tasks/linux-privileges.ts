import type { LinuxCapability, LinuxInfo } from '@carillon/mesos';

const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID'],
  ...['SETPCAP', 'LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK'],
  ...[
    'IPC_OWNER',
    'SYS_MODULE',
    'SYS_RAWIO',
    'SYS_CHROOT',
    'SYS_PTRACE',
    'SYS_PACCT',
    'SYS_ADMIN',
    'SYS_BOOT',
  ],
  ...['SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE'],
  ...['AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND'],
  'AUDIT_READ',
] as const satisfies readonly LinuxCapability[];

/**
 * What `docker run --privileged` comes to with Mesos's own containerizer: every capability, and no seccomp. Agents grant
 * what they allow (`--bounding_capabilities`), and fail the task where that is less.
 */
export const PRIVILEGED: LinuxInfo = {
  effectiveCapabilities: { capabilities: CAPABILITIES },
  boundingCapabilities: { capabilities: CAPABILITIES },
  seccomp: { unconfined: true },
};
