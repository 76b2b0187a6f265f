// The launcher for machines without Python: the same requests, journal and promises as launcher.py.
// A process of its own that stays small, because Node's spawn slows with the memory of its process.
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { closeSync, constants as modes, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';

// A sandbox is its user's, who must not choose what else is written, nor have this process wait.
const IN_SANDBOX = modes.O_WRONLY | modes.O_CREAT | modes.O_NOFOLLOW | modes.O_NONBLOCK;

const journal = openSync(process.argv[2], 'a');
const running = new Set();
let input = Buffer.alloc(0);
let open = true;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE']) process.on(signal, () => {});
process.stdout.on('error', () => {});

function note(line) {
  writeSync(journal, `${line}\n`);
  if (process.stdout.writableLength === 0) process.stdout.write('\n');
}

function now() {
  return (Date.now() / 1000).toFixed(3);
}

function serve() {
  const requests = [];
  for (;;) {
    const lineEnd = input.indexOf(10);
    const length = lineEnd < 0 ? Number.NaN : Number(input.toString('latin1', 0, lineEnd));
    if (!(input.length >= lineEnd + 1 + length)) break;
    requests.push(input.toString('utf8', lineEnd + 1, lineEnd + 1 + length).split('\0'));
    input = input.subarray(lineEnd + 1 + length);
  }
  if (requests.length === 0) return;
  note(`G ${requests.map(([id]) => id).join(' ')}`);
  for (const request of requests) start(request);
}

function start([id, sandbox, file, variables, ...rest]) {
  running.add(id);
  const environment = rest.splice(0, Number(variables)).map((variable) => {
    const equals = variable.indexOf('=');
    return [variable.slice(0, equals), variable.slice(equals + 1)];
  });
  const files = [];
  try {
    mkdirSync(sandbox, { recursive: true });
    for (const name of ['stdout', 'stderr']) {
      files.push(openSync(`${sandbox}/${name}`, modes.O_WRONLY | modes.O_CREAT | modes.O_NOFOLLOW | modes.O_APPEND, 0o644));
    }
    const [argv0, ...args] = rest;
    const child = spawn(file, args, {
      argv0,
      cwd: sandbox,
      env: Object.fromEntries(environment),
      stdio: ['ignore', ...files],
      detached: true,
    });
    child.on('error', (error) => failed(id, file, error));
    if (child.pid !== undefined) {
      note(`S ${id} ${child.pid} ${now()}`);
    }
    child.on('exit', (code, signal) => exited(id, sandbox, child.pid, code, signal));
  } catch (error) {
    failed(id, sandbox, error);
  } finally {
    for (const file of files) closeSync(file);
  }
}

function failed(id, what, error) {
  note(`E ${id} ${what}: ${error.message}`);
  note(`X ${id} ${127 << 8} ${now()}`);
  ended(id);
}

function exited(id, sandbox, pid, code, signal) {
  try {
    process.kill(-pid, 'SIGKILL'); // what it left behind in its process group
  } catch {
    // nothing left
  }
  const status = signal === null ? code << 8 : constants.signals[signal];
  try {
    const how = signal === null ? `exit ${code}` : `signal ${status}`;
    writeFileSync(`${sandbox}/process`, `pid ${pid}\n${how}\n`, { flag: IN_SANDBOX, mode: 0o644 });
  } catch {
    // its own command has removed the sandbox, or put something else there
  }
  note(`X ${id} ${status} ${now()}`);
  ended(id);
}

function ended(id) {
  running.delete(id);
  if (!open && running.size === 0) end();
}

function end() {
  note('Q');
  process.exit(0);
}

note(`L ${process.pid} ${now()}`);
process.stdin.on('data', (chunk) => {
  input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
  serve();
});
function close() {
  if (!open) return;
  open = false;
  note('Z');
  if (running.size === 0) end();
}
process.stdin.on('end', close);
process.stdin.on('error', close);
