/**
 * What all processes go by: the newest word counts, whatever the disk or a slow answer does, and nothing is written that no
 * process could read again. Shown false, each by its case: by the copy before the state, by no check of what is written,
 * by `newest` that takes whatever it read, by a first change that is put whatever stands there.
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
const schema = z.strictObject({ names: z.array(z.string()).max(2) });
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
  await shared.change(adding('ada', 'bea'));
  await expect(shared.change(adding('cy'))).rejects.toMatchObject({ code: 'request.too_complex' });
  expect(await store.getSetting(NAME)).toBe('{"names":["ada","bea"]}');
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
