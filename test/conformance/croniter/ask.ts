import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = import.meta.dirname;
const venv = execFileSync('sh', [join(folder, 'setup.sh'), '--where'], { encoding: 'utf8' }).trim();

export const croniterMissing = existsSync(join(venv, '.complete'))
  ? undefined
  : 'its Python packages are not installed; run test/conformance/croniter/setup.sh once';

/** The answers of answer.py to these requests, in order; two processes share them. */
export async function ask(requests: readonly unknown[]): Promise<unknown[]> {
  const half = Math.ceil(requests.length / 2);
  const halves = [requests.slice(0, half), requests.slice(half)];
  return (await Promise.all(halves.map(askOne))).flat();
}

async function askOne(requests: readonly unknown[]): Promise<unknown[]> {
  const child = spawn(join(venv, 'bin/python'), [join(folder, 'answer.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONTZPATH: '' }, // the zones of the tzdata package, whose release is pinned
  });
  const answers: unknown[] = [];
  child.stdin.on('error', () => undefined); // its exit says more
  child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  for await (const line of createInterface(child.stdout)) answers.push(JSON.parse(line));
  if (answers.length !== requests.length) throw new Error(`${answers.length} of ${requests.length} answers`);
  return answers;
}
