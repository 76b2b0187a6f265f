/** The n-th of the jobs that the bench creates: one of 100 groups, one of 50 teams. */
export const jobId = (n: number) => `bench.group-${n % 100}.job-${n}`;

export const job = (n: number) => ({
  id: jobId(n),
  description: 'one of many',
  labels: { team: `team-${n % 50}`, owner: 'bench' },
  run: { cpus: 0.1, mem: 32, disk: 0, cmd: 'echo "$GREETING" && sleep 1', env: { GREETING: 'hello' } },
});
