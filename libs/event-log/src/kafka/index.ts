export { kafkaFromEnvironment } from './from-environment.js';
export { createKafkaEventLog, type KafkaEventLogOptions } from './kafka-event-log.js';
