/**
 * What an audit log engine must promise: entries that are on disk before anyone acts on them, in one chain
 * that shows every later change. Digests and lengths, never content.
 */

import { Refusal } from '../base/errors.ts';

/** The guide's fields. `pending` is an intent: its outcome is another entry. */
export type EntryStatus = 'success' | 'failure' | 'pending';

/** Whether an action is owed an outcome, under the same `metadata.exchange`. */
export function isIntent(action: string): boolean {
  return action.endsWith('.intent');
}

/** Whether an action closes an intent: whatever else is left out, it is kept. */
export function isOutcome(action: string): boolean {
  return action.endsWith('.outcome');
}

/** What is put on record; the log adds when, and its place in the chain. */
export interface EntryDraft {
  /** `[A-Za-z0-9._:-]{1,128}`, or `anonymous`, `system`. */
  readonly userId: string;
  /** Dotted, from the list of actions in the map: `exchange.intent`, `key.create`… */
  readonly action: string;
  /** What it was done to: an operation id, a key id, a route; never content. */
  readonly resource: string;
  readonly status: EntryStatus;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A line of the log, durable and sealed. */
export interface Entry extends EntryDraft {
  /** ISO 8601, UTC, milliseconds. */
  readonly timestamp: string;
  /** The chain this entry belongs to: one per process start. */
  readonly chain: string;
  /** 1, 2, 3… without gaps in its chain. */
  readonly sequence: number;
  readonly previousHash: string;
  /** Keyed hash over all the other fields, hex. */
  readonly hash: string;
}

/** Whether entries can be made durable at the moment, as the last attempt showed. */
export interface AuditLogHealth {
  readonly writable: boolean;
  readonly reason?: string | undefined;
  /** Entries waiting for the disk. */
  readonly waiting: number;
}

/** `audit.unavailable`: an entry was not durable in time. */
export class NotKept extends Refusal {
  /** It is not in the log and never will be; else it may become durable later. */
  readonly isLost: boolean;

  /** @param detail for the log of the process alone */
  constructor(detail: string, isLost: boolean) {
    super('audit.unavailable', { detail });
    this.isLost = isLost;
  }
}

/** Append-only; one chain a process start, entries in the order they were given. */
export interface AuditLog {
  /**
   * Resolves when the entry is covered by a finished fdatasync (group commit).
   * @throws NotKept (audit.unavailable) if that does not happen within `waitMsMax` from the start of the flush. An intent
   *   of which it is not said that it is lost will be in the log, before whatever is noted of it then
   */
  record(draft: EntryDraft): Promise<Entry>;
  /**
   * Queues the entry and returns; it is flushed with the next group. For outcomes and refusals, which nobody
   * waits for. Kept in memory while the disk is away, up to a bound; what is dropped is counted in an entry.
   */
  note(draft: EntryDraft): void;
  /** Every entry once it is durable, in order: the store and exporters follow the log by this. */
  follow(listener: (entries: readonly Entry[]) => void): void;
  health(): AuditLogHealth;
  /** Flushes what is queued, writes a last checkpoint, closes. */
  close(): Promise<void>;
}
