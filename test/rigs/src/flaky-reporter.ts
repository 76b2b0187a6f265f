import type { Reporter, TestCase } from 'vitest/node';

/** Names at the end of a run the tests that failed and then passed: each is a race that is to be found. */
export class FlakyReporter implements Reporter {
  readonly #flaky: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky) this.#flaky.push(`${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestRunEnd(): void {
    for (const name of this.#flaky) process.stdout.write(`flaky: passed only when run again: ${name}\n`);
  }
}
