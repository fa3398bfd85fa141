/**
 * The gateway's key at one upstream: two overlap, so that one can be changed without a break. A key that upstream refused is
 * not shown again while there is another; nobody but the way upstream ever reads one.
 */
import type { Clock } from '../../base/clock.ts';

/** Two that are both refused take turns: of that, a notice a minute is enough. */
const TOLD_MS_MIN = 60_000;

/** What shows the gateway upstream. */
export interface Credential {
  /** The key that is sent now. */
  readonly key: () => string;
  /** Upstream refused this key (401). True: the next one is used from now on. */
  refused(key: string): boolean;
}

/** Never the key: which place it had, and whether another stands in. */
export type OnCredentialRefused = (told: {
  readonly place: 'present' | 'next';
  readonly replaced: boolean;
}) => void;

export interface CredentialOptions {
  readonly present: string;
  readonly next?: string | undefined;
  readonly clock: Clock;
  readonly onRefused: OnCredentialRefused;
}

export class UpstreamCredential implements Credential {
  readonly #options: CredentialOptions;
  #keys: readonly string[];
  #at = 0;
  #toldAt = -Infinity;

  constructor(options: CredentialOptions) {
    this.#options = options;
    this.#keys = keysOf(options.present, options.next);
  }

  readonly key = (): string => this.#keys[this.#at] ?? '';

  /** A late answer about a key that is no longer sent changes nothing, and one more try has another key to show. */
  refused(key: string): boolean {
    if (key !== this.key()) return true;
    const replaced = this.#keys.length > 1;
    this.#tell(replaced);
    if (replaced) this.#at = 1 - this.#at;
    return replaced;
  }

  /** New keys from where they are kept: the first is shown first. */
  replace(present: string, next: string | undefined): void {
    this.#keys = keysOf(present, next);
    this.#at = 0;
    this.#toldAt = -Infinity;
  }

  #tell(replaced: boolean): void {
    const now = this.#options.clock.now();
    if (now - this.#toldAt < TOLD_MS_MIN) return;
    this.#toldAt = now;
    this.#options.onRefused({ place: this.#at === 0 ? 'present' : 'next', replaced });
  }
}

function keysOf(present: string, next: string | undefined): readonly string[] {
  return next === undefined || next === present ? [present] : [present, next];
}
