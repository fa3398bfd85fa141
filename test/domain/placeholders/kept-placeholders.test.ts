/**
 * Chains in a real store: who recalls what, what nobody knows, and writers that meet. Shown false by a `recall` that
 * opens for team-mates too, by a `keep` that does not look at what it read, and by dropping values of who is held.
 */
import { describe, expect, test } from 'vitest';
import type { ChainPlaceholders } from '../../../src/guardrails/placeholders.ts';
import { ADA, BOB, keptIn, memoryStore } from '../../support/exchange.ts';

const DAY = 86_400_000;
const RESPONSE = { kind: 'response', id: 'resp_1', pointer: '/previous_response_id' };
const CONVERSATION = { kind: 'conversation', id: 'conv_1', pointer: '/conversation' };
const entry = (n: number, value: string) => ({ placeholder: `<EMAIL_${n}>`, type: 'EMAIL', value });
const chainOf = (...values: string[]): ChainPlaceholders => ({
  numbers: values.length > 0 ? { EMAIL: values.length } : {},
  entries: values.map((value, i) => entry(i + 1, value)),
});
const owner = (id: string, kind = 'response', user = ADA.user) => ({ id, kind, user, createdAt: 1 });

async function house(days = 7) {
  const store = await memoryStore();
  const clock = { at: 100 * DAY, now: () => clock.at };
  const kept = keptIn(store, { days, clock });
  const put = async (id: string, kind: string, chain: ChainPlaceholders, caller = ADA) =>
    store.putOwner(owner(id, kind, caller.user), kept.row(caller, chain, id));
  return { store, clock, kept, put };
}

describe('recall', () => {
  test('gives the maker the values, and others the numbers alone', async () => {
    const { kept, put } = await house();
    await put('resp_1', 'response', chainOf('ann@example.com'));
    const mine = await kept.recall(ADA, [RESPONSE], true);
    expect(mine).toMatchObject({ isKnown: true, earlier: { numbers: { EMAIL: 1 } } });
    expect(mine.earlier?.entries).toMatchObject([{ value: 'ann@example.com' }]);
    const theirs = await kept.recall(BOB, [RESPONSE], true);
    expect(theirs).toMatchObject({ isKnown: true, earlier: { numbers: { EMAIL: 1 }, entries: [] } });
  });

  test('of what nobody recorded nothing is known; of what held nothing, that', async () => {
    const { kept, put, store } = await house();
    expect(await kept.recall(ADA, [RESPONSE], true)).toMatchObject({ isKnown: false });
    await store.putOwner(owner('resp_1'));
    expect(await kept.recall(ADA, [RESPONSE], true)).toMatchObject({ isKnown: false });
    await put('resp_2', 'response', chainOf());
    expect(await kept.recall(ADA, [{ ...RESPONSE, id: 'resp_2' }], true)).toMatchObject({
      isKnown: true,
      earlier: undefined,
    });
    expect(await kept.recall(ADA, [], true)).toMatchObject({ isKnown: true, earlier: undefined });
  });

  test("a team-mate's conversation can be read, but values that are written into it are theirs to know", async () => {
    const { kept, put } = await house();
    await put('conv_1', 'conversation', chainOf('ann@example.com'));
    expect(await kept.recall(BOB, [CONVERSATION], false)).toMatchObject({ isKnown: true });
    expect(await kept.recall(BOB, [CONVERSATION], true)).toMatchObject({ isKnown: false, rows: new Map() });
  });

  test('a call that names more objects than are opened knows nothing', async () => {
    const { kept, put } = await house();
    const many = Array.from({ length: 65 }, (_, i) => ({ ...RESPONSE, id: `resp_${i}` }));
    for (const { id } of many) await put(id, 'response', chainOf());
    expect(await kept.recall(ADA, many.slice(1), true)).toMatchObject({ isKnown: true });
    expect(await kept.recall(ADA, many, true)).toMatchObject({ isKnown: false });
  });

  test('a store that is away is told', async () => {
    const { kept, store } = await house();
    await store.close();
    await expect(kept.recall(ADA, [RESPONSE], true)).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});

describe('keep', () => {
  test.each([7, 0])('of two writers one is told to look again (%i days)', async (days) => {
    const { kept, put } = await house(days);
    await put('conv_1', 'conversation', chainOf());
    const [one, other] = [
      await kept.recall(ADA, [CONVERSATION], true),
      await kept.recall(ADA, [CONVERSATION], true),
    ];
    expect(await kept.keep(ADA, chainOf('ann@example.com'), one.rows)).toBe(true);
    expect(await kept.keep(ADA, chainOf('bob@example.com'), other.rows)).toBe(false);
    const now = await kept.recall(ADA, [CONVERSATION], true);
    expect(now.earlier?.numbers).toEqual({ EMAIL: 1 });
    expect(now.earlier?.entries.map(({ value }) => value)).toEqual(days === 0 ? [] : ['ann@example.com']);
  });

  test('writes nothing where nothing is new', async () => {
    const { kept, put, store } = await house();
    await put('conv_1', 'conversation', chainOf('ann@example.com'));
    const before = await store.getSealed(['conv_1']);
    const { rows, earlier } = await kept.recall(ADA, [CONVERSATION], true);
    expect(await kept.keep(ADA, earlier ?? chainOf(), rows)).toBe(true);
    expect(await store.getSealed(['conv_1'])).toEqual(before);
  });
});

const nobody = async () => [];
const away = async (): Promise<void> => Promise.reject(new Error('the disk'));

describe('forgetOld', () => {
  const told: number[] = [];
  const onRecord = async (objects: number): Promise<void> => void told.push(objects);

  test('drops what would be too old before the next time, on record first, and no number', async () => {
    const { kept, put, store, clock } = await house();
    await put('resp_1', 'response', chainOf('ann@example.com'));
    await put('conv_1', 'conversation', chainOf('ann@example.com'));
    clock.at += 6 * DAY;
    const { rows, earlier } = await kept.recall(ADA, [CONVERSATION], true);
    const both = {
      numbers: { EMAIL: 2 },
      entries: [...(earlier?.entries ?? []), entry(2, 'bob@example.com')],
    };
    expect(await kept.keep(ADA, both, rows)).toBe(true);
    clock.at += DAY / 2;
    await kept.forgetOld(DAY / 4, onRecord, nobody);
    expect(told).toEqual([]);
    await expect(kept.forgetOld(DAY, away, nobody)).rejects.toThrow('the disk');
    await kept.forgetOld(DAY, onRecord, async () => 'all');
    await kept.forgetOld(DAY, onRecord, async () => [ADA.user]);
    expect(told).toEqual([]);
    expect((await store.getSealed(['resp_1', 'conv_1'])).size).toBe(2);
    await kept.forgetOld(DAY, onRecord, nobody);
    expect(told).toEqual([2]);
    expect([...(await store.getSealed(['resp_1', 'conv_1'])).keys()]).toEqual(['conv_1']);
    expect(await kept.recall(ADA, [RESPONSE], true)).toMatchObject({
      isKnown: true,
      earlier: { numbers: { EMAIL: 1 }, entries: [] },
    });
    const left = await kept.recall(ADA, [CONVERSATION], true);
    expect(left.earlier).toMatchObject({ numbers: { EMAIL: 2 }, entries: [{ placeholder: '<EMAIL_2>' }] });
    await kept.forgetOld(DAY, onRecord, nobody);
    expect(told).toEqual([2]);
  });

  test('what is over its time is not recalled, though nobody has dropped it yet', async () => {
    const { kept, put, clock } = await house();
    await put('resp_1', 'response', chainOf('ann@example.com'));
    clock.at += 7 * DAY;
    expect((await kept.recall(ADA, [RESPONSE], true)).earlier?.entries).toEqual([]);
  });

  test('with a user, all that is kept of theirs goes at once', async () => {
    const { kept, put, store } = await house();
    await put('resp_1', 'response', chainOf('ann@example.com'));
    await put('resp_2', 'response', chainOf('bob@example.com'), BOB);
    await store.dropSealed({ user: ADA.user });
    expect((await kept.recall(ADA, [RESPONSE], true)).earlier?.entries).toEqual([]);
    expect([...(await store.getSealed(['resp_1', 'resp_2'])).keys()]).toEqual(['resp_2']);
  });
});
