import type { CommandInfo, ContainerInfo, TaskInfo, TaskStatusReason } from '@carillon/mesos';
import type { LaunchedTask } from '../state/records.js';
import type { StartRequest } from '../launcher/launcher.js';
import { fileNameOf, isArchive } from './fetcher.js';
import { asUser, unusableUser } from './task-user.js';

/** Why this agent cannot run the task at all, as a real agent without Docker and image stores would say it. */
export interface Impossible {
  readonly reason: TaskStatusReason;
  readonly message: string;
}

export function impossible(info: TaskInfo): Impossible | undefined {
  const { command, container, executor } = info;
  if (executor !== undefined && executor.type !== 'DEFAULT')
    return terminated('a custom executor was given, and local Mesos runs commands only');
  if (container !== undefined && container.type !== 'MESOS') {
    return terminated(
      `image '${container.docker?.image ?? '?'}' needs Docker, which local Mesos does not have`,
    );
  }
  const why = inContainer(container) ?? inCommand(command ?? {});
  if (why === undefined) return undefined;
  return { reason: 'REASON_CONTAINER_LAUNCH_FAILED', message: `Failed to launch container: ${why}` };
}

function terminated(why: string): Impossible {
  return { reason: 'REASON_EXECUTOR_TERMINATED', message: `Abnormal executor termination: ${why}` };
}

function inContainer(container: ContainerInfo | undefined): string | undefined {
  const image = container?.mesos?.image;
  if (image !== undefined) {
    return `Unsupported container image type: ${image.type} (${image.docker?.name ?? '?'}): local Mesos has no image store`;
  }
  if ((container?.volumes ?? []).length > 0) {
    return 'Volumes in ContainerInfo is not supported: local Mesos runs plain processes';
  }
  if (container?.networkInfos?.some(({ name }) => name !== undefined) === true) {
    return 'container networks cannot be joined: local Mesos runs plain processes';
  }
  return undefined;
}

function inCommand(command: CommandInfo): string | undefined {
  const unusable = unusableUser(command.user);
  if (unusable !== undefined) return unusable;
  for (const { name, secret, value } of command.environment?.variables ?? []) {
    if (secret?.reference !== undefined)
      return `secret '${name}' cannot be resolved: local Mesos has no secret store`;
    if (`${name}${value ?? ''}`.includes('\0')) return `environment variable '${name}' contains a NUL`;
  }
  const words = [command.value ?? '', ...(command.arguments ?? [])];
  return words.some((word) => word.includes('\0')) ? 'the command contains a NUL' : undefined;
}

/** What the launcher is asked for; only for tasks that are not `impossible`. */
export function startRequest(task: LaunchedTask, inherited: Readonly<Record<string, string>>): StartRequest {
  const { command } = task.info;
  const value = command?.value ?? '';
  const [file, argv]: [string, readonly string[]] =
    command?.shell === false ? [value, argvOf(value, command.arguments)] : ['/bin/sh', ['sh', '-c', value]];
  const archives = (command?.uris ?? []).filter(isArchive).map(fileNameOf);
  const program = archives.length === 0 ? { file, argv } : extracting(archives, file, argv);
  return {
    id: task.containerId,
    sandbox: task.sandbox,
    ...asUser(program, command?.user),
    environment: { ...inherited, ...mesosVariables(task), ...taskVariables(command) },
  };
}

// By the process that then becomes the command: this one must not fork.
function extracting(
  archives: readonly string[],
  file: string,
  argv: readonly string[],
): Pick<StartRequest, 'file' | 'argv'> {
  const script =
    'n=$1; shift; while [ "$n" -gt 0 ]; do case $1 in ' +
    '*.zip) unzip -oq "$1";; *.tar|*.tar.*|*.tgz|*.tbz2|*.txz) tar -xf "$1";; *) gunzip -kf "$1";; esac || exit 125; ' +
    'shift; n=$((n-1)); done; exec "$@"';
  const count = String(archives.length);
  return { file: '/bin/sh', argv: ['sh', '-c', script, 'sh', count, ...archives, file, ...argv.slice(1)] };
}

// Mesos gives `arguments` as the whole argv, the program's own name included.
function argvOf(value: string, args: readonly string[] | undefined): readonly string[] {
  return args === undefined || args.length === 0 ? [value] : args;
}

function mesosVariables(task: LaunchedTask): Record<string, string> {
  const { info, frameworkId, sandbox, containerId, checkpoint } = task;
  return {
    MESOS_TASK_ID: info.taskId.value,
    MESOS_EXECUTOR_ID: info.executor?.executorId.value ?? info.taskId.value,
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_AGENT_ID: info.agentId.value,
    MESOS_SLAVE_ID: info.agentId.value,
    MESOS_CONTAINER_ID: containerId,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    MESOS_CHECKPOINT: checkpoint === true ? '1' : '0',
    ...(checkpoint === true
      ? { MESOS_RECOVERY_TIMEOUT: '15mins', MESOS_SUBSCRIPTION_BACKOFF_MAX: '2secs' }
      : {}),
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs',
  };
}

function taskVariables(command: CommandInfo | undefined): Record<string, string> {
  // One without a name can be seen by nobody, and Python starts nothing with it.
  const variables = command?.environment?.variables.filter(({ name }) => name !== '') ?? [];
  return Object.fromEntries(
    variables.map(({ name, value, secret }) => [
      name,
      value ?? (secret?.value === undefined ? '' : Buffer.from(secret.value.data).toString()),
    ]),
  );
}
