import { checks } from './checks.js';
import { openDeployment } from './deployment.js';
import { USAGE, verifyOptions } from './options.js';

try {
  if (process.argv.includes('--help')) console.log(USAGE);
  else process.exitCode = await verify(optionsOrUsage());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

function optionsOrUsage() {
  try {
    return verifyOptions(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${USAGE}\n`);
    throw error;
  }
}

async function verify(options: ReturnType<typeof verifyOptions>): Promise<number> {
  const deployment = await openDeployment(options);
  try {
    let broken = 0;
    for (const { name, run } of checks) {
      const { checked, violations } = await run(deployment);
      console.log(`${violations.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${checked} looked at)`);
      for (const violation of violations) console.log(`       ${violation}`);
      if (violations.length > 0) broken++;
    }
    console.log(broken === 0 ? 'every guarantee holds' : `${broken} of ${checks.length} do not hold`);
    return broken === 0 ? 0 : 1;
  } finally {
    await deployment.close();
  }
}
