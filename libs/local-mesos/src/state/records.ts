import type { FrameworkInfo, Resource, TaskInfo, TaskStatus } from '@carillon/mesos';

/** The records of the state log: what must be known again after `kill -9`. One JSON object per line. */
export type StateRecord =
  | {
      readonly type: 'master';
      readonly masterId: string;
      readonly version: number;
      readonly clusterId?: string;
    }
  | { readonly type: 'framework'; readonly id: string; readonly info: FrameworkInfo }
  | { readonly type: 'frameworkRemoved'; readonly id: string }
  /** All that frameworks have reserved and made volumes of on that agent. */
  | { readonly type: 'converted'; readonly agentId: string; readonly resources: readonly Resource[] }
  | { readonly type: 'launched'; readonly task: LaunchedTask }
  /** Handed to another launcher: the one before never started it. */
  | { readonly type: 'relaunched'; readonly containerId: string; readonly launcher: number }
  | {
      readonly type: 'killRequested';
      readonly containerId: string;
      readonly cause: KillCause;
      readonly graceMs: number;
    }
  | { readonly type: 'status'; readonly containerId: string; readonly status: TaskStatus }
  | { readonly type: 'acknowledged'; readonly containerId: string }
  | { readonly type: 'forgotten'; readonly containerId: string };

export type KillCause = 'framework' | 'maxCompletionTime' | 'draining' | 'group';

export interface LaunchedTask {
  /** Names the task in the launcher's journal: unlike the task id it is never used twice. */
  readonly containerId: string;
  readonly frameworkId: string;
  readonly info: TaskInfo;
  readonly sandbox: string;
  /** The number of the launcher that was given the task. */
  readonly launcher: number;
  readonly launchedAt: number;
  /** Whether its framework does: the task outlives its agent's process. */
  readonly checkpoint?: boolean;
  /** Of a task group: one that fails or is killed takes the others with it. */
  readonly group?: { readonly id: string; readonly tellKilling: boolean };
}

export function encodeStateRecord(record: StateRecord): string {
  return JSON.stringify(withBytesAsText(record));
}

/** The value itself, or a copy where there are bytes in it: JSON.stringify with a replacer takes four times as long. */
function withBytesAsText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.some(isObject) ? value.map(withBytesAsText) : (value as unknown);
  const members = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key in members) {
    const member = members[key];
    const text = withBytesAsText(member);
    if (text === member) continue;
    copy ??= { ...members };
    copy[key] = text;
  }
  return copy ?? value;
}

const isObject = (value: unknown) => typeof value === 'object';

export function decodeStateRecord(line: string): StateRecord {
  return JSON.parse(line, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && '$bytes' in value && typeof value.$bytes === 'string'
      ? new Uint8Array(Buffer.from(value.$bytes, 'base64'))
      : value,
  ) as StateRecord;
}
