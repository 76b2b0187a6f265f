import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { FlakyReporter } from './test/rigs/src/flaky-reporter.js';

// Tests import workspace packages from source: no build is needed to run one.
const results = process.env['CARILLON_TEST_RESULTS'];

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    // Of the processes that tests start: hundreds of them compile the same modules.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compile', import.meta.url)) },
    globalSetup: ['test/rigs/src/postgres-setup.ts'],
    include: ['{libs,services}/*/src/**/*.spec.ts', 'test/**/*.spec.ts'],
    reporters: [
      'default',
      new FlakyReporter(),
      ...(results ? [['json', { outputFile: results }] as const] : []),
    ],
    // A machine that is shared may stop for seconds: what fails there is run once more, and named.
    retry: process.env['CI'] ? 1 : 0,
    // Conditions are waited for; how long it takes is not what is tested.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
