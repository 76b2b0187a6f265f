import { parseArgs } from 'node:util';
import { type DeploymentOptions, type Service, SERVICES } from './deployment.js';

export const USAGE = `Checks the guarantees of ARCHITECTURE.md on a deployment's databases, reading only.

  npm run verify:deployment -- --database postgres://user:password@host:5432/carillon [--grace 60]

  --database   of all services (also CARILLON_DATABASE_URL); one of its own has --timer, --job-registry,
               --scheduler-framework or --history
  --grace      seconds that something may be on its way from one service to the next (60)

Ends with 1 when a guarantee does not hold, with 2 when it could not look.`;

const flagOf = (service: Service) => service.replace('_', '-');

/** Throws with the option that is wrong. */
export function verifyOptions(argv: readonly string[], env: NodeJS.ProcessEnv): DeploymentOptions {
  const names = ['database', 'grace', ...SERVICES.map(flagOf)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const values = parseArgs({ args: [...argv], options }).values as Readonly<
    Record<string, string | undefined>
  >;
  const { database = env['CARILLON_DATABASE_URL'], grace = '60' } = values;
  if (!/^\d+(\.\d+)?$/.test(grace)) throw new Error(`--grace "${grace}": must be a number of seconds`);
  const urlOf = (service: Service) => {
    const url = values[flagOf(service)] ?? database;
    if (url) return url;
    throw new Error(`--database or --${flagOf(service)} must name the database of ${flagOf(service)}`);
  };
  const urls = Object.fromEntries(SERVICES.map((service) => [service, urlOf(service)]));
  return { urls: urls as Record<Service, string>, graceMs: Number(grace) * 1_000 };
}
