import { constants } from 'node:os';

const SIGNAL_TEXTS: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
};

export function succeeded(waitStatus: number): boolean {
  return waitStatus === 0;
}

/** The sentence of Mesos's command executor for a status of waitpid(2). */
export function describeWaitStatus(waitStatus: number): string {
  const signal = waitStatus & 0x7f;
  if (signal === 0) return `Command exited with status ${waitStatus >> 8}`;
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  const text = (name === undefined ? undefined : SIGNAL_TEXTS[name]) ?? name ?? `Unknown signal ${signal}`;
  return `Command terminated with signal ${text}${(waitStatus & 0x80) === 0 ? '' : ' (core dumped)'}`;
}
