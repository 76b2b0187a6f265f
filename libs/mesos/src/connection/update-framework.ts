import type { FrameworkInfo } from '../types/framework.js';

/** What a master does not let a framework change (Mesos 1.11, `validation::framework::validateUpdate`). */
const FIXED = ['user', 'checkpoint', 'principal'] as const;
const DEFAULTS: Partial<FrameworkInfo> = { checkpoint: false, failoverTimeout: 0 };

/** The fields in which two FrameworkInfos differ; `id` is the connection's. A default is as good as an absent value. */
export function frameworkChanges(before: FrameworkInfo, after: FrameworkInfo): (keyof FrameworkInfo)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof FrameworkInfo)[]);
  return [...names]
    .filter((name) => name !== 'id' && canonical(before, name) !== canonical(after, name))
    .sort((a, b) => a.localeCompare(b));
}

/** Throws if a master would refuse the change: a framework keeps its user, principal and checkpoint for life. */
export function assertUpdatable(before: FrameworkInfo, after: FrameworkInfo): void {
  const refused = frameworkChanges(before, after).find((name) => (FIXED as readonly string[]).includes(name));
  if (refused === undefined) return;
  const [from, to] = [before[refused], after[refused]].map((value) =>
    value === undefined ? 'none' : JSON.stringify(value),
  );
  throw new Error(`FrameworkInfo.${refused} cannot change from ${from} to ${to} while the framework lives`);
}

function canonical(info: FrameworkInfo, name: keyof FrameworkInfo): string {
  const value = info[name] ?? DEFAULTS[name];
  if (name === 'roles') return JSON.stringify([...(info.roles ?? [])].sort());
  if (name === 'capabilities')
    return JSON.stringify((info.capabilities ?? []).map(({ type }) => type).sort());
  return JSON.stringify(value ?? null, (_key, item: unknown) => sorted(item));
}

function sorted(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return Object.fromEntries(Object.entries(item).sort(([a], [b]) => a.localeCompare(b)));
}
