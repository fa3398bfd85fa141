import { expect, test } from 'vitest';
import { keepCheckpoints } from '../../src/jobs/keep-checkpoints.ts';

function house(retryMs: number) {
  const kept = new Map<string, string>();
  const state = { away: false, tries: 0, failures: 0 };
  const store = {
    putSetting: async (name: string, value: string) => {
      state.tries += 1;
      if (state.away) throw new Error('away');
      kept.set(name, value);
    },
  };
  const onFailure = () => void (state.failures += 1);
  return { kept, state, checkpoints: keepCheckpoints({ store, place: 'here', onFailure, retryMs }) };
}
const line = (sequence: number, chain = 'one') => JSON.stringify({ checkpoint: 1, chain, sequence });

test('of each chain the newest is kept', async () => {
  const { kept, checkpoints } = house(60_000);
  for (const one of [line(1), line(2), line(3)]) checkpoints.keep(one);
  await expect.poll(() => kept.get('audit.checkpoint:here:one')).toBe(line(3));
  checkpoints.keep(line(1, 'two'));
  await checkpoints.stop();
  expect([...kept.values()]).toEqual([line(3), line(1, 'two')]);
});

test('I52: a store that is away gets the newest when it is back, however often it failed', async () => {
  const { kept, state, checkpoints } = house(10);
  state.away = true;
  checkpoints.keep(line(1));
  checkpoints.keep(line(2));
  await expect.poll(() => state.failures).toBeGreaterThan(3);
  state.away = false;
  await expect.poll(() => kept.get('audit.checkpoint:here:one')).toBe(line(2));
  await checkpoints.stop();
});

test('the last one is kept at the end', async () => {
  const { kept, state, checkpoints } = house(60_000);
  state.away = true;
  checkpoints.keep(line(1));
  await expect.poll(() => state.failures).toBe(1);
  state.away = false;
  checkpoints.keep(line(2));
  await checkpoints.stop();
  expect(kept.get('audit.checkpoint:here:one')).toBe(line(2));
});
