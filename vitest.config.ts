// All tests of the project; one real PostgreSQL serves the whole run.
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take twenty seconds and more, in this order: begun last, they would run alone at the end. */
const FIRST = [
  ...['many-kills', 'simulation', 'pay-kill', 'card-sale', 'kill', 'page-look', 'start', 'embedding', 'refund-kill'],
  ...['hosted-page', 'plan-sessions', 'pay', 'rotation', 'listen', 'merchant', 'card-refund', 'webhook-soak'],
  ...['payment-link-slots', 'plan-processes', 'payments', 'expiry', 'create-fuzz', 'backup-postgres'],
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = FIRST.indexOf(basename(moduleId, '.test.ts'));
      return at === -1 ? FIRST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: [
      'packages/**/*.test.ts',
      'apps/**/*.test.ts',
      'examples/**/*.test.ts',
      'tools/**/*.test.ts',
      'e2e/**/*.test.ts',
    ],
    globalSetup: ['e2e/postgres.ts'],
    pool: 'forks',
    // Files share the worker's process, and what it has loaded: a fifth of the time is loading otherwise. Each leaves it as
    // it was found.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // The slow ones mostly wait for a clock, a disk or a browser, so that two cores are not too few for three.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // On a machine that does much else everything takes many times as long, and is right all the same.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
