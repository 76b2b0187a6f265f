import { hash } from 'node:crypto';

/**
 * Metronome's form: `<job id with _ for .>_<run id>.<uuid>`. The UUID is a function (RFC 9562 version 8, from SHA-256)
 * of job uid, run and attempt instead of the time: an attempt has one id however often its launch is decided, so a
 * repeated ACCEPT would collide at the master instead of starting a second task, and a task of ours that Mesos reports
 * can be told from its id.
 */
export function taskIdOf({
  jobId,
  uid,
  runId,
  attempt,
}: {
  jobId: string;
  uid: string;
  runId: string;
  attempt: number;
}) {
  // In one piece, for JSON.stringify: ADR 8.
  return [`${jobId.replaceAll('.', '_')}_${runId}`, uuidOf(`${uid}\n${runId}\n${attempt}`)].join('.');
}

function uuidOf(text: string): string {
  const hex = hash('sha256', text, 'hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 0b11) | 0b1000).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
