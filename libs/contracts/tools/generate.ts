// node libs/contracts/tools/generate.ts [--check | --accept]
//
// Writes everything that is generated from the .proto files, and the snapshot in compat/ that the next change is
// compared with. A change that breaks readers or writers of the former contract is refused.
//   --check   writes nothing; exit 1 when something is out of date or breaks compatibility
//   --accept  takes a breaking change into the snapshot
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { breakingChanges, type ContractSnapshot } from '../src/compatibility/compatibility.ts';
import { generateApis } from './apis.ts';
import { asyncApi } from './asyncapi.ts';
import { generateDescriptor } from './descriptor.ts';
import { contractsDir, loadProtos } from './protos.ts';
import { eventSchemas } from './schemas.ts';
import { snapshotOf } from './snapshot.ts';
import { generateTypes } from './types.ts';

const snapshotPath = 'compat/v1.json';
const protos = loadProtos();
const { version } = JSON.parse(read('package.json') ?? '') as { version: string };
const schemas = Object.entries(eventSchemas(protos));

const files: Readonly<Record<string, string>> = {
  'src/generated/types.ts': generateTypes(protos),
  'src/generated/apis.ts': generateApis(protos),
  'src/generated/descriptor.ts': generateDescriptor(protos),
  'generated/asyncapi.json': json(asyncApi(protos, version)),
  ...Object.fromEntries(schemas.map(([name, schema]) => [`generated/schemas/${name}.json`, json(schema)])),
  [snapshotPath]: json(snapshotOf(protos)),
};

const broken = breaks();
const stale = Object.entries(files).filter(([path, text]) => read(path) !== text);

if (broken.length > 0 && !process.argv.includes('--accept')) {
  for (const change of broken) console.error(`libs/contracts: ${change}`);
  console.error(
    'libs/contracts: this breaks the contract; add instead of changing, or accept it with --accept',
  );
  process.exitCode = 1;
} else if (process.argv.includes('--check')) {
  for (const [path] of stale) {
    console.error(`libs/contracts/${path} does not match the .proto files: run npm run contracts:generate`);
  }
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(contractsDir, path)), { recursive: true });
    writeFileSync(join(contractsDir, path), text);
    console.log(`wrote libs/contracts/${path}`);
  }
}

function breaks(): string[] {
  const before = read(snapshotPath);
  if (before === undefined) return [];
  return breakingChanges(JSON.parse(before) as ContractSnapshot, snapshotOf(protos));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(contractsDir, path), 'utf8');
  } catch {
    return undefined;
  }
}
