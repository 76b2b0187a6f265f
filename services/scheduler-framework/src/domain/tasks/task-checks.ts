import type { RunSpec } from '@carillon/contracts';
import type { HealthCheck, TaskInfo } from '@carillon/mesos';

/** How far the task may go, and who looks after its health. */
export function taskChecks({ limits, healthCheck }: RunSpec): Pick<TaskInfo, 'limits' | 'healthCheck'> {
  const { cpus, mem } = limits ?? {};
  const most = {
    ...(cpus === undefined ? {} : { cpus: { value: cpus } }),
    ...(mem === undefined ? {} : { mem: { value: mem } }),
  };
  return {
    ...(Object.keys(most).length > 0 ? { limits: most } : {}),
    ...(healthCheck ? { healthCheck: commandCheck(healthCheck) } : {}),
  };
}

function commandCheck(check: NonNullable<RunSpec['healthCheck']>): HealthCheck {
  const { cmd, delaySeconds, intervalSeconds, timeoutSeconds, gracePeriodSeconds, consecutiveFailures } =
    check;
  return {
    type: 'COMMAND',
    command: { shell: true, value: cmd },
    ...(delaySeconds === undefined ? {} : { delaySeconds }),
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(consecutiveFailures === undefined ? {} : { consecutiveFailures }),
  };
}
