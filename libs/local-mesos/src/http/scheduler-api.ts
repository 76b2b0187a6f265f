import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, type Event, schedulerCodecs } from '@carillon/mesos';
import type { Master } from '../master/master.js';
import { invalidCall } from '../master/validation.js';
import { answer, readBody } from './answers.js';
import { EventResponse } from './event-response.js';
import { acceptedFormat, contentFormat, refuseHead, unreadable } from './call-head.js';

/** The v1 scheduler API: statuses and sentences as Mesos 1.11 has them. */
export function handleSchedulerRequest(
  master: Master,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refused = refuseHead(request);
  if (refused !== undefined) {
    answer(response, refused.status, refused.body, refused.headers);
    request.resume();
    return;
  }
  readBody(request, response, (body) => handleBody(master, request, response, body));
}

function handleBody(master: Master, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const codec = schedulerCodecs[contentFormat(request.headers['content-type']) ?? 'json'];
  let call: Call;
  try {
    call = codec.decodeCall(body);
  } catch (error) {
    answer(response, 400, unreadable(codec.format, error));
    return;
  }
  const invalid = invalidCall(call);
  const header = request.headers['mesos-stream-id'];
  const streamId = typeof header === 'string' ? header : undefined;
  if (invalid !== undefined) answer(response, 400, `Failed to validate scheduler::Call: ${invalid}`);
  else if (call.type === 'SUBSCRIBE') subscribe(master, request, response, call, streamId);
  else handleCall(master, response, call, streamId);
}

function handleCall(
  master: Master,
  response: ServerResponse,
  call: Call,
  streamId: string | undefined,
): void {
  const frameworkId = call.frameworkId?.value ?? '';
  const refused = master.frameworks.refuse(frameworkId, streamId);
  if (refused !== undefined) {
    answer(response, refused.status, refused.body);
    return;
  }
  const { status, body } = master.handle(frameworkId, call);
  master.whenDurable(() => answer(response, status, body));
}

function subscribe(
  master: Master,
  request: IncomingMessage,
  response: ServerResponse,
  call: Call & { readonly type: 'SUBSCRIBE' },
  streamIdHeader: string | undefined,
): void {
  if (streamIdHeader !== undefined) {
    answer(response, 400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
    return;
  }
  const codec = schedulerCodecs[acceptedFormat(request.headers.accept) ?? 'json'];
  const subscriber = new EventResponse<Event>(response, codec.contentType, (event) =>
    codec.encodeEvent(event),
  );
  request.socket.setNoDelay(true);
  response.on('close', () => master.frameworks.closed(subscriber));
  master.frameworks.subscribe(call, subscriber);
}
