import type { Transaction } from '@carillon/event-store';
import { currentTraceContext } from '@carillon/service-runtime';
import type { RevisionRef } from './revisions.js';
import type { RunLedger } from './run-ledger.js';

/** Persistent volumes that these revisions do not have are the jobs' no more: the leader has them destroyed. */
export async function limitVolumesIn(
  tx: Transaction,
  ledger: RunLedger,
  revisions: readonly (RevisionRef & { readonly persistentVolumes: readonly string[] })[],
): Promise<void> {
  if (revisions.length === 0) return;
  const trace = currentTraceContext();
  const batch = ledger.batch(tx);
  await batch.loadJobs(revisions.map(({ uid }) => uid));
  const released: string[] = [];
  for (const { jobId, uid, revision, persistentVolumes: containerPaths } of revisions) {
    const { volumes: before = [] } = batch.job(uid);
    batch.decideJob({ type: 'LimitVolumes', jobId, uid, revision, containerPaths }, trace);
    const { volumes: after = [] } = batch.job(uid);
    if (after.length < before.length) released.push(uid);
  }
  await batch.save();
  await ledger.announceVolumes(tx, released);
}
