import type { FrameworkInfo } from '@carillon/mesos';
import { hasCapability } from '../agent/task.js';
import type { AllocatedFramework } from './allocator.js';
import { rolesOf } from './framework.js';

const MAX_FAILOVER_SECONDS = 2 ** 63 / 1e9;

/** Why no framework may be like this, in Mesos's words. */
export function invalidFramework(info: FrameworkInfo): string | undefined {
  const { role, roles = [], failoverTimeout = 0 } = info;
  const multi = hasCapability(info, 'MULTI_ROLE');
  if (multi && role !== undefined) {
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  }
  if (!multi && roles.length > 0) {
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  }
  const repeated = new Set(roles.filter((name, n) => roles.indexOf(name) !== n));
  if (repeated.size > 0)
    return `'FrameworkInfo.roles' contains duplicate items: { ${[...repeated].join(', ')} }`;
  for (const name of roles) {
    const why = invalidRole(name);
    if (why !== undefined) return `'FrameworkInfo.roles' contains invalid role: ${why}`;
  }
  const why = role === undefined ? undefined : invalidRole(role);
  if (why !== undefined) return `'FrameworkInfo.role' is not a valid role: ${why}`;
  if (failoverTimeout > MAX_FAILOVER_SECONDS) {
    return `The framework failover_timeout (${failoverTimeout}) is invalid`;
  }
  return undefined;
}

function invalidRole(role: string): string | undefined {
  if (role === '*') return undefined;
  if (role === '') return 'Role names cannot be the empty string';
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  for (const component of role.split('/')) {
    if (component === '') return `Role '${role}' cannot contain two adjacent slashes`;
    if (['.', '..', '*'].includes(component))
      return `Role '${role}' cannot include '${component}' as a component`;
    if (component.startsWith('-'))
      return `Role component '${component}' is invalid because it starts with a dash`;
    // eslint-disable-next-line no-control-regex
    if (/[\s\u0008]/.test(component)) {
      return `Role component '${component}' is invalid because it contains backspace or whitespace`;
    }
  }
  return undefined;
}

/** Why the framework may not become like this, in Mesos's words. */
export function invalidChange(from: FrameworkInfo, to: FrameworkInfo): string | undefined {
  if ((from.principal ?? '') !== (to.principal ?? ''))
    return "Changing framework's principal is not allowed.";
  const fixed = [
    ['user', from.user, to.user],
    ['checkpoint', String(from.checkpoint ?? false), String(to.checkpoint ?? false)],
  ] as const;
  for (const [field, before, after] of fixed) {
    if (before === after) continue;
    return `Updating 'FrameworkInfo.${field}' is unsupported; attempted to update from '${before}' to '${after}'`;
  }
  return undefined;
}

export function allocated(info: FrameworkInfo, suppressed: readonly string[]): AllocatedFramework {
  return {
    roles: rolesOf(info),
    suppressed,
    gpus: hasCapability(info, 'GPU_RESOURCES'),
    regionAware: hasCapability(info, 'REGION_AWARE'),
  };
}
