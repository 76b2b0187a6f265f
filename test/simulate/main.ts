// `npm run simulate`: the suite on virtual time; see README.md.
import { runMain } from './command.js';
import { mutate } from './mutations.js';
import { type CommandOptions, readOptions } from './options.js';

// Before the services are loaded: what they would log is of no interest, and costs more than the rest.
process.env['LOG_LEVEL'] ??= 'silent';
// As before Node 26, which has blocks of 64 KB: a message that is kept keeps its block, and the more these hold, the oftener
// V8 marks the heap (ADR 9).
Buffer.poolSize = 8_192;

const options = prepare();
if (typeof options === 'string') {
  process.stdout.write(options);
} else if (options) {
  const { simulate } = await import('./simulation.js');
  process.exitCode = await runMain(options, simulate);
}

/** What to simulate, the product changed for it, or help; nothing, and exit code 2, when an option is bad. */
function prepare(): CommandOptions | string | undefined {
  try {
    const asked = readOptions(process.argv.slice(2));
    if (typeof asked !== 'string' && asked.mutation !== undefined) mutate(asked.mutation);
    return asked;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return undefined;
  }
}
