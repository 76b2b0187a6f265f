import {
  type Constraint,
  type EnvValue,
  type RunSpec,
  restartPolicyValues,
  type Volume,
} from '@carillon/contracts';
import {
  array,
  as,
  boolean,
  integer,
  isObject,
  map,
  number,
  object,
  oneOf,
  type Reader,
  reader,
  refuse,
  string,
} from './readers.js';

const filled = string({ minLength: 1 });

const artifact = as(
  object({ uri: string() }, { extract: boolean, executable: boolean, cache: boolean }),
  ({ uri, extract = true, executable = false, cache = false }) => ({ uri, extract, executable, cache }),
);

const constraint: Reader<Constraint> = as(
  object({ attribute: string(), operator: oneOf(['IS', 'EQ', 'LIKE', 'UNLIKE']) }, { value: string() }),
  ({ operator, ...rest }) => ({ ...rest, operator: operator === 'EQ' ? 'IS' : operator }),
);

const docker = as(
  object(
    { image: string() },
    {
      forcePullImage: boolean,
      privileged: boolean,
      parameters: array(object({ key: string(), value: string() }, {})),
    },
  ),
  ({ image, forcePullImage = false, privileged = false, parameters = [] }) => ({
    image,
    forcePullImage,
    privileged,
    parameters,
  }),
);

const ucr = as(
  object(
    { image: object({ id: string() }, { kind: oneOf(['docker', 'appc']), forcePull: boolean }) },
    { privileged: boolean },
  ),
  ({ image: { id, kind = 'docker', forcePull = false }, privileged = false }) => ({
    image: { id, kind, forcePull },
    privileged,
  }),
);

export const hostVolume = object({ containerPath: filled, hostPath: filled, mode: oneOf(['RO', 'RW']) }, {});
export const secretVolume = object({ containerPath: filled, secret: filled }, {});
const volumeMembers = object(
  {},
  { containerPath: filled, hostPath: filled, mode: oneOf(['RO', 'RW']), secret: filled },
);

/** A host volume or a secret volume, with exactly the members of one of them. */
const volumeSchema = { anyOf: [hostVolume.schema, secretVolume.schema] };
const volume: Reader<Volume> = reader(volumeSchema, (value, at, problems) => {
  const before = problems.length;
  volumeMembers(value, at, problems);
  if (problems.length > before || !isObject(value)) return null;
  const names = Object.keys(value).sort().join();
  if (names === 'containerPath,hostPath,mode') return hostVolume(value, at, problems);
  if (names === 'containerPath,secret') return secretVolume(value, at, problems);
  return refuse(
    'Can not read volume, expected HostVolume or SecretVolume: either containerPath, hostPath and mode, or containerPath and secret',
    at,
    problems,
  );
});

const secretReference = object({ secret: filled }, {}, { additional: true });
const envSchema = { anyOf: [{ type: 'string' }, secretReference.schema] };
const envValue: Reader<EnvValue> = reader(envSchema, (value, at, problems) => {
  if (typeof value === 'string') return as(string(), (text) => ({ value: text }))(value, at, problems);
  if (isObject(value)) return as(secretReference, ({ secret }) => ({ secret }))(value, at, problems);
  return refuse('Instance does not match any schema.', at, problems);
});

const network = as(
  object(
    { mode: oneOf(['host', 'container/bridge', 'container']) },
    { name: string(), labels: map(string()) },
  ),
  ({ labels = {}, ...rest }) => ({ ...rest, labels }),
);

const secret = as(object({ source: filled }, {}, { additional: true }), ({ source }) => ({ source }));

const members = {
  args: array(string()),
  artifacts: array(artifact),
  // Metronome's command line always sends one; empty means none.
  cmd: string(),
  docker,
  env: map(envValue),
  gpus: integer({ min: 0 }),
  maxLaunchDelay: integer({ min: 1 }),
  networks: array(network),
  placement: object({}, { constraints: array(constraint) }),
  restart: object({ policy: oneOf(restartPolicyValues) }, { activeDeadlineSeconds: integer({ min: 0 }) }),
  secrets: map(secret),
  ucr,
  user: string(),
  volumes: array(volume),
};

const needed = { cpus: number({ min: 0.01 }), mem: number({ min: 32 }), disk: number({ min: 0 }) };

const runReader = object(needed, members);
type RawRun = typeof runReader extends Reader<infer T> ? T : never;

/** The members of a run, for formats that have more. */
export const runMembers = {
  needed,
  optional: { ...members, taskKillGracePeriodSeconds: number({ min: 0 }) },
};

/** Version 0 does not know a grace period. */
export const runSpecReaderV0: Reader<RunSpec> = as(runReader, withDefaults);

export const runSpecReader: Reader<RunSpec> = as(
  object(runMembers.needed, runMembers.optional),
  ({ taskKillGracePeriodSeconds: grace, ...raw }) => ({
    ...withDefaults(raw),
    ...(grace === undefined ? {} : { taskKillGracePeriodSeconds: Math.trunc(grace) }),
  }),
);

/** Not exclusive: members that a format adds stay as they are. */
export function withDefaults({ cmd, placement, ...raw }: RawRun): RunSpec {
  return {
    gpus: 0,
    args: [],
    env: {},
    placement: { constraints: placement?.constraints ?? [] },
    artifacts: [],
    maxLaunchDelay: 3600,
    volumes: [],
    restart: { policy: 'NEVER' },
    secrets: {},
    networks: [],
    parameters: [],
    ...raw,
    ...(cmd ? { cmd } : {}),
  };
}
