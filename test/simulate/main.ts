// `npm run simulate`: the suite on virtual time; see README.md.
import { runMain } from './command.js';
import { mutate } from './mutations.js';
import { readOptions } from './options.js';

// Before the services are loaded: what they would log is of no interest, and costs more than the rest.
process.env['LOG_LEVEL'] ??= 'silent';

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  process.stdout.write(options);
} else {
  if (options.mutation !== undefined) mutate(options.mutation);
  const { simulate } = await import('./simulation.js');
  process.exitCode = await runMain(options, simulate);
}
