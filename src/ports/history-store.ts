/**
 * What an engine must promise about conversation history: rows by user and time. What was said is sealed before it comes
 * here. Every engine passes test/contracts/history-store.ts.
 */
import type { Person } from './person.ts';

/** One exchange that is kept. Times are milliseconds since 1970. */
export interface HistoryRecord {
  /** Of the exchange. */
  readonly id: string;
  readonly user: string;
  readonly team?: string | undefined;
  /** Digest of whom the user spoke for. */
  readonly endUser?: string | undefined;
  readonly at: number;
  /** Of the endpoint table. */
  readonly operation: string;
  /** As upstream reported them; left out where it did not. */
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** Model and texts, sealed, in base64. */
  readonly sealed: string;
}

/** Of one user, newest first: from ≤ at < to, and older than the one with the id `before`. */
export interface HistoryPage {
  readonly user: string;
  /** Of these end users alone; else of all. */
  readonly endUsers?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Every operation may throw `store.unavailable`, within 2 s. */
export interface HistoryStore {
  /**
   * The same id again changes nothing.
   * @param begunAt when the exchange began: nothing of one is kept that began before who it is of was erased
   */
  put(record: HistoryRecord, begunAt?: number): Promise<void>;
  list(page: HistoryPage): Promise<readonly HistoryRecord[]>;
  /** Deletes the oldest that are older than `before`, at most `limit`, of all users but these; how many. */
  prune(before: number, limit: number, except: readonly string[]): Promise<number>;
  /** Deletes all of theirs, what began before this time and is put later too; how many. */
  erase(of: Person, at: number): Promise<number>;
}
