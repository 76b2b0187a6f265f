import 'reflect-metadata';
import { metronomeEnvironment } from '@carillon/gateway/metronome-environment';
import { EXIT_CONFIG, runMain } from '@carillon/service-runtime';
import { helpText, parseOptions } from './standalone.options.js';

const { env, warnings } = metronomeEnvironment(process.env);
Object.assign(process.env, env);
for (const warning of warnings) process.stderr.write(`${warning}\n`);

const parsed = parseOptions(process.argv.slice(2), process.env);
if (parsed.kind === 'help') {
  process.stdout.write(helpText());
} else if (parsed.kind === 'wrong') {
  process.stderr.write(`${parsed.problems.join('\n')}\nSee npm start -- --help\n`);
  process.exitCode = EXIT_CONFIG;
} else {
  process.env['LOG_LEVEL'] ||= 'warn';
  runMain('carillon', async () => {
    const [{ startStandalone }, { loadSettings }] = await Promise.all([
      import('./standalone.js'),
      import('./settings.js'),
    ]);
    return startStandalone(parsed.options, loadSettings());
  });
}
