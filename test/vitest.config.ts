import { defineConfig } from 'vitest/config';

/** Two projects: the house rules alone (`npm run check`), and everything. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Most of the time goes into waiting for processes: two at a time suit two cores, and no bound is strained.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'house', include: ['test/house.test.ts'] } },
      {
        extends: true,
        test: { name: 'all', include: ['test/**/*.test.ts'], exclude: ['test/house.test.ts'] },
      },
    ],
  },
});
