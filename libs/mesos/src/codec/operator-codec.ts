import type { AgentCall, AgentResponse, MasterCall, MasterEvent, MasterResponse } from '../types/operator.js';
import { callCodec, CONTENT_TYPES, type MessageCodec, messageCodec, type WireFormat } from './codec.js';
import { loadSchemas } from './schema.js';

interface OperatorCodec<Call, Response> {
  readonly format: WireFormat;
  readonly contentType: (typeof CONTENT_TYPES)[WireFormat];
  readonly call: MessageCodec<Call>;
  readonly response: MessageCodec<Response>;
}

/** Calls, responses and events of the v1 operator API of a master to and from bytes. */
export type MasterCodec = OperatorCodec<MasterCall, MasterResponse> & {
  readonly event: MessageCodec<MasterEvent>;
};
export type AgentCodec = OperatorCodec<AgentCall, AgentResponse>;

let schemas: ReturnType<typeof loadSchemas> | undefined;

/** Read when first asked for: most processes speak the scheduler API only. */
function schema(name: string) {
  schemas ??= loadSchemas([
    'mesos.proto',
    'scheduler.proto',
    'allocator.proto',
    'maintenance.proto',
    'quota.proto',
    'master.proto',
    'agent.proto',
  ]);
  return schemas(name);
}

export function masterCodec(format: WireFormat = 'protobuf'): MasterCodec {
  return {
    format,
    contentType: CONTENT_TYPES[format],
    call: callCodec(format, schema('mesos.v1.master.Call')),
    response: messageCodec(format, schema('mesos.v1.master.Response')),
    event: messageCodec(format, schema('mesos.v1.master.Event')),
  };
}

export function agentCodec(format: WireFormat = 'protobuf'): AgentCodec {
  return {
    format,
    contentType: CONTENT_TYPES[format],
    call: callCodec(format, schema('mesos.v1.agent.Call')),
    response: messageCodec(format, schema('mesos.v1.agent.Response')),
  };
}
