import { burst } from './timer/burst.js';
import { growth } from './timer/growth.js';
import { hour } from './timer/hour.js';
import { processes } from './timer/processes.js';

const PARTS: Readonly<Record<string, () => Promise<void>>> = { burst, processes, hour, growth };

/** The timer under load, fsync on: all parts, or those that are named (`npm run bench -- timer burst hour`). */
export async function run(): Promise<void> {
  const named = process.argv.slice(3);
  const unknown = named.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  for (const [name, part] of Object.entries(PARTS)) {
    if (named.length > 0 && !named.includes(name)) continue;
    console.log(`--- ${name}`);
    await part();
  }
}
