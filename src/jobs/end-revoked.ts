/**
 * Ends the open calls of keys that are not live any more: at once where the change is heard of, and by a look
 * at all of them every second, as a push may be lost. A store that cannot be asked ends nothing.
 */
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import type { KeyRing } from '../domain/callers/key-ring.ts';
import { isLive } from '../domain/callers/keys.ts';
import type { OpenCall } from '../domain/open-call.ts';

/** With copies of keys of at most 5 s, a lost push is made up for within 6 s. */
const LOOK_MS = 1000;

/** Which keys, and which calls are under way. */
export interface EndRevokedOptions {
  readonly keys: Pick<KeyRing, 'find' | 'onChanged'>;
  readonly open: () => Iterable<OpenCall>;
  readonly clock: Clock;
}

/** None before it is known who calls, and for tokens. */
function keyOf(call: OpenCall): string | undefined {
  return call.caller?.key?.id;
}

/** Runs until stopped. */
export function endRevoked({ keys, open, clock }: EndRevokedOptions): { stop(): void } {
  async function check(id: string): Promise<void> {
    if (isLive(await keys.find(id), clock.now())) return;
    for (const call of open()) {
      if (keyOf(call) === id) call.abort(new Refusal('auth.invalid', { detail: 'revoked or expired' }));
    }
  }

  function checkAll(ids: Iterable<string | undefined>): void {
    for (const id of new Set(ids)) if (id !== undefined) check(id).catch(() => undefined);
  }

  keys.onChanged((id) => {
    for (const call of open()) {
      if (keyOf(call) === id) return checkAll([id]);
    }
  });
  const timer = setInterval(() => checkAll(Array.from(open(), keyOf)), LOOK_MS);
  return { stop: () => clearInterval(timer) };
}
