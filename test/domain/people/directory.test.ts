/**
 * Who has left, over a real store: what cannot be done of it keeps nothing else from being done, and two who tell of one
 * person at once do not undo each other. Shown false, each by its case: by a ban that is waited for, by a change that is put
 * whatever stands there, by letting in without another look.
 */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { Refusal } from '../../../src/base/errors.ts';
import { type ContainmentState, NOTHING_SHUT } from '../../../src/domain/callers/containment.ts';
import { createDirectory, type Directory, type MemberStep } from '../../../src/domain/people/directory.ts';
import { createKeyRing, type KeyRing } from '../../../src/domain/callers/key-ring.ts';
import { isLive } from '../../../src/domain/callers/keys.ts';
import { createSessions, type Sessions } from '../../../src/domain/people/sessions.ts';
import { createEmbeddedLedger } from '../../../src/engines/ledger/ledger-embedded.ts';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import type { Store } from '../../../src/ports/store.ts';

let store: Store;
let ledger: Ledger;
let keys: KeyRing;
let sessions: Sessions;
let directory: Directory;
let shut: ContainmentState;
/** Called before each change of bans, and of what is kept of a person. */
let before: () => Promise<unknown>;
let beforeWriting: () => Promise<unknown>;

beforeEach(async () => {
  store = openSqliteStore({ file: ':memory:' });
  await store.open();
  ledger = createEmbeddedLedger();
  keys = createKeyRing({ store, ledger, pepper: randomBytes(32), clock: systemClock });
  sessions = createSessions(store, 8, systemClock);
  shut = NOTHING_SHUT;
  before = async () => undefined;
  beforeWriting = async () => undefined;
  directory = createDirectory({
    store: {
      getSetting: (name) => store.getSetting(name),
      listSettings: (prefix) => store.listSettings(prefix),
      async changeSetting(...change) {
        await beforeWriting();
        return await store.changeSetting(...change);
      },
    },
    keys,
    sessions,
    async change(step) {
      await before();
      const { state, result } = step(shut);
      shut = state;
      return result;
    },
    clock: systemClock,
  });
});
afterEach(async () => {
  await ledger.close();
  await store.close();
});

const named = { userName: 'ada@example.com' };
const here: MemberStep = () => ({ ...named, active: true });
const gone: MemberStep = () => ({ ...named, active: false });
/** As a change that says nothing of whether they are here. */
const renamed: MemberStep = (known) => ({ userName: 'new@example.com', active: known?.active ?? true });

test('where no ban can be kept, sessions and keys end all the same, and it is said', async () => {
  const { record } = keys.mint({ user: 'ada', tier: 'pro', role: 'user' });
  await keys.add(record);
  const access = { team: 'red', role: 'user', tier: 'pro' } as const;
  const session = await sessions.open({ user: 'ada', subject: 'ada', access });
  before = async () => {
    throw new Refusal('request.too_complex');
  };
  await expect(directory.put('ada', gone)).rejects.toMatchObject({ code: 'request.too_complex' });
  expect(isLive(await keys.find(record.id), Date.now())).toBe(false);
  expect(await sessions.find(session)).toBeUndefined();
  expect(await directory.mayEnter('ada')).toBe(false);
  // Again, once there is room: what was left undone is done.
  before = async () => undefined;
  await directory.put('ada', gone);
  expect(shut.bans).toMatchObject([{ kind: 'user', value: 'ada' }]);
});

test('who tells something else of a person meanwhile does not bring them back', async () => {
  await directory.put('ada', here);
  beforeWriting = async () => {
    beforeWriting = async () => undefined;
    await directory.put('ada', gone);
  };
  const { member } = await directory.put('ada', renamed);
  expect(member).toMatchObject({ userName: 'new@example.com', active: false });
  expect(await directory.find('ada')).toEqual(member);
  expect(shut.bans).toHaveLength(1);
});

test('who leaves while they are let in is out', async () => {
  await directory.put('ada', gone);
  before = async () => {
    before = async () => undefined;
    await directory.put('ada', gone);
  };
  await directory.put('ada', here);
  expect(await directory.find('ada')).toMatchObject({ active: false });
  expect(shut.bans).toMatchObject([{ value: 'ada' }]);
});
