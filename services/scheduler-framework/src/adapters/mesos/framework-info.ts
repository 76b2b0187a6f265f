import type { FrameworkCapability, FrameworkInfo } from '@carillon/mesos';
import type { FrameworkFile } from '../../framework-file.js';
import type { CompleteConfig } from '../../scheduler-framework.config.js';

/** How the framework introduces itself: its tasks survive it, agents may be away for a while. */
export function frameworkInfo(config: CompleteConfig, changed: FrameworkFile = {}): FrameworkInfo {
  const capabilities: FrameworkCapability[] = [
    'MULTI_ROLE',
    'PARTITION_AWARE',
    'TASK_KILLING_STATE',
    'REGION_AWARE',
    'RESERVATION_REFINEMENT',
  ];
  if (config.gpus !== 'off') capabilities.push('GPU_RESOURCES');
  const webuiUrl = changed.webuiUrl ?? config.webuiUrl;
  const labels = Object.entries(changed.labels ?? config.labels).map(([key, value]) => ({ key, value }));
  return {
    name: config.frameworkName,
    user: config.user,
    roles: changed.roles ?? config.role.split(',').map((role) => role.trim()),
    checkpoint: true,
    failoverTimeout: changed.failoverTimeoutSeconds ?? config.failoverTimeoutSeconds,
    capabilities: capabilities.map((type) => ({ type })),
    ...(config.mesosAccess.principal === undefined ? {} : { principal: config.mesosAccess.principal }),
    ...(webuiUrl === undefined ? {} : { webuiUrl }),
    ...(labels.length === 0 ? {} : { labels: { labels } }),
  };
}
