import { checks } from './checks.js';
import { openDeployment, type Service, SERVICES } from './deployment.js';

const USAGE = `Checks the guarantees of ARCHITECTURE.md on a deployment's databases, reading only.

  npm run verify:deployment -- --database postgres://user:password@host:5432/carillon [--grace 60]

  --database   of all services; one of its own has --timer, --job-registry, --scheduler-framework or --history
  --grace      seconds that something may be on its way from one service to the next (60)

Ends with 1 when a guarantee does not hold, with 2 when it could not look.`;

const options = new Map<string, string>();
for (let at = 2; at < process.argv.length; at += 2) {
  options.set(process.argv[at]?.replace(/^--/, '') ?? '', process.argv[at + 1] ?? '');
}
const urlOf = (service: Service) =>
  options.get(service.replace('_', '-')) ??
  options.get('database') ??
  process.env['CARILLON_DATABASE_URL'] ??
  '';
const graceMs = Number(options.get('grace') ?? 60) * 1000;
const urls = Object.fromEntries(SERVICES.map((service) => [service, urlOf(service)])) as Record<
  Service,
  string
>;

if (Object.values(urls).includes('') || !Number.isFinite(graceMs)) {
  console.error(USAGE);
  process.exit(2);
}
try {
  const deployment = await openDeployment({ urls, graceMs });
  let broken = 0;
  for (const { name, run } of checks) {
    const { checked, violations } = await run(deployment);
    console.log(`${violations.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${checked} looked at)`);
    for (const violation of violations) console.log(`       ${violation}`);
    if (violations.length > 0) broken++;
  }
  await deployment.close();
  console.log(broken === 0 ? 'every guarantee holds' : `${broken} of ${checks.length} do not hold`);
  process.exitCode = broken === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
