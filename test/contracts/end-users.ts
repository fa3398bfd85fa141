/** What every store engine must do with what a user made or said for somebody else. */
import { expect, test } from 'vitest';
import type { ApprovalRecord, ParkedAnswer } from '../../src/ports/approval-store.ts';
import type { Store } from '../../src/ports/store.ts';

const [EVE, MAL] = ['e'.repeat(64), 'f'.repeat(64)];
const MINUTE = 60_000;

const question = (id: string, endUser?: string): ApprovalRecord => ({
  id,
  user: 'ada',
  credential: 'k1',
  ...(endUser && { endUser }),
  tool: 'send',
  argumentsDigest: id.padEnd(64, 'a'),
  policyVersion: 'v1',
  exchange: 'x',
  state: 'pending',
  askers: 1,
  askedAt: 1000,
  expiresAt: 1000 + MINUTE,
  shown: 'c2VhbGVk',
  seen: 's'.repeat(64),
});
const BOUNDS = { pendingMax: 9, pendingPerUserMax: 9, perMinuteMax: 9 };

/** @param fresh a store over an empty database, not opened */
export function endUserContract(fresh: () => Promise<Store>): void {
  /** One of everything for each, and for none: of ada; and of bob for the first. */
  async function filled(): Promise<Store> {
    const store = await fresh();
    await store.open();
    for (const [id, user, endUser] of [
      ['none', 'ada', undefined],
      ['eve', 'ada', EVE],
      ['mal', 'ada', MAL],
      ['bobs', 'bob', EVE],
    ] as const) {
      const whose = { user, ...(endUser && { endUser }) };
      const owner = { id: `resp_${id}`, kind: 'response', createdAt: 1, ...whose };
      expect(await store.putOwner(owner, { placeholders: '{}', sealed: 'c2VhbGVk', since: 5 })).toBe(true);
      const said = { id, at: 1, operation: 'chat.completions.create', sealed: 'c2VhbGVk', ...whose };
      await store.history.put(said);
      await store.approvals.ask({ ...question(id, endUser), user }, BOUNDS);
      const parked: ParkedAnswer = {
        id: `parked-${id}`,
        approvals: [id],
        requestDigest: id,
        parkedAt: 1,
        answer: 'c2VhbGVk',
        ...whose,
      };
      expect(await store.approvals.park(parked, 9)).toBe(true);
      expect(await store.approvals.findParked(user, { approval: id })).toEqual(parked);
    }
    return store;
  }

  test('end users: what is whose comes back as it was put, and is nobody else’s to take', async () => {
    const store = await filled();
    const owners = await store.getOwners(['resp_eve', 'resp_none']);
    expect(owners.find(({ id }) => id === 'resp_eve')?.endUser).toBe(EVE);
    expect(owners.find(({ id }) => id === 'resp_none')).not.toHaveProperty('endUser');
    expect(await store.pruneOwners('file', 2, 9)).toBe(0);
    expect(await store.pruneOwners('response', 1, 9)).toBe(0);
    expect(await store.pruneOwners('response', 2, 1)).toBe(1);
    expect(await store.getOwners(['resp_eve', 'resp_none'])).toHaveLength(1);
    const again = { id: 'resp_eve', kind: 'response', user: 'ada', createdAt: 2 };
    expect(await store.putOwner(again)).toBe(false);
    expect(await store.putOwner({ ...again, endUser: MAL })).toBe(false);
    expect(await store.putOwner({ ...again, endUser: EVE })).toBe(true);
    expect((await store.approvals.get('eve'))?.endUser).toBe(EVE);
    const ids = async (endUsers?: readonly string[]) =>
      (await store.history.list({ user: 'ada', endUsers, limit: 9 })).map(({ id }) => id).sort();
    expect(await ids()).toEqual(['eve', 'mal', 'none']);
    expect(await ids([EVE])).toEqual(['eve']);
    expect(await ids([EVE, MAL])).toEqual(['eve', 'mal']);
    await store.close();
  });

  test('end users: one is erased alone, of all users but those who are left out', async () => {
    const store = await filled();
    const of = { endUsers: [EVE], except: ['bob'] };
    expect(await store.history.erase(of, 0)).toBe(1);
    expect(await store.dropSealed(of)).toBe(1);
    expect(await store.approvals.erase(of)).toEqual({ approvals: 1, answers: 1 });
    const ids = ['resp_none', 'resp_eve', 'resp_mal', 'resp_bobs'];
    expect([...(await store.getSealed(ids)).keys()].sort()).toEqual(['resp_bobs', 'resp_mal', 'resp_none']);
    expect(await store.history.list({ user: 'bob', limit: 9 })).toHaveLength(1);
    expect(await store.disown(of)).toBe(1);
    const owners = new Map((await store.getOwners(ids)).map((owner) => [owner.id, owner]));
    expect(owners.get('resp_eve')).toMatchObject({ user: 'system' });
    expect(owners.get('resp_eve')).not.toHaveProperty('endUser');
    expect(owners.get('resp_bobs')?.user).toBe('bob');
    expect((await store.approvals.get('eve'))?.shown).toBe('');
    expect((await store.approvals.get('bobs'))?.shown).not.toBe('');
    expect(await store.history.erase({ endUsers: [EVE] }, 0)).toBe(1);
    await store.close();
  });
}
