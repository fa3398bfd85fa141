import { join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { memoryFolder } from './support/memory-folder.ts';

const HOUSE = 'test/house.test.ts';
/** What starts processes or servers, or waits for disks. */
const PROCESSES = /\/test\/(?:assemble|engines|faults|journeys)\//;
const rankOf = ({ moduleId }: TestSpecification): number => (PROCESSES.test(moduleId) ? 0 : 1);

/** Begins with what starts processes, since the longest of all are among them, also where none was timed yet. */
class ProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

/** Two projects: the house rules alone (`npm run check`), and all else. In order of names. */
export default defineConfig({
  test: {
    // All of these are for what takes the processor seconds, on a machine that others use too: nothing passes by them.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    env: {
      TMPDIR: memoryFolder(),
      // Workers compile what they load once for all runs.
      NODE_COMPILE_CACHE: join(resolve(import.meta.dirname, '..'), 'node_modules/.cache/sallyport/compiled'),
    },
    expect: { poll: { timeout: 60_000 } },
    // One more than there are cores where this is run most: a fifth of what two do is waiting. More would strain the bounds
    // that are tested.
    maxWorkers: 3,
    // Node loads the sources as it does in production, and once for all the files of a worker: loading them through
    // Vite anew for each file took more than half of all the time. Hence no module of ours can be mocked.
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: ProcessesFirst },
    projects: [
      { extends: true, test: { name: 'house', include: [HOUSE] } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [HOUSE],
          // Builds what is started.
          globalSetup: 'test/support/built.ts',
        },
      },
    ],
  },
});
