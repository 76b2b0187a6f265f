// `npm run start:distributed`: everything as separate processes until Ctrl-C.
import { spawn } from 'node:child_process';
import { ExitError, runMain } from '@carillon/service-runtime';
import { startDistributed } from './distributed.js';
import { kafkaMissing } from './kafka.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const print = (line: string) => process.stdout.write(`${line}\n`);

if (process.argv.includes('--detached')) run();
else detach();

/** In a session of its own, so that Ctrl-C does not reach PostgreSQL before the services have stopped. */
function detach(): void {
  const [script = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [script, '--detached'], { stdio: 'inherit', detached: true });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => process.exit(code ?? 1));
}

function run(): void {
  const stopTimeoutMs = 60_000;
  runMain(
    'start:distributed',
    async () => {
      const missing = kafkaMissing();
      if (missing !== undefined) throw new ExitError(`Kafka cannot be started: ${missing}`);
      const httpPort = Number(process.env['CARILLON_HTTP_PORT'] ?? 9000);
      const distributed = await startDistributed({ httpPort, onStarted: print });
      print(`API at ${distributed.apiUrl} (Metronome's: /v1/jobs)`);
      print(`logs in ${distributed.logFolder}; Ctrl-C stops everything`);
      return {
        stop: () => {
          print('stopping …');
          return distributed.stop();
        },
      };
    },
    { stopTimeoutMs },
  );
}
