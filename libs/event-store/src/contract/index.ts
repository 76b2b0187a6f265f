// What every store has to do, for whoever keeps one: the simulator runs it on its model of PostgreSQL.
export { eventStoreContract, type TestDatabase } from './event-store.contract.js';
export { relayOrderContract, type TestServer } from './relay-order.contract.js';
export type { Writer } from '../test/relay-rig.js';
