#!/usr/bin/env node
// A local Mesos in a process of its own, until SIGTERM or SIGINT; tasks go on after it, unless --kill-tasks.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { LocalAgentOptions, LocalMesosOptions } from './options.js';
import { startLocalMesos } from './start-local-mesos.js';

const USAGE = `usage: local-mesos --data FOLDER [--port 5050] [--agents 3 | --agents agents.json]
                   [--masters 2] [--zk zk://host:2181/mesos] [--simulate SECONDS] [--kill-tasks]`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '5050' },
    agents: { type: 'string', default: '1' },
    masters: { type: 'string', default: '1' },
    zk: { type: 'string' },
    simulate: { type: 'string' },
    'kill-tasks': { type: 'boolean', default: false },
  },
});

function options(dataDir: string): LocalMesosOptions {
  const { agents, masters, port, simulate, zk } = values;
  const durationMs = simulate === undefined ? undefined : numberOf('--simulate', simulate) * 1000;
  return {
    dataDir,
    port: numberOf('--port', port),
    masters: numberOf('--masters', masters),
    agents: /^\d+$/.test(agents)
      ? Number(agents)
      : (JSON.parse(readFileSync(agents, 'utf8')) as LocalAgentOptions[]),
    ...(zk === undefined ? {} : { zk }),
    ...(durationMs === undefined ? {} : { simulate: () => ({ durationMs }) }),
  };
}

function numberOf(flag: string, value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number < 0)
    throw new Error(`${flag}: '${value}' is not a number\n${USAGE}`);
  return number;
}

if (values.data === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const mesos = await startLocalMesos(options(values.data));
  for (const { address, isLeading } of mesos.masters) {
    process.stdout.write(`master ${address}${isLeading ? ', leading' : ''}\n`);
  }
  process.stdout.write(`${mesos.agents.length} agents\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void mesos.stop({ killTasks: values['kill-tasks'] }).then(() => process.exit(0));
    });
  }
}
