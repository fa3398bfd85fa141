/**
 * What a store engine must promise: what is searched (keys, owners of objects, audit entries, a few settings).
 * Every engine passes test/contracts/store.ts. Never holds a secret in clear.
 */
import type { ApprovalStore } from './approval-store.ts';
import type { Entry } from './audit-log.ts';
import type { EntryRef, IncidentStore } from './incident-store.ts';
import type { HistoryStore } from './history-store.ts';
import type { KeyUseStore } from './key-use-store.ts';
import type { Person } from './person.ts';

/** What its bearer may do is a table: `domain/callers/permissions.ts`. */
export type Role = 'user' | 'developer' | 'admin';

/** A credential we issued. Secrets only as keyed digests. */
export interface KeyRecord {
  /** Public id: what logs, limits and the admin API use. */
  readonly id: string;
  /** Counts up with every change; the ledger refuses an older one. */
  readonly version: number;
  readonly user: string;
  readonly team?: string | undefined;
  readonly tier: string;
  readonly role: Role;
  /** Sees and manages what is its team's alone: `domain/people/team-admins.ts`. */
  readonly administers?: 'team' | undefined;
  /** Made by its user, of what their group gives: it ends with that. */
  readonly own?: true | undefined;
  readonly name?: string | undefined;
  /** HMAC-SHA-256 with the pepper, hex. */
  readonly secretDigest: string;
  /** Of the same secret, with the pepper that came after; made when it is used while both are known. */
  readonly secondDigest?: string | undefined;
  /** Id of the newest pepper that it has a digest with. */
  readonly pepperId?: string | undefined;
  /** Rotation with overlap: exactly one previous secret, valid until then. */
  readonly previousDigest?: string | undefined;
  readonly previousUntil?: number | undefined;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** When its present secret was made; at `createdAt` where left out. */
  readonly rotatedAt?: number | undefined;
  /** Its secret last travelled in clear: to be rotated. */
  readonly exposedAt?: number | undefined;
  readonly models?: readonly string[] | undefined;
  readonly endpoints?: readonly string[] | undefined;
  readonly tools?: readonly string[] | undefined;
  readonly ips?: readonly string[] | undefined;
  readonly dailyBudgetNano?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly maxTokensPerRequest?: number | undefined;
  readonly concurrency?: number | undefined;
  /** Where its calls go, by name; its team's where left out. */
  readonly upstream?: string | undefined;
}

/** Whose an object of upstream's is. */
export interface ObjectOwner {
  /** Upstream's id, opaque. */
  readonly id: string;
  /** `response`, `conversation`, `file`, `batch`… */
  readonly kind: string;
  readonly user: string;
  readonly team?: string | undefined;
  /** Digest of whom it was made for; left out where the user made it for nobody else. */
  readonly endUser?: string | undefined;
  readonly createdAt: number;
  /** Total tokens known of it, bounding chained input. */
  readonly tokens?: number | undefined;
  /** Most that it costs to run it once, in nano-dollars: of the file of a batch. */
  readonly nano?: number | undefined;
  /** The rules that its lines were judged by, in words of the domain's: of the file of a batch. */
  readonly judgedBy?: string | undefined;
  /** Which placeholders stand in it, in words of the domain's; unknown where left out. */
  readonly placeholders?: string | undefined;
  /** Where it is, by name; the default upstream where left out. */
  readonly upstream?: string | undefined;
  /** An injection was found in what it holds, or in what it was made of. Stays. */
  readonly tainted?: true | undefined;
}

/** What is kept of the placeholders that stand in an object. */
export interface PlaceholderRow {
  /** Which: as an owner tells it. */
  readonly placeholders: string;
  /** What they stand for, sealed; left out where nothing is kept. */
  readonly sealed?: string | undefined;
  /** When the oldest value in it was given. */
  readonly since?: number | undefined;
}

/** Which entries to find: those that match all that is given. */
export interface AuditFilter {
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  readonly status?: string | undefined;
  /** Of this team's callers, or about it; looked for among the newest 20,000 that match the rest. */
  readonly team?: string | undefined;
  /** For this end user, by digest; looked for among as many. */
  readonly endUser?: string | undefined;
  /** Milliseconds since 1970: from ≤ timestamp < to. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** 1 to 1000, newest first. */
  readonly limit: number;
}

/** Which entries to go through: those of any of these actions, from ≤ timestamp < to, in milliseconds since 1970. */
export interface EntryRange {
  readonly actions: readonly string[];
  readonly from: number;
  readonly to: number;
}

/**
 * Rows that are searched. Every operation but `health` and `close` may throw `store.unavailable`, within 2
 * s.
 */
export interface Store {
  /** Creates tables where missing. @throws store.unavailable */
  open(): Promise<void>;
  /** Inserts, or replaces an older version of it; false if an equal or newer version is there. */
  putKey(key: KeyRecord): Promise<boolean>;
  /** Replaces the record of just this version; false if another is there. For what no copy need know of. */
  amendKey(key: KeyRecord): Promise<boolean>;
  getKey(id: string): Promise<KeyRecord | undefined>;
  listKeys(): Promise<readonly KeyRecord[]>;

  /**
   * First writer wins, also with placeholders; the same owner again keeps the larger count of tokens and of money, and taint.
   * False if it is another's.
   */
  putOwner(owner: ObjectOwner, placeholders?: PlaceholderRow): Promise<boolean>;
  getOwners(ids: readonly string[]): Promise<readonly ObjectOwner[]>;
  /** Newest first, at most `limit`, those made before `before` (its id) if given. */
  listOwners(
    kind: string,
    of: { user?: string; team?: string },
    limit: number,
    before?: string,
  ): Promise<readonly ObjectOwner[]>;
  deleteOwner(id: string): Promise<void>;
  /** Deletes objects of a kind that were put before that time, at most `limit`; how many. */
  pruneOwners(kind: string, before: number, limit: number): Promise<number>;
  /** What placeholders of these objects stand for, by id: of those where something is kept. */
  getSealed(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Puts `to` where the object still has just what `from` says; false if it has not. */
  changePlaceholders(id: string, from: PlaceholderRow, to: PlaceholderRow): Promise<boolean>;
  /** Objects in which a value was given before this time, the oldest first, at most `limit`, of all users but these. */
  listSealed(
    before: number,
    limit: number,
    except?: readonly string[],
  ): Promise<readonly (Pick<ObjectOwner, 'id' | 'user'> & PlaceholderRow)[]>;
  /**
   * Drops all values that are kept of this user, or of these end users, of how many objects; which placeholders stand
   * where stays known.
   */
  dropSealed(of: Person): Promise<number>;
  /** Whatever is theirs is nobody's, of a team's where it was a team's too; its id stays known. How many objects. */
  disown(of: Person): Promise<number>;

  /** At least once, in order of a chain; the same entry twice is stored once. */
  appendEntries(entries: readonly Entry[]): Promise<void>;
  /** Deletes the oldest that are older than `before`, at most `limit`, of all users but these; how many. */
  pruneEntries(before: number, limit: number, except?: readonly string[]): Promise<number>;
  findEntries(filter: AuditFilter): Promise<readonly Entry[]>;
  /** The next ones of a range after that one, by time, then place in the log: each once. At most 1,000. */
  pageEntries(range: EntryRange, after?: Entry): Promise<readonly Entry[]>;
  /** Those of them that are here, by time; at most 1,000. */
  getEntries(refs: readonly EntryRef[]): Promise<readonly Entry[]>;

  /** Small facts of the house: fingerprint of the secret, cursors. */
  getSetting(name: string): Promise<string | undefined>;
  putSetting(name: string, value: string): Promise<void>;
  /** All whose name begins with this, by name. */
  listSettings(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** Puts `to`, or drops it if undefined, where the value still is `from` (undefined: there is none); false if it is not. */
  changeSetting(name: string, from: string | undefined, to: string | undefined): Promise<boolean>;

  readonly approvals: ApprovalStore;
  readonly incidents: IncidentStore;
  readonly history: HistoryStore;
  readonly keyUse: KeyUseStore;

  health(): { readonly usable: boolean; readonly reason?: string | undefined };
  close(): Promise<void>;
}
