export type * from './types/ids.js';
export type * from './types/common.js';
export type * from './types/resources.js';
export type * from './types/linux.js';
export type * from './types/csi.js';
export type * from './types/containers.js';
export type * from './types/command.js';
export type * from './types/checks.js';
export type * from './types/tasks.js';
export type * from './types/offers.js';
export type * from './types/framework.js';
export type * from './types/operations.js';
export type * from './types/offer-constraints.js';
export type * from './types/call.js';
export type * from './types/event.js';
export type * from './types/operator.js';
export type {
  Disconnected,
  MesosConnection,
  MesosConnectionOptions,
  ObserveCall,
  OfferWishes,
} from './connection/connection.types.js';
export type { DetectorEvents, MasterDetector } from './connection/master-detector.js';
export { type MasterAddress, parseMasters } from './connection/address.js';
export {
  type Authorization,
  basicAuthorization,
  bearerTokenFile,
  type Security,
  type TlsSettings,
} from './connection/security.js';
export { assertMasters } from './connection/detect-master.js';
export { MesosCallError, MesosUnavailable } from './errors.js';
export { schedulerCodecs, type SchedulerCodec, type WireFormat } from './codec/codec.js';
export { ZooKeeperClient, type ZooKeeperClientOptions } from './zookeeper/zookeeper-client.js';
export { type AgentCodec, agentCodec, type MasterCodec, masterCodec } from './codec/operator-codec.js';
export { encodeRecord, RecordDecoder } from './codec/record-io.js';
export { unknownFields } from './codec/unknown-fields.js';
export { createMesosConnection } from './connection/connection.js';
export { parseZooKeeperUrl, type ZooKeeperUrl } from './zookeeper/zookeeper-url.js';
export { agentOperator } from './operator/agent-operator.js';
export { masterOperator } from './operator/master-operator.js';
export {
  type AgentOperator,
  type AgentOperatorOptions,
  type MasterOperator,
  type MasterOperatorOptions,
  type MasterWatch,
  type MasterWatchHandlers,
  type OperatorOptions,
  sandboxPath,
} from './operator/operator.types.js';
