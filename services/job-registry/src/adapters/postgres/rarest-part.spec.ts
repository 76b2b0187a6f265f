import { expect, test } from 'vitest';
import { rarestPart } from './rarest-part.js';

test.each([
  ['group-33.job-55433', '-55433'],
  ['group-7.', '-7.'],
  ['nightly backup of the ledger', 'nightly '],
  ['ledger', 'ledger'],
  ['0%_s', '0%'],
  ['%_', '%_'],
  ['', ''],
  ['the 🚀rocket🚀', '🚀rocket🚀'],
  ['🚀🚀', '🚀🚀'],
  ['𝔸lpha🚀', '𝔸lpha🚀'],
])('of %s it is %s', (text, part) => {
  expect(rarestPart(text)).toBe(part);
});
