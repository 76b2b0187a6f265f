import type { CommandInfo, ContainerInfo, TaskInfo } from '@carillon/mesos';
import type { LaunchedTask } from '../state/records.js';
import type { StartRequest } from '../launcher/launcher.js';

/** Why this agent cannot run the task at all; undefined if it can. */
export function unsupported(info: TaskInfo): string | undefined {
  if (info.executor !== undefined) return 'local Mesos runs command tasks only: a custom executor was given';
  const { command, container } = info;
  if (command === undefined) return 'the task has no command';
  return unsupportedContainer(container) ?? unsupportedCommand(command);
}

function unsupportedContainer(container: ContainerInfo | undefined): string | undefined {
  if (container === undefined) return undefined;
  const image = container.type === 'DOCKER' ? container.docker?.image : container.mesos?.image?.docker?.name;
  if (container.type !== 'MESOS' || image !== undefined) {
    return `image '${image ?? '?'}' cannot be run: local Mesos has no Docker and no image store`;
  }
  if ((container.volumes ?? []).length > 0) return 'volumes cannot be mounted: local Mesos runs plain processes';
  if (container.networkInfos?.some(({ name }) => name !== undefined) === true) {
    return 'container networks cannot be joined: local Mesos runs plain processes';
  }
  return undefined;
}

function unsupportedCommand(command: CommandInfo): string | undefined {
  for (const { name, secret, value } of command.environment?.variables ?? []) {
    if (secret?.reference !== undefined) return `secret '${name}' cannot be resolved: local Mesos has no secret store`;
    if (`${name}${value ?? ''}`.includes('\0')) return `environment variable '${name}' contains a NUL`;
  }
  const words = [command.value ?? '', ...(command.arguments ?? [])];
  return words.some((word) => word.includes('\0')) ? 'the command contains a NUL' : undefined;
}

/** What the launcher is asked for; only for tasks that are not `unsupported`. */
export function startRequest(task: LaunchedTask, inherited: Readonly<Record<string, string>>): StartRequest {
  const { command } = task.info;
  const value = command?.value ?? '';
  const [file, argv] =
    command?.shell === false ? [value, argvOf(value, command.arguments)] : ['/bin/sh', ['sh', '-c', value]];
  return {
    id: task.containerId,
    sandbox: task.sandbox,
    file,
    argv,
    environment: { ...inherited, ...mesosVariables(task), ...taskVariables(command) },
  };
}

// Mesos gives `arguments` as the whole argv, the program's own name included.
function argvOf(value: string, args: readonly string[] | undefined): readonly string[] {
  return args === undefined || args.length === 0 ? [value] : args;
}

function mesosVariables({ info, frameworkId, sandbox, containerId }: LaunchedTask): Record<string, string> {
  return {
    MESOS_TASK_ID: info.taskId.value,
    MESOS_EXECUTOR_ID: info.taskId.value,
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_AGENT_ID: info.agentId.value,
    MESOS_SLAVE_ID: info.agentId.value,
    MESOS_CONTAINER_ID: containerId,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
  };
}

function taskVariables(command: CommandInfo | undefined): Record<string, string> {
  const variables = command?.environment?.variables ?? [];
  return Object.fromEntries(
    variables.map(({ name, value, secret }) => [
      name,
      value ?? (secret?.value === undefined ? '' : Buffer.from(secret.value.data).toString()),
    ]),
  );
}
