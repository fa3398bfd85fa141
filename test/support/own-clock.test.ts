/** What measures on a crowded machine stands still with the process, and goes on with it. Shown false by counting each turn as it lasts. */
import { expect, test } from 'vitest';
import { ownClock } from './own-clock.ts';
import { until } from './until.ts';

test('it stands still while its process does', async () => {
  const clock = ownClock();
  const busyUntil = performance.now() + 500;
  while (performance.now() < busyUntil);
  expect(clock.stop()).toBeLessThan(100);
});

test('it goes on with the turns of its processes', async () => {
  let turns = 0;
  const clock = ownClock(async () => void turns++);
  await until(
    () => turns,
    (count) => count > 10,
  );
  const ms = clock.stop();
  // All but the last were over, each of at least 20 ms, but for what timers round off, and of at most 30.
  expect(ms).toBeGreaterThanOrEqual((turns - 1) * 19);
  expect(ms).toBeLessThanOrEqual(turns * 30);
});

test('a process that does not answer holds it', async () => {
  const answer = Promise.withResolvers<void>();
  const clock = ownClock(() => answer.promise);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(clock.stop()).toBeLessThanOrEqual(30);
  answer.resolve();
});
