/**
 * Sheds load before a body is read, without asking the ledger: who was refused until t waits until t, and who is
 * refused too often waits out the minute. Bounded in memory; forgets the oldest first.
 */
import { BoundedMap } from '../../base/bounded-map.ts';
import { CATALOGUE, Refusal, type Blame, type Code } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Caller } from '../callers/caller.ts';
import { rateLimitHeaders, type Windows } from './rate-limit-headers.ts';

const CALLERS_MAX = 50_000;
const MINUTE_MS = 60_000;

interface Standing {
  /** Until then the ledger is not asked. */
  until: number;
  /** When the ledger would admit again, which may be later. */
  admittedAt: number;
  code: Code;
  /** As the ledger told them at `toldAt`. */
  windows: Windows;
  toldAt: number;
  refusals: number;
  minute: number;
}

const NOBODY: Standing = {
  until: 0,
  admittedAt: 0,
  code: 'rate.requests',
  windows: {},
  toldAt: 0,
  refusals: 0,
  minute: 0,
};

/** Whole seconds ≥ 1. A window of a minute counts a little longer than it is: over 60 s the SDKs would give up. */
export function waitS(ms: number): number {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds === 61 ? 60 : seconds;
}

/** What this process knows of who was refused: at most 50,000 credentials, never asked of others. */
export interface Floods {
  /** @throws rate.requests, rate.tokens, rate.held, rate.concurrency, rate.refusals */
  check(credential: string, refusalsPerMinute: number): void;
  /**
   * The ledger refused for so long: it is not asked again of this credential before that is over, or a minute, as limits
   * may be others by then. What callers are told is all of it.
   */
  refusedFor(credential: string, code: Code, retryAfterMs: number, windows?: Windows): void;
  /** A call was refused by a guard; counts towards `refusalsPerMinute`. */
  countRefusal(credential: string): void;
  /** Limits may be others now: the ledger is asked again of whomever it refused. */
  askAgain(): void;
}

/** Nobody was refused yet. */
export function createFloods(clock: Clock): Floods {
  const standings = new BoundedMap<string, Standing>(CALLERS_MAX);
  const standing = (credential: string): Standing => {
    let found = standings.get(credential);
    if (!found) {
      found = { ...NOBODY };
      standings.set(credential, found);
    }
    return found;
  };
  return {
    check(credential, refusalsPerMinute) {
      const found = standings.get(credential);
      if (!found) return;
      const now = clock.now();
      if (found.until > now) {
        throw new Refusal(found.code, {
          retryAfterS: waitS(found.admittedAt - now),
          headers: rateLimitHeaders(found.windows, now - found.toldAt),
        });
      }
      const left = (found.minute + 1) * MINUTE_MS - now;
      if (left > 0 && found.refusals > refusalsPerMinute) {
        throw new Refusal('rate.refusals', { retryAfterS: waitS(left) });
      }
    },
    refusedFor(credential, code, retryAfterMs, windows = {}) {
      const found = standing(credential);
      found.toldAt = clock.now();
      found.admittedAt = found.toldAt + retryAfterMs;
      found.until = found.toldAt + Math.min(retryAfterMs, MINUTE_MS);
      found.code = code;
      found.windows = windows;
    },
    countRefusal(credential) {
      const found = standing(credential);
      const minute = Math.floor(clock.now() / MINUTE_MS);
      if (found.minute !== minute) {
        found.minute = minute;
        found.refusals = 0;
      }
      found.refusals += 1;
    },
    askAgain() {
      for (const found of standings.values()) found.until = 0;
    },
  };
}

/** Whose doing a refusal has to be to count. */
const OWN_DOING: ReadonlySet<Blame> = new Set(['caller', 'policy']);

/** Of all refusals that a credential may have, one end user it speaks for may have a tenth. */
const END_USERS_SHARE = 0.1;

/** Whoever an end user is, others of the same credential do not wait for them. */
export function floodName({ credential, endUser }: Pick<Caller, 'credential' | 'endUser'>): string {
  return endUser === undefined ? credential : `${credential} ${endUser}`;
}

/** @throws as `Floods.check`, for the credential and for the end user */
export function checkFloods(floods: Floods, caller: Caller, refusalsPerMinute: number): void {
  floods.check(caller.credential, refusalsPerMinute);
  if (caller.endUser !== undefined) floods.check(floodName(caller), refusalsPerMinute * END_USERS_SHARE);
}

/**
 * What an end user is refused for coming too often is not held against the credential; what somebody else is to blame
 * for, a dependency that is away, against nobody: service is back with it.
 */
export function countRefusal(floods: Floods, caller: Caller, code: Code | undefined): void {
  if (code !== undefined && !OWN_DOING.has(CATALOGUE[code].blame)) return;
  if (caller.endUser !== undefined) floods.countRefusal(floodName(caller));
  if (caller.endUser === undefined || !code?.startsWith('rate.')) floods.countRefusal(caller.credential);
}
