/**
 * The tables of the store and the steps that lead to them, for every database. A released step is never
 * changed, only followed by another.
 */
import { type Dialect, type Expression, type Kysely, type RawBuilder, type Transaction } from 'kysely';

/** Times are milliseconds since 1970. */
export interface Tables {
  sallyport_schema: { version: number };
  /** `record` is the KeyRecord as JSON: what is not searched needs no column, nor a migration. */
  sallyport_keys: { id: string; version: number; user_name: string; created_at: number; record: string };
  sallyport_owners: {
    id: string;
    kind: string;
    user_name: string;
    team: string | null;
    created_at: number;
    tokens: number | null;
    nano: number | null;
  };
  /** `entry` is the Entry as JSON, member order kept, so that its hash can be checked from here too. */
  sallyport_entries: {
    chain: string;
    sequence: number;
    at: number;
    user_id: string;
    action: string;
    status: string;
    entry: string;
  };
  sallyport_settings: { name: string; value: string };
}

/** What a database brings: everything else is the same text for all. */
export interface SqlEngine {
  readonly dialect: Dialect;
  /** A text column that sorts by code point, whatever the locale of the database. */
  readonly text: RawBuilder<unknown>;
  /** A table expression: the elements of this JSON array, in its column `value`, each as JSON. */
  readonly elements: (json: Expression<string>) => RawBuilder<unknown>;
  /** Runs first in the migration's transaction: keeps other processes out until it ends. */
  readonly migrationLock?: RawBuilder<unknown>;
}

type Migration = (db: Transaction<Tables>, text: RawBuilder<unknown>) => Promise<void>;

/** Position + 1 is the version. */
const migrations: readonly Migration[] = [createTables, addCostOfObjects];

async function createTables(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  await db.schema
    .createTable('sallyport_keys')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('user_name', text, (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('sallyport_owners')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('user_name', text, (column) => column.notNull())
    .addColumn('team', text)
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('tokens', 'bigint')
    .execute();
  await db.schema
    .createTable('sallyport_entries')
    .addColumn('chain', text, (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('user_id', text, (column) => column.notNull())
    .addColumn('action', text, (column) => column.notNull())
    .addColumn('status', text, (column) => column.notNull())
    .addColumn('entry', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('sallyport_entries_pk', ['chain', 'sequence'])
    .execute();
  await db.schema
    .createTable('sallyport_settings')
    .addColumn('name', text, (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await createIndexes(db);
}

async function addCostOfObjects(db: Transaction<Tables>): Promise<void> {
  await db.schema.alterTable('sallyport_owners').addColumn('nano', 'bigint').execute();
}

async function createIndexes(db: Transaction<Tables>): Promise<void> {
  const indexes = {
    sallyport_owners_by_user: ['sallyport_owners', 'kind', 'user_name', 'created_at'],
    sallyport_owners_by_team: ['sallyport_owners', 'kind', 'team', 'created_at'],
    sallyport_entries_by_time: ['sallyport_entries', 'at'],
    sallyport_entries_by_user: ['sallyport_entries', 'user_id', 'at'],
  } as const;
  for (const [name, [table, ...columns]] of Object.entries(indexes)) {
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
}

/**
 * Brings a database of any older version, or an empty one, to this program's; all or nothing, idempotent.
 * Two processes may start it at once. Throws if the database is newer than the program.
 */
export async function migrate(db: Kysely<Tables>, engine: SqlEngine): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if (engine.migrationLock) await engine.migrationLock.execute(transaction);
    await transaction.schema
      .createTable('sallyport_schema')
      .ifNotExists()
      .addColumn('version', 'bigint', (column) => column.notNull())
      .execute();
    const row = await transaction.selectFrom('sallyport_schema').select('version').executeTakeFirst();
    const found = row?.version ?? 0;
    if (found > migrations.length) throw new Error(`schema version ${found} is newer than this program`);
    for (const migration of migrations.slice(found)) await migration(transaction, engine.text);
    if (row) await transaction.updateTable('sallyport_schema').set({ version: migrations.length }).execute();
    else await transaction.insertInto('sallyport_schema').values({ version: migrations.length }).execute();
  });
}
