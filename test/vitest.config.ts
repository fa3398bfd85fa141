import { defineConfig } from 'vitest/config';
import { memoryFolder } from './support/memory-folder.ts';

const HOUSE = 'test/house.test.ts';
/** What starts processes or servers, or waits for disks: begun first, since the longest of all are among them. */
const PROCESSES = 'test/{assemble,engines,faults,journeys}/**/*.test.ts';

/** Builds what is started, in either of the two. */
const BUILT = 'test/support/built.ts';

/** Three projects: the house rules alone (`npm run check`), what starts processes, and the rest. In order of names. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { TMPDIR: memoryFolder() },
    expect: { poll: { timeout: 10_000 } },
    // One more than there are cores where this is run most: a fifth of what two do is waiting. More would strain the bounds
    // that are tested.
    maxWorkers: 3,
    // Node loads the sources as it does in production, and once for all the files of a worker: loading them through
    // Vite anew for each file took more than half of all the time. Hence no module of ours can be mocked.
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      { extends: true, test: { name: 'house', include: [HOUSE] } },
      { extends: true, test: { name: 'processes', include: [PROCESSES], globalSetup: BUILT } },
      {
        extends: true,
        test: {
          name: 'rules',
          include: ['test/**/*.test.ts'],
          exclude: [HOUSE, PROCESSES],
          globalSetup: BUILT,
        },
      },
    ],
  },
});
