import {
  type Constraint,
  type HealthCheck,
  parameterTypeValues,
  type Retry,
  type RunParameter,
  type RunSpec,
  type Volume,
} from '@carillon/contracts';
import {
  array,
  as,
  described,
  integer,
  isObject,
  map,
  number,
  object,
  oneOf,
  type Reader,
  reader,
  string,
} from '../../metronome/readers.js';
import { hostVolume, runMembers, secretVolume, withDefaults } from '../../metronome/run-spec.reader.js';
import { scalar } from './readers.js';

const OPERATORS = [
  'IS',
  'EQ',
  'EQUALS',
  'LIKE',
  'UNLIKE',
  'UNIQUE',
  'CLUSTER',
  'GROUP_BY',
  'MAX_PER',
] as const;
const filled = string({ minLength: 1 });
const seconds = number({ min: 0 });

export const ownConstraint: Reader<Constraint> = as(
  object({ attribute: string(), operator: oneOf(OPERATORS) }, { value: string() }),
  ({ operator, ...rest }) => ({ ...rest, operator: operator === 'EQ' ? 'IS' : operator }),
);

const retry: Reader<Retry> = as(
  object(
    { limit: integer({ min: 0 }) },
    {
      delaySeconds: seconds,
      backoffFactor: number({ min: 1 }),
      maxDelaySeconds: seconds,
      jitter: number({ min: 0, max: 1 }),
      on: array(oneOf(['failed', 'lost', 'timedOut'])),
    },
  ),
  ({ delaySeconds = 0, backoffFactor = 1, jitter = 0, on = [], ...rest }) => ({
    ...rest,
    delaySeconds,
    backoffFactor,
    jitter,
    on,
  }),
);

const parameter: Reader<RunParameter> = as(
  object(
    { name: filled },
    { type: oneOf(parameterTypeValues), default: scalar, choices: array(scalar), description: string() },
  ),
  ({ type = 'string', choices = [], ...rest }) => ({ ...rest, type, choices }),
);

const healthCheck: Reader<HealthCheck> = object(
  { cmd: filled },
  {
    delaySeconds: seconds,
    intervalSeconds: seconds,
    timeoutSeconds: seconds,
    gracePeriodSeconds: seconds,
    consecutiveFailures: integer({ min: 1 }),
  },
);

const externalVolume: Reader<Volume> = as(
  object(
    {
      containerPath: filled,
      external: as(
        object({ name: filled, driver: filled }, { options: map(string()) }),
        ({ options = {}, ...rest }) => ({ ...rest, options }),
      ),
    },
    { mode: oneOf(['RO', 'RW']) },
  ),
  (volume) => volume,
);

const persistentVolume: Reader<Volume> = described(
  object(
    { containerPath: filled, persistent: object({ size: integer({ min: 1 }) }, {}) },
    { mode: oneOf(['RW']) },
  ),
  'A folder of the sandbox, named containerPath, that stays on its agent from run to run: size MiB of its disk are reserved for the job until the job is removed or a revision has the volume no more. One run at a time has it, on that agent; size stays as it is. Mesos reserves for roles other than *',
);

const volumeSchema = {
  anyOf: [hostVolume.schema, secretVolume.schema, externalVolume.schema, persistentVolume.schema],
};
/** By the member that only one kind has. */
const volume: Reader<Volume> = reader<Volume>(volumeSchema, (value, at, problems) => {
  if (isObject(value) && 'external' in value) return externalVolume(value, at, problems);
  if (isObject(value) && 'persistent' in value) return persistentVolume(value, at, problems);
  if (isObject(value) && 'secret' in value) return secretVolume(value, at, problems);
  return hostVolume(value, at, problems);
});

/** Metronome's run with what Carillon adds. */
export const ownRunReader: Reader<RunSpec> = as(
  object(runMembers.needed, {
    ...runMembers.optional,
    placement: object({}, { constraints: array(ownConstraint) }),
    volumes: array(volume),
    retry: described(
      retry,
      'When a failed attempt is followed by another: after delaySeconds, times backoffFactor each time, up to maxDelaySeconds, of which a share of jitter is random; on failed and lost unless told. Replaces restart',
    ),
    timeoutSeconds: described(
      integer({ min: 1 }),
      'Of a run, over all attempts, from its first launch; then it is stopped and has timedOut',
    ),
    priority: described(integer(), 'A queued run of a higher one is placed first; 0 unless told'),
    parameters: described(
      array(parameter),
      'What may be chosen when a run is started by hand; the command finds it in its environment',
    ),
    ports: described(integer({ min: 0 }), 'How many ports of the agent it gets, as PORT0 and so on'),
    limits: described(
      object({}, { cpus: number({ min: 0.01 }), mem: number({ min: 32 }) }),
      'What the command may use at most; cpus and mem are what it is promised',
    ),
    healthCheck,
  }),
  withDefaults,
);
