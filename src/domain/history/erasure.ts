/**
 * Erasing a person: everything that was said by them or about them in texts, wherever the store keeps it, and that objects of
 * upstream's are theirs. What bounds and proves stays: that an object is known, counts, and the audit log, which has names of
 * the operator's and digests alone.
 */
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { Person } from '../../ports/person.ts';
import type { Store } from '../../ports/store.ts';
import type { KeyRing } from '../callers/key-ring.ts';

/** How much of each was removed. */
export interface Erased {
  readonly history: number;
  /** Objects whose placeholders had values. */
  readonly placeholders: number;
  /** Approvals that had texts. */
  readonly approvals: number;
  readonly parkedAnswers: number;
  readonly keyNames: number;
  /** Of upstream's, which nobody is known to own any more. */
  readonly objects: number;
}

/** What it works with. */
export interface ErasureDeps {
  readonly store: Pick<Store, 'history' | 'approvals' | 'dropSealed' | 'disown' | 'amendKey'>;
  readonly keys: Pick<KeyRing, 'list' | 'forget'>;
  readonly clock: Clock;
}

/** Of theirs, and of calls under way what the history would keep. Again finds nothing. @throws store.unavailable: what was removed until then is gone */
export async function erasePerson(deps: ErasureDeps, of: Person): Promise<Erased> {
  const { store } = deps;
  const history = await store.history.erase(of, deps.clock.now());
  const placeholders = await store.dropSealed(of);
  const { approvals, answers } = await store.approvals.erase(of);
  const keyNames = 'user' in of ? await dropNames(deps, of.user) : 0;
  const objects = await store.disown(of);
  return { history, placeholders, approvals, parkedAnswers: answers, keyNames, objects };
}

async function dropNames({ store, keys }: ErasureDeps, user: string): Promise<number> {
  const named = (await keys.list()).filter((key) => key.user === user && key.name !== undefined);
  for (const { name: _, ...key } of named) {
    if (!(await store.amendKey(key)))
      throw new Refusal('store.unavailable', { detail: `key ${key.id} is being changed by others` });
    keys.forget(key.id);
  }
  return named.length;
}
