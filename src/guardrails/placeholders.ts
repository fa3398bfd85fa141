/**
 * Placeholders for personal data: `<EMAIL_1>` goes up, the value comes back. A vault lives and dies with its exchange
 * and is never shared, logged or stored in clear. Secrets never enter it.
 */
import { canonicalValue } from './pii/pii.ts';
import { Restorer } from './placeholders-restoring.ts';

/** One value and what stands for it. Plain data: it may cross threads. */
export interface VaultEntry {
  /** `<TYPE_n>`, n from 1. */
  readonly placeholder: string;
  readonly type: string;
  /** As it was first spelled. */
  readonly value: string;
}

/** What stands for a value that does not come back. */
export const REDACTED = '[REDACTED]';

/** In brackets or bare, in any case, with the escape Markdown puts before `_`. */
const PLACEHOLDER_LIKE = /([A-Za-z]{2,24}(?:_[A-Za-z]{2,24}){0,2})\\{0,3}_(\d{1,7})(?!\d)/g;

/** Different values of one call that come back; further ones are redacted for good. Each is looked for in every answer. */
export const ISSUED_MAX = 1_000;

/** Issues placeholders in the order it is asked, numbered from 1 by type, equal for equal canonical values. */
export class Vault {
  readonly #byValue = new Map<string, VaultEntry>();
  readonly #entries: VaultEntry[] = [];
  readonly #last = new Map<string, number>();
  readonly #taken = new Set<string>();

  /** A vault that knows these values, to restore an answer. */
  static from(entries: readonly VaultEntry[]): Vault {
    const vault = new Vault();
    for (const entry of entries) vault.#keep(entry);
    return vault;
  }

  /** Names that stand in this text already, in whatever spelling, will not be issued. Call before the first issue. */
  reserve(text: string): void {
    if (!text.includes('_')) return;
    for (const [, type = '', number = ''] of text.matchAll(PLACEHOLDER_LIKE)) {
      this.#taken.add(`${type.toUpperCase()}_${Number(number)}`);
    }
  }

  /** The placeholder for a value, the same one for every spelling of it; `[REDACTED]` beyond ISSUED_MAX. */
  issue(type: string, value: string): string {
    const key = `${type} ${canonicalValue(type, value)}`;
    const known = this.#byValue.get(key);
    if (known) return known.placeholder;
    if (this.#entries.length >= ISSUED_MAX) return REDACTED;
    let number = (this.#last.get(type) ?? 0) + 1;
    while (this.#taken.has(`${type}_${number}`)) number++;
    this.#last.set(type, number);
    const entry = { placeholder: `<${type}_${number}>`, type, value };
    this.#keep(entry);
    return entry.placeholder;
  }

  #keep(entry: VaultEntry): void {
    this.#byValue.set(`${entry.type} ${canonicalValue(entry.type, entry.value)}`, entry);
    this.#entries.push(entry);
  }

  /** In the order of issue. */
  get entries(): VaultEntry[] {
    return [...this.#entries];
  }

  /** A whole text with the values back, as a stream of one chunk would have them. */
  restore(text: string): string {
    if (this.#entries.length === 0) return text;
    const restorer = new Restorer(this.#entries);
    return restorer.push(text) + restorer.end();
  }
}
