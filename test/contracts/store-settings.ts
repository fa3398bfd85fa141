/** What every store engine must do for the small facts of the house, beside `store.ts`. */
import { expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';

/** @param fresh a store over an empty database, not opened */
export function settingsContract(fresh: () => Promise<Store>): void {
  async function opened(): Promise<Store> {
    const store = await fresh();
    await store.open();
    return store;
  }

  test('settings: the last word counts', async () => {
    const store = await opened();
    await store.putSetting('cursor', '1');
    await store.putSetting('cursor', '2');
    expect(await store.getSetting('cursor')).toBe('2');
    expect(await store.getSetting('absent')).toBeUndefined();
    await store.close();
  });

  test('settings: listed by the beginning of their names, changed only from what they were', async () => {
    const store = await opened();
    for (const name of ['member.b', 'member.a', 'member', 'members', 'member.ä'])
      await store.putSetting(name, name);
    const listed = await store.listSettings('member.');
    expect([...listed]).toEqual(['member.a', 'member.b', 'member.ä'].map((name) => [name, name]));
    expect(await store.changeSetting('member.a', 'else', 'new')).toBe(false);
    expect(await store.changeSetting('absent', 'else', 'new')).toBe(false);
    expect(await store.changeSetting('member.a', undefined, 'new')).toBe(false);
    expect(await store.changeSetting('absent', undefined, undefined)).toBe(false);
    expect(await store.changeSetting('member.a', 'member.a', 'new')).toBe(true);
    expect(await store.changeSetting('member.b', 'else', undefined)).toBe(false);
    expect(await store.changeSetting('member.b', 'member.b', undefined)).toBe(true);
    expect([...(await store.listSettings('member.'))]).toEqual([
      ['member.a', 'new'],
      ['member.ä', 'member.ä'],
    ]);
    await store.close();
  });

  test('settings: of those who make one at the same time, one does', async () => {
    const store = await opened();
    const made = await Promise.all([1, 2, 3, 4].map((n) => store.changeSetting('first', undefined, `${n}`)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await store.getSetting('first')).toBe(`${made.indexOf(true) + 1}`);
    await store.close();
  });
}
