import { metronomeEnvironment } from './compatibility/metronome-environment.js';

// Before anything else is loaded: loggers, which read LOG_LEVEL, are made with the modules that they are of.
const { env, warnings } = metronomeEnvironment(process.env);
Object.assign(process.env, env);
for (const warning of warnings) process.stderr.write(`${warning}\n`);
await import('./run.js');
