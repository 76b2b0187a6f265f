// node libs/contracts/tools/generate.ts [--check]
// Writes everything that is generated from the .proto files; with --check only says what is out of date (exit 1).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generateApis } from './apis.ts';
import { generateDescriptor } from './descriptor.ts';
import { contractsDir, loadProtos } from './protos.ts';
import { generateTypes } from './types.ts';

const protos = loadProtos();

const files: Readonly<Record<string, string>> = {
  'src/generated/types.ts': generateTypes(protos),
  'src/generated/apis.ts': generateApis(protos),
  'src/generated/descriptor.ts': generateDescriptor(protos),
};

const stale = Object.entries(files).filter(([path, text]) => read(path) !== text);

if (process.argv.includes('--check')) {
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

function read(path: string): string | undefined {
  try {
    return readFileSync(join(contractsDir, path), 'utf8');
  } catch {
    return undefined;
  }
}
