import 'reflect-metadata';
import { EXIT_CONFIG, runMain } from '@carillon/service-runtime';
import { helpText, parseOptions } from './standalone.options.js';

const parsed = parseOptions(process.argv.slice(2), process.env);
if (parsed.kind === 'help') {
  process.stdout.write(helpText());
} else if (parsed.kind === 'wrong') {
  process.stderr.write(`${parsed.problems.join('\n')}\nSee npm start -- --help\n`);
  process.exitCode = EXIT_CONFIG;
} else {
  process.env['LOG_LEVEL'] ??= 'warn';
  runMain('carillon', async () => {
    const [{ startStandalone }, { loadSettings }] = await Promise.all([
      import('./standalone.js'),
      import('./settings.js'),
    ]);
    return startStandalone(parsed.options, loadSettings());
  });
}
