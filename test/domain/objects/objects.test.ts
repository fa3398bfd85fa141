import { describe, expect, test } from 'vitest';
import {
  checkReferences,
  idsShown,
  mayUse,
  objectsSchema,
  SEALED_MS,
  unknownSealed,
} from '../../../src/domain/objects/objects.ts';
import type { Caller } from '../../../src/domain/callers/caller.ts';
import { sealedId } from '../../../src/openai/sealed.ts';
import { ADA, BOB, codeOf, memoryStore } from '../../support/exchange.ts';

const owner = { id: 'resp_1', kind: 'response', user: 'ada', team: 'red', createdAt: 1 };

describe('who may use an object', () => {
  test.each([
    ['team', ADA, true],
    ['team', { ...BOB, team: 'red' }, true],
    ['team', { ...BOB, team: 'blue' }, false],
    ['team', BOB, false],
    ['user', ADA, true],
    ['user', { ...BOB, team: 'red' }, false],
    ['off', BOB, true],
  ] as const)('isolation by %s, caller %o: %s', (isolation, caller, allowed) => {
    expect(mayUse(caller, owner, objectsSchema.parse({ isolation }))).toBe(allowed);
  });

  /** Shown false by groups of bare names, in which a user who is called like a team was a member. */
  test.each([
    ['two teams', ['team:red', 'team:blue'], { ...BOB, team: 'blue' }, true],
    ['a team and a user', ['team:red', 'user:bob'], BOB, true],
    ['a group without the owner', ['team:blue', 'user:bob'], { ...BOB, team: 'blue' }, false],
    ['a group without the caller', ['team:red'], BOB, false],
    ['a user called like a team', ['team:red', 'team:blue'], { ...BOB, user: 'blue' }, false],
    ['a team called like a user', ['team:red', 'user:bob'], { ...BOB, user: 'eve', team: 'bob' }, false],
  ] as const)('members of a group: %s', (_, members, caller, allowed) => {
    for (const isolation of ['user', 'team'])
      expect(mayUse(caller, owner, objectsSchema.parse({ isolation, groups: { shared: members } }))).toBe(
        allowed,
      );
  });

  test('members of a group say what they are', () => {
    expect(objectsSchema.safeParse({ groups: { shared: ['red'] } }).success).toBe(false);
  });

  test('no team is not a team that callers without one share', () => {
    const { team: _, ...alone } = owner;
    expect(mayUse(BOB, alone, objectsSchema.parse({}))).toBe(false);
  });
});

const named = (...ids: string[]) => ids.map((id) => ({ kind: 'response', id, pointer: `/${id}` }));

const contents = (...texts: string[]) =>
  texts.map((text) => ({ kind: 'sealed', id: sealedId(text), pointer: `/${text}` }));

describe('what upstream sealed', () => {
  const left = { kind: 'sealed', user: 'ada', team: 'red', createdAt: 1000 };

  test('is known where it left to the caller, or whom the caller is one with, within 30 days', async () => {
    const store = await memoryStore();
    await store.putOwner({ ...left, id: sealedId('a') });
    const count = (caller: Caller, settings: object = {}, now = 1000) =>
      unknownSealed(store, caller, contents('a', 'b'), objectsSchema.parse(settings), now);
    expect(await count(ADA)).toBe(1);
    expect(await count({ ...BOB, team: 'red' })).toBe(1);
    expect(await count({ ...BOB, team: 'red' }, { isolation: 'user' })).toBe(2);
    expect(await count(BOB)).toBe(2);
    expect(await count(ADA, {}, 999 + SEALED_MS)).toBe(1);
    expect(await count(ADA, {}, 1000 + SEALED_MS)).toBe(2);
  });

  test('is refused by its place where that is configured; a store that is away lets only that wait', async () => {
    const store = await memoryStore();
    await store.putOwner({ ...left, id: sealedId('a') });
    const ask = (settings: object, ...texts: string[]) =>
      unknownSealed(store, ADA, contents(...texts), objectsSchema.parse(settings), 1000);
    expect(await ask({ sealed: 'refuse' }, 'a')).toBe(0);
    await expect(ask({ sealed: 'refuse' }, 'a', 'b')).rejects.toMatchObject({
      code: 'access.unknown_object',
      options: { param: '/b' },
    });
    await store.close();
    expect(await ask({}, 'a')).toBe(1);
    await expect(ask({ sealed: 'refuse' }, 'a')).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});

describe('the objects a call names', () => {
  test('must all be usable; the first that is not is named by its place alone', async () => {
    const store = await memoryStore();
    await store.putOwner(owner);
    await store.putOwner({ ...owner, id: 'resp_2', user: 'bob', team: undefined });
    const settings = objectsSchema.parse({});
    const owners = await checkReferences(store, ADA, named('resp_1', 'resp_1'), settings);
    expect(owners).toMatchObject([{ id: 'resp_1' }]);
    const mixed = checkReferences(store, ADA, named('resp_1', 'resp_2'), settings);
    await expect(mixed).rejects.toMatchObject({
      code: 'access.unknown_object',
      options: { param: 'resp_2' },
    });
    expect(await codeOf(() => checkReferences(store, ADA, named('resp_3'), settings))).toBe(
      'access.unknown_object',
    );
    const adopting = objectsSchema.parse({ unknown: 'allow' });
    expect(await checkReferences(store, ADA, named('resp_3'), adopting)).toEqual([]);
    expect(await codeOf(() => checkReferences(store, ADA, named('resp_2'), adopting))).toBe(
      'access.unknown_object',
    );
  });

  test('cost no look-up where there are none, and open nothing while the store is away', async () => {
    const store = await memoryStore();
    await store.close();
    const settings = objectsSchema.parse({});
    expect(await checkReferences(store, ADA, [], settings)).toEqual([]);
    expect(await codeOf(() => checkReferences(store, ADA, named('resp_1'), settings))).toBe(
      'store.unavailable',
    );
  });
});

describe('ids in an answer', () => {
  test('of what was made, and of what stands where the row says', () => {
    const answer = { id: 'batch_1', output: { file: 'file-2' }, error_file_id: null };
    expect(idsShown(answer, 'batch', { 'output.file': 'file', error_file_id: 'file' })).toEqual([
      { kind: 'file', id: 'file-2' },
      { kind: 'batch', id: 'batch_1' },
    ]);
    expect(idsShown(answer, undefined)).toEqual([]);
  });

  test('of every element of a list, at most a thousand, that of what was made among them', () => {
    const output = [{ id: 'msg_1' }, { id: 'ci_1', container_id: 'cntr_1' }, 'odd', null];
    expect(
      idsShown({ output }, undefined, { 'output.*.id': 'item', 'output.*.container_id': 'box' }),
    ).toEqual([
      { kind: 'item', id: 'msg_1' },
      { kind: 'item', id: 'ci_1' },
      { kind: 'box', id: 'cntr_1' },
    ]);
    expect(idsShown({ a: ['f_1', 7], b: [['f_2']] }, undefined, { 'a.*': 'file', 'b.*.*': 'file' })).toEqual([
      { kind: 'file', id: 'f_1' },
      { kind: 'file', id: 'f_2' },
    ]);
    const cited = [{ file_id: 'f_1' }, { file_id: 'f_2', container_id: 'c_1' }];
    expect(idsShown({ cited }, undefined, { 'cited.*.?container_id.file_id': 'file' })).toEqual([
      { kind: 'file', id: 'f_2' },
    ]);
    const many = { id: 'resp_1', output: Array.from({ length: 3000 }, (_, at) => ({ id: `msg_${at}` })) };
    const shown = idsShown(many, 'response', { 'output.*.id': 'item' });
    expect(shown).toHaveLength(1000);
    expect(shown).toContainEqual({ kind: 'response', id: 'resp_1' });
  });

  test.each([undefined, null, 'batch_1', [], {}, { id: '' }, { id: 7 }])('none in %j', (answer) => {
    expect(idsShown(answer, 'batch', { 'output.file': 'file' })).toEqual([]);
  });
});
