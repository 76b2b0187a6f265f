import { readdirSync } from 'node:fs';

/** A bench prints its figures, ours beside a yardstick of the same run. */
interface Bench {
  run(): Promise<void>;
}

/** Every file of this folder that is not this one is a bench. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== 'main.js')
  .map((file) => file.slice(0, -'.js'.length));
const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- ${names.join('|')}\n`);
  process.exit(64);
}
const bench = (await import(`./${name}.js`)) as Bench;
await bench.run();
