export { skipsBecause } from './availability.js';
export type { RigProcess } from './child-process.js';
export { type Distributed, type DistributedOptions, startDistributed } from './distributed.js';
export { kafkaMissing, type KafkaRig, startKafka } from './kafka.js';
export { freePorts } from './ports.js';
export { freshDatabase, type FreshDatabase } from './postgres.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres-server.js';
export { type RealMesos, type RealMesosOptions, realMesosMissing, startRealMesos } from './mesos.js';
export { startZooKeeper, zooKeeperMissing, type ZooKeeperRig } from './zookeeper.js';
