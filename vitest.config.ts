import { defineConfig } from 'vitest/config';

// Tests import workspace packages from source: no build is needed to run one.
const results = process.env['CARILLON_TEST_RESULTS'];

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    globalSetup: ['test/rigs/src/postgres-setup.ts'],
    include: ['{libs,services}/*/src/**/*.spec.ts', 'test/**/*.spec.ts'],
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
