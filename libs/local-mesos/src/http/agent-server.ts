import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { type AgentCall, agentCodec, type AgentResponse } from '@carillon/mesos';
import type { AgentNode } from '../agent/agent-node.js';
import { isTerminal, type Task, taskIdOf } from '../agent/task.js';
import type { Cluster } from '../cluster.js';
import { VERSION } from '../defaults.js';
import { type CallBodies, incompleteCall } from '../master/call-bodies.js';
import { answer, answerJson, readBody } from './answers.js';
import { acceptedFormat, contentFormat, refuseHead, unreadable } from './call-head.js';
import { type FileRefusal, type FoundFile, modeText, type SandboxFiles } from './files.js';
import { agentInfo, taskMessage } from './operator-reads.js';
import { agentPage } from './state-pages.js';
import { targetOf } from './target.js';

export interface AgentServerOptions {
  readonly cluster: Cluster;
  readonly files: SandboxFiles;
  masterAddress(): string;
}

/** What agents answer by HTTP: all of them on one port, `/slave(2)/…` is the second; without it, the first. */
export function handleAgentRequest(
  options: AgentServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { path, query } = targetOf(request) ?? { path: '', query: new URLSearchParams() };
  const named = /^\/slave\((\d+)\)(\/.*)$/.exec(path);
  const node = options.cluster.nodes[Number(named?.[1] ?? 1) - 1];
  const page = named?.[2] ?? path;
  if (node?.link === 'dead') {
    request.socket.destroy();
    return;
  }
  if (node !== undefined && page === '/api/v1') {
    handleAgentCall(options, node, request, response);
    return;
  }
  request.resume();
  if (node !== undefined && page === '/state') {
    answerJson(response, agentPage(node, options.cluster, options.masterAddress()));
  } else if (page === '/health') response.writeHead(200).end();
  else if (/^\/files\/(browse|read|download)$/.test(page)) {
    answerFile(options.files, page.slice('/files/'.length), query, response);
  } else answer(response, 404, '404 Not Found.');
}

function answerFile(
  files: SandboxFiles,
  what: string,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const path = query.get('path');
  if (path === null) {
    answer(response, 400, "Expecting 'path=value' in query.\n");
    return;
  }
  if (what === 'browse') {
    const list = files.list(path);
    if ('status' in list) answer(response, list.status, list.body);
    else answerJson(response, list.map(browsed));
    return;
  }
  const [offset, length] = [numberIn(query, 'offset'), numberIn(query, 'length')];
  const bad = offset instanceof Error ? offset : length instanceof Error ? length : undefined;
  if (bad !== undefined) {
    answer(response, 400, `${bad.message}\n`);
    return;
  }
  const file = files.find(path);
  if ('status' in file) answer(response, file.status, file.body);
  else if (what === 'download') download(path, file, response);
  else answerRead(files, path, offset as number | undefined, length as number | undefined, response);
}

// Without an offset Mesos tells the size.
function answerRead(
  files: SandboxFiles,
  path: string,
  offset: number | undefined,
  length: number | undefined,
  response: ServerResponse,
): void {
  const isSize = offset === undefined || offset === -1;
  const read = files.read(path, isSize ? 0 : offset, isSize ? 0 : length === -1 ? undefined : length);
  if ('status' in read) answer(response, read.status, read.body);
  else answerJson(response, { data: read.data.toString('utf8'), offset: isSize ? read.size : offset });
}

function download(path: string, { realPath, stats }: FoundFile, response: ServerResponse): void {
  if (!stats.isFile()) {
    const what = stats.isDirectory() ? 'a directory' : 'what is no file';
    answer(response, 400, `Cannot download ${what}.\n`);
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename=${headerText(path.split('/').at(-1) ?? '')}`,
  });
  if (stats.size === 0) response.end();
  else pipeline(createReadStream(realPath, { end: stats.size - 1 }), response, () => undefined);
}

/** Its bytes, as Mesos writes them; a header holds no control characters. */
function headerText(text: string): string {
  const written = text.replace(/\p{Cc}/gu, '_');
  return Buffer.from(written).toString('latin1');
}

function numberIn(query: URLSearchParams, name: string): number | Error | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) {
    return new Error(`Failed to parse ${name}: Failed to convert '${text}' to number.`);
  }
  return number < -1 ? new Error(`Negative ${name} provided: ${text}.`) : number;
}

function browsed({ path, stats }: FoundFile): Readonly<Record<string, unknown>> {
  const { uid, gid, size, nlink, mtimeMs } = stats;
  const mtime = Math.floor(mtimeMs / 1000);
  return { path, mode: modeText(stats), mtime, nlink, size, uid: userName(uid), gid: userName(gid) };
}

function userName(id: number): string {
  return id === 0 ? 'root' : String(id);
}

function handleAgentCall(
  options: AgentServerOptions,
  node: AgentNode,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refused = refuseHead(request);
  if (refused !== undefined) {
    answer(response, refused.status, refused.body, refused.headers);
    request.resume();
    return;
  }
  readBody(request, response, (body) => {
    const format = contentFormat(request.headers['content-type']) ?? 'json';
    let call: AgentCall;
    try {
      call = agentCodec(format).call.decode(body);
    } catch (error) {
      answer(response, 400, unreadable(format, error));
      return;
    }
    const invalid = incompleteCall(call, BODIES);
    if (invalid !== undefined) {
      answer(response, 400, `Failed to validate agent::Call: ${invalid}`);
      return;
    }
    const read = readOf(options, node, call);
    if (read === undefined) answer(response, 501, `${call.type} is not implemented by local Mesos`);
    else if ('status' in read) answer(response, read.status, read.body);
    else {
      const codec = agentCodec(acceptedFormat(request.headers.accept) ?? 'json');
      const bytes = codec.response.encode({ type: call.type, ...read });
      answer(response, 200, bytes, { 'content-type': codec.contentType });
    }
  });
}

const BODIES: CallBodies = { LIST_FILES: 'listFiles', READ_FILE: 'readFile' };

function readOf(
  { cluster, files }: AgentServerOptions,
  node: AgentNode,
  call: AgentCall,
): Omit<AgentResponse, 'type'> | FileRefusal | undefined {
  switch (call.type) {
    case 'GET_HEALTH':
      return { getHealth: { healthy: true } };
    case 'GET_VERSION':
      return { getVersion: { versionInfo: { version: VERSION } } };
    case 'GET_AGENT':
      return { getAgent: { agentInfo: agentInfo(node) } };
    case 'GET_TASKS':
      return { getTasks: agentTasks(cluster.tasks.onAgent(node.id)) };
    case 'GET_STATE':
      return { getState: { getTasks: agentTasks(cluster.tasks.onAgent(node.id)) } };
    case 'GET_CONTAINERS':
      return { getContainers: { containers: cluster.tasks.onAgent(node.id).map(containerOf) } };
    case 'LIST_FILES': {
      const list = files.list(call.listFiles.path);
      if ('status' in list) return list;
      return { listFiles: { fileInfos: list.map(fileInfo) } };
    }
    case 'READ_FILE': {
      const { path, offset, length } = call.readFile;
      const read = files.read(path, offset, length);
      return 'status' in read ? read : { readFile: read };
    }
    default:
      return undefined;
  }
}

function agentTasks(tasks: readonly Task[]): NonNullable<AgentResponse['getTasks']> {
  return {
    pendingTasks: [],
    queuedTasks: [],
    launchedTasks: tasks.filter(({ latest }) => !isTerminal(latest.state)).map(taskMessage),
    terminatedTasks: tasks.filter(({ latest }) => isTerminal(latest.state)).map(taskMessage),
    completedTasks: [],
  };
}

function containerOf(task: Task): NonNullable<AgentResponse['getContainers']>['containers'][number] {
  const { launched, latest } = task;
  return {
    frameworkId: { value: launched.frameworkId },
    executorId: { value: launched.info.executor?.executorId.value ?? taskIdOf(task) },
    containerId: { value: launched.containerId },
    ...(latest.containerStatus === undefined ? {} : { containerStatus: latest.containerStatus }),
  };
}

function fileInfo({ path, stats }: FoundFile): NonNullable<AgentResponse['listFiles']>['fileInfos'][number] {
  const { nlink, size, mode, uid, gid, mtimeMs } = stats;
  const mtime = { nanoseconds: `${Math.floor(mtimeMs)}000000` };
  return { path, nlink, size, mtime, mode, uid: userName(uid), gid: userName(gid) };
}
