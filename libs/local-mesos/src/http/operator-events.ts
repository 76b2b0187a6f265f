import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MasterCodec, MasterEvent, TaskState } from '@carillon/mesos';
import type { Master } from '../master/master.js';
import type { Watcher } from '../master/watchers.js';
import { EventResponse } from './event-response.js';
import { knownAgentOf, knownFrameworkOf, masterState, taskMessage } from './operator-reads.js';

/** The operator API's SUBSCRIBE: the whole state, then what changes, until one of both sides ends it. */
export function followMaster(
  master: Master,
  request: IncomingMessage,
  response: ServerResponse,
  codec: MasterCodec,
): void {
  request.socket.setNoDelay(true);
  const stream = new EventResponse<MasterEvent>(response, codec.contentType, (event) =>
    codec.event.encode(event),
  );
  const { watchers } = master;
  const heartbeatIntervalSeconds = watchers.heartbeatIntervalMs / 1000;
  stream.send({
    type: 'SUBSCRIBED',
    subscribed: { getState: masterState(master), heartbeatIntervalSeconds },
  });
  const watcher = watcherOf(master, stream);
  response.on('close', () => watchers.remove(watcher));
  watchers.add(watcher);
}

function watcherOf(master: Master, stream: EventResponse<MasterEvent>): Watcher {
  return {
    taskAdded: (task) => stream.send({ type: 'TASK_ADDED', taskAdded: { task: taskMessage(task) } }),
    taskUpdated: ({ launched, latest }, status) => {
      // What the master says of a task (it is lost, say) is not the agent's latest.
      const state = (status.uuid === undefined ? status.state : latest.state) as TaskState;
      const frameworkId = { value: launched.frameworkId };
      stream.send({ type: 'TASK_UPDATED', taskUpdated: { frameworkId, status, state } });
    },
    agentAdded: (member) =>
      stream.send({ type: 'AGENT_ADDED', agentAdded: { agent: knownAgentOf(master, member) } }),
    agentRemoved: (agentId) =>
      stream.send({ type: 'AGENT_REMOVED', agentRemoved: { agentId: { value: agentId } } }),
    frameworkAdded: (framework) =>
      stream.send({
        type: 'FRAMEWORK_ADDED',
        frameworkAdded: { framework: knownFrameworkOf(master, framework) },
      }),
    frameworkUpdated: (framework) =>
      stream.send({
        type: 'FRAMEWORK_UPDATED',
        frameworkUpdated: { framework: knownFrameworkOf(master, framework) },
      }),
    frameworkRemoved: ({ id, info }) =>
      stream.send({
        type: 'FRAMEWORK_REMOVED',
        frameworkRemoved: { frameworkInfo: { ...info, id: { value: id } } },
      }),
    heartbeat: () => stream.send({ type: 'HEARTBEAT' }),
    end: (abruptly) => {
      if (abruptly) stream.destroy();
      else stream.end();
    },
  };
}
