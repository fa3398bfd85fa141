/**
 * The store in SQL: its queries, one text for every database. Knows no driver: an engine brings its dialect.
 * Every fault of the database becomes `store.unavailable`; its text is for the log alone.
 */
import { expressionBuilder, Kysely, sql } from 'kysely';
import { Refusal } from '../../base/errors.ts';
import type { Entry } from '../../ports/audit-log.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import type { EntryRef, IncidentStore } from '../../ports/incident-store.ts';
import type { KeyUseStore } from '../../ports/key-use-store.ts';
import type { Person } from '../../ports/person.ts';
import type { AuditFilter, KeyRecord, ObjectOwner, PlaceholderRow, Store } from '../../ports/store.ts';
import { createSqlApprovals } from './store-sql-approvals.ts';
import { findEntries, getEntries, pageEntries, pruneEntries } from './store-sql-entries.ts';
import { createSqlHistory } from './store-sql-history.ts';
import { createSqlIncidents } from './store-sql-incidents.ts';
import { createSqlKeyUse } from './store-sql-key-use.ts';
import { disown, getOwners, listOwners, pruneOwners, putOwner } from './store-sql-owners.ts';
import { changePlaceholders, dropSealed, getSealed, listSealed } from './store-sql-placeholders.ts';
import { keyFrom, rowsFrom, rowsText } from './store-sql-rows.ts';
import { type Db, migrate, type SqlEngine, type Tables } from './store-sql-schema.ts';

/** Rows of one INSERT. */
const entriesPerInsert = 500;
const probeEveryMs = 1000;

/** A store on this database. It connects and creates its tables with `open()`, or the first query. */
export function createSqlStore(engine: SqlEngine): Store {
  return new SqlStore(engine);
}

class SqlStore implements Store {
  readonly approvals: ApprovalStore = createSqlApprovals((query) => this.#run(query));
  readonly incidents: IncidentStore = createSqlIncidents((query) => this.#run(query));
  readonly history: HistoryStore = createSqlHistory((query) => this.#run(query));
  readonly keyUse: KeyUseStore = createSqlKeyUse((query) => this.#run(query));
  readonly #engine: SqlEngine;
  readonly #db: Db;
  #migrated: Promise<void> | undefined;
  #reason: string | undefined = 'not opened yet';
  #probe: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(engine: SqlEngine) {
    this.#engine = engine;
    this.#db = new Kysely<Tables>({ dialect: engine.dialect });
  }

  async open(): Promise<void> {
    await this.#run((db) => sql`select 1`.execute(db));
  }

  async putKey(key: KeyRecord): Promise<boolean> {
    const row = {
      id: key.id,
      version: key.version,
      user_name: key.user,
      created_at: key.createdAt,
      record: JSON.stringify(key),
    };
    const { id: _, ...changes } = row;
    const stored = await this.#run((db) =>
      db
        .insertInto('sallyport_keys')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet(changes)
            .whereRef('excluded.version', '>', 'sallyport_keys.version'),
        )
        .returning('id')
        .execute(),
    );
    return stored.length === 1;
  }

  async amendKey(key: KeyRecord): Promise<boolean> {
    const amended = await this.#run((db) =>
      db
        .updateTable('sallyport_keys')
        .set({ record: JSON.stringify(key) })
        .where('id', '=', key.id)
        .where('version', '=', key.version)
        .returning('id')
        .execute(),
    );
    return amended.length === 1;
  }

  async getKey(id: string): Promise<KeyRecord | undefined> {
    const row = await this.#run((db) =>
      db.selectFrom('sallyport_keys').select('record').where('id', '=', id).executeTakeFirst(),
    );
    return row && keyFrom(row);
  }

  async listKeys(): Promise<readonly KeyRecord[]> {
    const rows = await this.#run((db) =>
      db.selectFrom('sallyport_keys').select('record').orderBy('created_at').orderBy('id').execute(),
    );
    return rows.map(keyFrom);
  }

  async putOwner(owner: ObjectOwner, kept?: PlaceholderRow): Promise<boolean> {
    return await this.#run((db) => putOwner(db, owner, kept));
  }

  async getOwners(ids: readonly string[]): Promise<readonly ObjectOwner[]> {
    return ids.length === 0 ? [] : await this.#run((db) => getOwners(db, ids));
  }

  listOwners(...page: Parameters<Store['listOwners']>): Promise<readonly ObjectOwner[]> {
    return this.#run((db) => listOwners(db, ...page));
  }

  async deleteOwner(id: string): Promise<void> {
    await this.#run((db) => db.deleteFrom('sallyport_owners').where('id', '=', id).execute());
  }

  getSealed(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#run((db) => getSealed(db, ids));
  }

  changePlaceholders(id: string, from: PlaceholderRow, to: PlaceholderRow): Promise<boolean> {
    return this.#run((db) => changePlaceholders(db, id, from, to));
  }

  listSealed(
    ...[before, limit, except = []]: Parameters<Store['listSealed']>
  ): ReturnType<Store['listSealed']> {
    return this.#run((db) => listSealed(db, before, limit, except));
  }

  dropSealed(of: Person): Promise<number> {
    return this.#run((db) => dropSealed(db, of));
  }

  disown(of: Person): Promise<number> {
    return this.#run((db) => disown(db, of));
  }

  async appendEntries(entries: readonly Entry[]): Promise<void> {
    for (let from = 0; from < entries.length; from += entriesPerInsert) {
      const rows = sql.val(rowsText(entries.slice(from, from + entriesPerInsert)));
      await this.#run((db) =>
        db
          .insertInto('sallyport_entries')
          .columns(['chain', 'sequence', 'at', 'user_id', 'action', 'status', 'entry'])
          .expression(rowsFrom(this.#engine.elements(rows)))
          .onConflict((conflict) => conflict.columns(['chain', 'sequence']).doNothing())
          .execute(),
      );
    }
  }

  pruneOwners(...args: Parameters<Store['pruneOwners']>): Promise<number> {
    return this.#run((db) => pruneOwners(db, ...args));
  }

  pruneEntries(...[before, limit, except = []]: Parameters<Store['pruneEntries']>): Promise<number> {
    return this.#run((db) => pruneEntries(db, before, limit, except));
  }

  async findEntries(filter: AuditFilter): Promise<readonly Entry[]> {
    return await this.#run((db) => findEntries(db, filter));
  }

  pageEntries(...[range, after]: Parameters<Store['pageEntries']>): ReturnType<Store['pageEntries']> {
    return this.#run((db) => pageEntries(db, range, after));
  }

  async getEntries(refs: readonly EntryRef[]): Promise<readonly Entry[]> {
    return await this.#run((db) => getEntries(db, refs));
  }

  async getSetting(name: string): Promise<string | undefined> {
    const row = await this.#run((db) =>
      db.selectFrom('sallyport_settings').select('value').where('name', '=', name).executeTakeFirst(),
    );
    return row?.value;
  }

  async putSetting(name: string, value: string): Promise<void> {
    await this.#run((db) =>
      db
        .insertInto('sallyport_settings')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute(),
    );
  }

  async listSettings(prefix: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#run((db) =>
      db
        .selectFrom('sallyport_settings')
        .selectAll()
        .where('name', '>=', prefix)
        .where('name', '<', `${prefix}\u{10ffff}`)
        .orderBy('name')
        .execute(),
    );
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  async changeSetting(name: string, from: string | undefined, to: string | undefined): Promise<boolean> {
    if (from === undefined) return to !== undefined && (await this.#makeSetting(name, to));
    const changed = await this.#run((db) => {
      const where = expressionBuilder<Tables, 'sallyport_settings'>();
      const still = where.and({ name, value: from });
      return to === undefined
        ? db.deleteFrom('sallyport_settings').where(still).returning('name').execute()
        : db.updateTable('sallyport_settings').set({ value: to }).where(still).returning('name').execute();
    });
    return changed.length === 1;
  }

  async #makeSetting(name: string, value: string): Promise<boolean> {
    const made = await this.#run((db) =>
      db
        .insertInto('sallyport_settings')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .returning('name')
        .execute(),
    );
    return made.length === 1;
  }

  health(): { readonly usable: boolean; readonly reason?: string } {
    return this.#reason === undefined ? { usable: true } : { usable: false, reason: this.#reason };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#probe);
    this.#reason = 'closed';
    await this.#db.destroy();
  }

  /** Migrates before the first query, whoever asks it: a database that was away at start needs no restart. */
  async #run<T>(query: (db: Db) => Promise<T>): Promise<T> {
    try {
      this.#migrated ??= migrate(this.#db, this.#engine);
      await this.#migrated.catch((error: unknown) => {
        this.#migrated = undefined;
        throw error;
      });
      const result = await query(this.#db);
      if (!this.#closed) this.#reason = undefined;
      return result;
    } catch (error) {
      this.#fail();
      const detail = `store: ${error instanceof Error ? error.message : String(error)}`;
      throw new Refusal('store.unavailable', { detail, cause: error });
    }
  }

  /** Not usable until a query succeeds; asks one itself every second, so that health tells of recovery. */
  #fail(): void {
    if (this.#closed) return;
    this.#reason = 'the database does not answer';
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => void this.open().catch(() => {}), probeEveryMs);
    this.#probe.unref();
  }
}
