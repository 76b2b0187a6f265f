import { createHash } from 'node:crypto';

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
  return `${jobId.replaceAll('.', '_')}_${runId}.${uuidOf(`${uid}\n${runId}\n${attempt}`)}`;
}

function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
