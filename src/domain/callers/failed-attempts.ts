/**
 * Refusals before authentication, counted by source and minute, so that a flood of bad credentials fills neither
 * memory nor the disk. Only ever slows down who failed: a valid key is never asked here.
 */
import { isIPv6 } from 'node:net';
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { EntryDraft } from '../../ports/audit-log.ts';

const minuteMs = 60_000;
const sourcesMax = 10_000;
/** Sources that no longer fit are counted together, under this name. */
const others = 'others';

/** Counts are by source and minute. */
export interface FailedAttemptsOptions {
  readonly clock: Clock;
  /** Told singly, a source and minute. */
  readonly singlyMax?: number;
  /** From here on `check` refuses, a source and minute; loopback excepted. */
  readonly attemptsMax?: number;
}

/** Counters of this process alone, of at most 10,000 sources a minute; the rest share one. */
export interface FailedAttempts {
  /** One more refusal. True if it should have an entry of its own in the audit log. */
  count(source: string): boolean;
  /** For a credential that is absent or has failed, never before it was looked at. @throws rate.source */
  check(source: string): void;
  /**
   * One entry a source for what was not told singly in minutes that are over; at the end of a process also in the one
   * that is not. Call it about once a minute.
   */
  flush(all?: 'all'): readonly EntryDraft[];
}

/** Nobody has failed yet. */
export function createFailedAttempts(options: FailedAttemptsOptions): FailedAttempts {
  const { clock, singlyMax = 20, attemptsMax = 100 } = options;
  let minute = 0;
  let counts = new Map<string, number>();
  /** Not told singly, of earlier minutes, until flushed. */
  const untold = new BoundedMap<string, number>(sourcesMax + 1);

  function turn(now = Math.floor(clock.now() / minuteMs)): void {
    if (now === minute) return;
    for (const [source, attempts] of counts) {
      const more = source === others ? attempts : attempts - singlyMax;
      if (more > 0) untold.set(source, (untold.get(source) ?? 0) + more);
    }
    counts = new Map();
    minute = now;
  }

  return {
    count(source) {
      turn();
      const network = networkOf(source);
      const name = counts.has(network) || counts.size < sourcesMax ? network : others;
      const attempts = (counts.get(name) ?? 0) + 1;
      counts.set(name, attempts);
      return name !== others && attempts <= singlyMax;
    },
    check(source) {
      turn();
      const network = networkOf(source);
      if (isLoopback(network) || (counts.get(network) ?? 0) < attemptsMax) return;
      const leftMs = (minute + 1) * minuteMs - clock.now();
      throw new Refusal('rate.source', { retryAfterS: Math.max(1, Math.ceil(leftMs / 1000)) });
    },
    flush(all) {
      turn();
      if (all) turn(0);
      const drafts = [...untold].map(([source, attempts]) => draftFrom(source, attempts));
      untold.clear();
      return drafts;
    },
  };
}

function draftFrom(source: string, attempts: number): EntryDraft {
  return {
    userId: 'anonymous',
    action: 'access.refused',
    resource: 'none',
    status: 'failure',
    metadata: { source, attempts },
  };
}

/** Who holds an IPv6 address usually holds its /64. */
function networkOf(source: string): string {
  if (source.startsWith('::ffff:') && source.includes('.')) return source.slice(7);
  if (!isIPv6(source) || source === '::1') return source;
  const [head = '', tail] = (source.split('%')[0] ?? '').split('::');
  const left = head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...gap, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '') || '0');
  return `${groups.join(':').toLowerCase()}::/64`;
}

function isLoopback(network: string): boolean {
  return network === '::1' || network.startsWith('127.');
}
