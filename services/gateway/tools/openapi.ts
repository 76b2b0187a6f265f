// node services/gateway/tools/openapi.ts [--check]
//
// Writes docs/openapi.json, the document that a gateway serves at /v2/openapi.json. Needs `npm run build`.
//   --check   writes nothing; exit 1 when it is out of date
import { readFileSync, writeFileSync } from 'node:fs';
import { v2Document } from '@carillon/gateway';

const file = new URL('../../../docs/openapi.json', import.meta.url);
const text = `${JSON.stringify(v2Document, null, 2)}\n`;
let before = '';
try {
  before = readFileSync(file, 'utf8');
} catch {
  // the first time
}
if (before !== text) {
  if (process.argv.includes('--check')) {
    console.error('docs/openapi.json is not what the routes say: run npm run client:generate');
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log('wrote docs/openapi.json');
  }
}
