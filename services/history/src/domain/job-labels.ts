import type { PublicEvent } from '@carillon/contracts';

/** The labels of a job at one of its revisions. */
export interface JobLabels {
  readonly uid: string;
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** One entry per job: that of the newest revision. */
export function jobLabelsOf(events: readonly PublicEvent[]): JobLabels[] {
  const jobs = new Map<string, JobLabels>();
  for (const { type, data } of events) {
    if (type !== 'JobDefined' || (jobs.get(data.uid)?.revision ?? 0) > data.revision) continue;
    jobs.set(data.uid, { uid: data.uid, revision: data.revision, labels: data.labels });
  }
  return [...jobs.values()];
}
