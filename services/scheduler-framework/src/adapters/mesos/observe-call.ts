import { MesosCallError, type ObserveCall } from '@carillon/mesos';
import { metrics, openSpan } from '@carillon/service-runtime';

/** A span and a measurement of each call to the master; a SUBSCRIBE lasts until SUBSCRIBED. */
export const observeCall: ObserveCall = async (type, send) => {
  const started = performance.now();
  const span = openSpan(`mesos ${type}`, { 'rpc.system': 'mesos', 'rpc.method': type }, { kind: 'client' });
  let status = 'accepted';
  try {
    await send();
    span.end();
  } catch (error) {
    status = error instanceof MesosCallError ? String(error.status) : 'unavailable';
    span.end(error);
    throw error;
  } finally {
    metrics.mesosCallDuration.record((performance.now() - started) / 1_000, { type, status });
  }
};
