export type { MessageHandler } from './consumer/message-handler.js';
export { Consumer, type ConsumerOptions } from './consumer/consumer.js';
export { type DeadLetter, DeadLetters } from './consumer/dead-letters.js';
export { hearInVain } from './consumer/hear-in-vain.js';
export { consumerMigrations } from './consumer/migrations.js';
export type { Refill, RefillRequest, RefillResponse } from './consumer/refill.js';
export type {
  EventLog,
  LogBatch,
  PartitionBounds,
  PartitionPlace,
  ReceivedMessage,
  SubscribeOptions,
  Subscriber,
  Subscription,
  TopicOptions,
  TopicPartition,
} from './event-log.js';
export {
  createEmbeddedEventLog,
  type EmbeddedEventLogOptions,
  type EmbeddedLog,
} from './embedded/embedded-event-log.js';
export { partitionOfKey } from './partitioner.js';
export type { LogMessage, OutgoingMessage, SourcePosition } from '@carillon/event-store';
