import type { Job, RunOverrides, RunSpec } from '@carillon/contracts';

/** The job as this run has it. A command replaces the job's arguments and the other way round. */
export function withOverrides(job: Job, overrides: RunOverrides | undefined): Job {
  if (overrides === undefined) return job;
  const { cmd, args, env, cpus, mem, disk, gpus, constraints } = overrides;
  const { cmd: ownCmd, ...rest } = job.spec.run;
  const commanded = cmd ?? (args.length > 0 ? undefined : ownCmd);
  const run: RunSpec = {
    ...rest,
    ...(commanded === undefined ? {} : { cmd: commanded }),
    args: cmd === undefined && args.length === 0 ? rest.args : args,
    env: { ...rest.env, ...valuesOf(env) },
    cpus: cpus ?? rest.cpus,
    mem: mem ?? rest.mem,
    disk: disk ?? rest.disk,
    gpus: gpus ?? rest.gpus,
    placement: constraints.length > 0 ? { ...rest.placement, constraints } : rest.placement,
  };
  return { ...job, spec: { ...job.spec, run } };
}

const valuesOf = (env: Readonly<Record<string, string>>): RunSpec['env'] =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [name, { value }]));
