/**
 * What all processes go by: the newest word counts, whatever the disk or a slow answer does, and nothing is written that no
 * process could read again. Shown false, each by its case: by the copy before the state, by no check of what is written,
 * by `newest` that takes whatever it read, by a first change that is put whatever stands there, by changes that are written
 * one by one (forty at once were refused), by a batch that ends with the first of it that cannot be.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { SharedState, type SharedStateOptions } from '../../src/jobs/shared-state.ts';
import type { Store } from '../../src/ports/store.ts';
import { until } from '../support/until.ts';

const NAME = 'names';
const schema = z.strictObject({ names: z.array(z.string()).max(100) });
type State = z.infer<typeof schema>;

const folder = mkdtempSync(join(tmpdir(), 'sallyport-shared-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let store: Store;
let count = 0;
const running: SharedState<State>[] = [];
beforeEach(async () => {
  store = openSqliteStore({ file: ':memory:' });
  await store.open();
});
afterEach(async () => {
  for (const one of running.splice(0)) one.stop();
  await store.close();
});

function begin(more: Partial<SharedStateOptions<State>> = {}) {
  const file = join(folder, `${++count}.json`);
  const faults: unknown[] = [];
  const heard: State[] = [];
  const shared = new SharedState<State>({
    store,
    name: NAME,
    file,
    nothing: { names: [] },
    read: (json) => schema.parse(json),
    onChange: (state) => heard.push(state),
    onFailure: (error) => faults.push(error),
    ...more,
  });
  running.push(shared);
  return { shared, file, faults, heard };
}

const adding =
  (...more: string[]) =>
  ({ names }: State) => ({ state: { names: [...names, ...more] }, result: names.length });

const refuse = (): never => {
  throw new Error('not this one');
};

test('a copy that cannot be kept holds nothing up, and is made up for', async () => {
  const { shared, file, faults, heard } = begin();
  mkdirSync(`${file}.new`);
  await shared.change(adding('ada'));
  expect(shared.state).toEqual({ names: ['ada'] });
  expect(heard).toEqual([{ names: ['ada'] }]);
  expect(faults).toHaveLength(1);
  rmdirSync(`${file}.new`);
  await until(
    () => JSON.parse(readFileSync(file, 'utf8')),
    ({ names }) => names.length === 1,
  );
});

test('what no process could read again is not written, and what is there goes on', async () => {
  const { shared } = begin();
  const full = Array.from({ length: 100 }, (_, n) => `u${n}`);
  await shared.change(adding(...full));
  await expect(shared.change(adding('cy'))).rejects.toMatchObject({ code: 'request.too_complex' });
  expect(await store.getSetting(NAME)).toBe(JSON.stringify({ names: full }));
  await shared.change(() => ({ state: { names: [] }, result: undefined }));
  expect(await shared.newest()).toEqual({ names: [] });
});

test('an answer that is older than a change from here does not undo it', async () => {
  let hold: Promise<void> | undefined;
  const slow: SharedStateOptions<State>['store'] = {
    async getSetting(name) {
      const held = hold;
      const text = await store.getSetting(name);
      await held;
      return text;
    },
    changeSetting: (...change) => store.changeSetting(...change),
  };
  const { shared, heard } = begin({ store: slow });
  await shared.change(adding('ada'));
  const answer = Promise.withResolvers<void>();
  hold = answer.promise;
  const asked = shared.newest();
  // On its way with what was there.
  await turn();
  hold = undefined;
  await shared.change(adding('bea'));
  answer.resolve();
  expect(await asked).toEqual({ names: ['ada', 'bea'] });
  expect(heard).toEqual([{ names: ['ada'] }, { names: ['ada', 'bea'] }]);
});

test('of two who are the first to change it both are heard', async () => {
  const [one, other] = [begin().shared, begin().shared];
  await Promise.all([one.change(adding('ada')), other.change(adding('bea'))]);
  expect((await one.newest()).names.toSorted()).toEqual(['ada', 'bea']);
});

test('however many ask at once, at two processes, each is heard once, and one that cannot be holds up no other', async () => {
  let writes = 0;
  const counted: SharedStateOptions<State>['store'] = {
    getSetting: (name) => store.getSetting(name),
    changeSetting: (...change) => ((writes += 1), store.changeSetting(...change)),
  };
  const both = [begin({ store: counted }).shared, begin({ store: counted }).shared] as const;
  const names = Array.from({ length: 80 }, (_, n) => `u${n}`);
  const tooMany = Array.from({ length: 101 }, (_, n) => `x${n}`);
  const changed = (name: string, n: number) => both[n % 2 ? 1 : 0].change(adding(name));
  const [odd, large, ...asked] = await Promise.allSettled([
    both[0].change(refuse),
    both[1].change(adding(...tooMany)),
    ...names.map(changed),
  ]);
  expect(asked.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(odd).toMatchObject({ status: 'rejected', reason: { message: 'not this one' } });
  expect(large).toMatchObject({ status: 'rejected', reason: { code: 'request.too_complex' } });
  expect((await both[0].newest()).names.toSorted()).toEqual(names.toSorted());
  expect(writes).toBeLessThan(20);
  // The first is written by itself, the others together.
  const asking = [adding('v1'), adding('v2'), adding(...tooMany), adding('v3')].map((step) =>
    both[0].change(step),
  );
  const ends = (await Promise.allSettled(asking)).map(({ status }) => status);
  expect(ends).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});
