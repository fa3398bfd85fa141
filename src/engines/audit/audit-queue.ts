/**
 * Drafts on their way to the disk, in order and bounded. Those somebody waits for leave when their waiter is
 * told that it failed, but intents that the disk was given; notes stay until they are durable or, at the bound, are counted as dropped.
 */
import { type Entry, type EntryDraft, isIntent, isOutcome } from '../../ports/audit-log.ts';
import { draftText } from './audit-line.ts';

export interface Waiter {
  resolve(entry: Entry): void;
  reject(error: Error): void;
}

export interface Pending {
  readonly draft: EntryDraft;
  readonly timestamp: string;
  /** The draft's part of the line. */
  readonly text: string;
  readonly waiter?: Waiter | undefined;
  /** Its waiter was told that it may not have been kept. */
  readonly isLate?: true;
}

/** One group: what is written and synced at once. Bounded so that forming it never holds the event loop. */
export const GROUP_ENTRIES_MAX = 2048;
const GROUP_CHARS_MAX = 1_048_576;

/** No group is larger: three bytes a character, and a seal each. A torn tail cannot be longer. */
export const GROUP_BYTES_MAX = 3 * (GROUP_CHARS_MAX + 65_536) + 320 * GROUP_ENTRIES_MAX;

const QUEUE_ENTRIES_MAX = 65_536;
const QUEUE_CHARS_MAX = 32 * 1_048_576;

export class DraftQueue {
  #pending: Pending[] = [];
  #chars = 0;
  #dropped = new Map<string, number>();

  get size(): number {
    return this.#pending.length;
  }

  /** False if the queue is full. The last quarter is kept for outcomes and for what the log says of itself. */
  push(draft: EntryDraft, timestamp: string, waiter?: Waiter): boolean {
    const first = isOutcome(draft.action) || draft.action.startsWith('audit.');
    const share = first ? 1 : 0.75;
    if (this.size >= QUEUE_ENTRIES_MAX * share || this.#chars >= QUEUE_CHARS_MAX * share) return false;
    const text = draftText(draft, timestamp);
    this.#pending.push({ draft, timestamp, text, waiter });
    this.#chars += text.length;
    return true;
  }

  /** The next group, oldest first: at least one where there is one. */
  take(): Pending[] {
    let count = 0;
    let chars = 0;
    for (const { text } of this.#pending) {
      chars += text.length;
      if (count === GROUP_ENTRIES_MAX || (count > 0 && chars > GROUP_CHARS_MAX)) break;
      count += 1;
    }
    const group = count === this.size ? this.#pending : this.#pending.slice(0, count);
    this.#pending = count === this.size ? [] : this.#pending.slice(count);
    for (const { text } of group) this.#chars -= text.length;
    return group;
  }

  /**
   * Notes of a group that failed go back to the front, whatever the bound; intents among it too: some of its bytes may lie
   * on the disk, so that their outcomes are owed.
   */
  giveBack(group: readonly Pending[]): void {
    const notes = group.flatMap((entry): Pending[] => {
      if (!entry.waiter) return [entry];
      return isIntent(entry.draft.action) ? [{ ...entry, waiter: undefined, isLate: true }] : [];
    });
    this.#pending = [...notes, ...this.#pending];
    for (const { text } of notes) this.#chars += text.length;
  }

  /** Takes out everything somebody waits for. */
  takeWaiting(): Pending[] {
    const waiting = this.#pending.filter(({ waiter }) => waiter);
    this.#pending = this.#pending.filter(({ waiter }) => !waiter);
    for (const { text } of waiting) this.#chars -= text.length;
    return waiting;
  }

  countDropped(action: string): void {
    this.#dropped.set(action, (this.#dropped.get(action) ?? 0) + 1);
  }

  /** What was dropped since the last call, by action; undefined if nothing was. */
  takeDropped(): Record<string, number> | undefined {
    if (this.#dropped.size === 0) return undefined;
    const counts = Object.fromEntries(this.#dropped);
    this.#dropped = new Map();
    return counts;
  }
}
