const STREAMS_EACH = 100;

export const data = (n: number) => ({
  uid: '01943f6e-4c5a-7b3e-9d2f-8a1b2c3d4e5f',
  jobId: 'reports.nightly.export',
  revision: 3,
  runId: '20261123012500a1b2c',
  scheduleId: 'default',
  dueAt: 1_795_397_100_000 + n,
});
export const state = (n: number) => ({
  status: 'active',
  revision: 3,
  lastDueAt: n,
  armed: [{ id: 'default', next: n }],
});
export const metadata = () => ({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
export const single = (writer: number, turn: number) => ({
  stream: `single-${writer}-${turn % STREAMS_EACH}`,
  version: Math.floor(turn / STREAMS_EACH),
});
export const batch = (writer: number, turn: number) =>
  Array.from({ length: STREAMS_EACH }, (_, n) => ({ stream: `batch-${writer}-${n}`, version: turn }));
