/**
 * The tables of the store and the steps that lead to them, for every database. A released step is never
 * changed, only followed by another.
 */
import { type Dialect, type Expression, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { addIncidents, type IncidentTables } from './store-sql-incident-tables.ts';
import { addKeyUse, type KeyUseTables } from './store-sql-key-use.ts';
import { addJudgedBy, addTaint } from './store-sql-owners.ts';

/** Times are milliseconds since 1970. */
export interface Tables extends IncidentTables, KeyUseTables {
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
    placeholders: string | null;
    sealed: string | null;
    sealed_since: number | null;
    upstream: string | null;
    end_user: string | null;
    tainted: number | null;
    judged_by: string | null;
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
  /** `shown` and `note` are sealed. */
  sallyport_approvals: {
    id: string;
    user_name: string;
    team: string | null;
    credential: string;
    end_user: string | null;
    tool: string;
    arguments_digest: string;
    policy_version: string;
    exchange: string;
    state: string;
    askers: number;
    asked_at: number;
    expires_at: number;
    shown: string;
    seen: string;
    decided_by: string | null;
    decided_at: number | null;
    note: string | null;
  };
  /** `sealed` holds what was said. */
  sallyport_history: {
    id: string;
    user_name: string;
    team: string | null;
    end_user: string | null;
    at: number;
    operation: string;
    input_tokens: number | null;
    output_tokens: number | null;
    sealed: string;
  };
  /** `approvals` is a JSON list of ids; `answer` is sealed. */
  sallyport_parked_answers: {
    id: string;
    user_name: string;
    end_user: string | null;
    approvals: string;
    request_digest: string;
    parked_at: number;
    answer: string;
  };
}

/** The store's tables, in whichever database. */
export type Db = Kysely<Tables>;

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

/** One step. */
export type Migration = (db: Transaction<Tables>, text: RawBuilder<unknown>) => Promise<void>;

/** Position + 1 is the version. */
const migrations: readonly Migration[] = [
  createTables,
  addCostOfObjects,
  addApprovals,
  addPlaceholdersOfObjects,
  addUpstreamOfObjects,
  addIncidents,
  addHistory,
  addEndUsers,
  addKeyUse,
  addTaint,
  addJudgedBy,
];

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

async function addApprovals(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  await db.schema
    .createTable('sallyport_approvals')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('user_name', text, (column) => column.notNull())
    .addColumn('team', text)
    .addColumn('credential', text, (column) => column.notNull())
    .addColumn('tool', text, (column) => column.notNull())
    .addColumn('arguments_digest', text, (column) => column.notNull())
    .addColumn('policy_version', text, (column) => column.notNull())
    .addColumn('exchange', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('askers', 'bigint', (column) => column.notNull())
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('shown', 'text', (column) => column.notNull())
    .addColumn('seen', text, (column) => column.notNull())
    .addColumn('decided_by', text)
    .addColumn('decided_at', 'bigint')
    .addColumn('note', 'text')
    .execute();
  await db.schema
    .createTable('sallyport_parked_answers')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('user_name', text, (column) => column.notNull())
    .addColumn('approvals', text, (column) => column.notNull())
    .addColumn('request_digest', text, (column) => column.notNull())
    .addColumn('parked_at', 'bigint', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .execute();
  // Of what is asked the same, one pending approval: where it is put twice, the second joins.
  await db.schema
    .createIndex('sallyport_approvals_pending')
    .on('sallyport_approvals')
    .columns(['user_name', 'tool', 'arguments_digest', 'policy_version'])
    .where(sql<boolean>`state = 'pending'`)
    .unique()
    .execute();
  await indexed(db, {
    sallyport_approvals_by_end: ['sallyport_approvals', 'state', 'expires_at'],
    sallyport_approvals_by_time: ['sallyport_approvals', 'asked_at'],
    sallyport_approvals_by_user: ['sallyport_approvals', 'user_name', 'asked_at'],
    sallyport_parked_answers_by_user: ['sallyport_parked_answers', 'user_name', 'parked_at'],
  });
}

async function addPlaceholdersOfObjects(db: Transaction<Tables>): Promise<void> {
  for (const column of ['placeholders', 'sealed'] as const)
    await db.schema.alterTable('sallyport_owners').addColumn(column, 'text').execute();
  await db.schema.alterTable('sallyport_owners').addColumn('sealed_since', 'bigint').execute();
  await db.schema
    .createIndex('sallyport_owners_by_age')
    .on('sallyport_owners')
    .column('sealed_since')
    .where('sealed_since', 'is not', null)
    .execute();
}

async function addUpstreamOfObjects(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  await db.schema.alterTable('sallyport_owners').addColumn('upstream', text).execute();
}

/** With a lease that nobody holds, so that two who take it for the first time have something to change. */
async function addHistory(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  await db.schema
    .createTable('sallyport_history')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('user_name', text, (column) => column.notNull())
    .addColumn('team', text)
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('operation', text, (column) => column.notNull())
    .addColumn('input_tokens', 'bigint')
    .addColumn('output_tokens', 'bigint')
    .addColumn('sealed', 'text', (column) => column.notNull())
    .execute();
  await indexed(db, {
    sallyport_history_by_user: ['sallyport_history', 'user_name', 'at', 'id'],
    sallyport_history_by_time: ['sallyport_history', 'at'],
  });
  await db
    .insertInto('sallyport_settings')
    .values({ name: 'retention.lease', value: '{"until":0,"done":0}' })
    .execute();
}

/** Whom a user spoke for. Indexed where all of theirs are found or erased. */
async function addEndUsers(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  for (const what of ['owners', 'approvals', 'history', 'parked_answers']) {
    const table = `sallyport_${what}`;
    await db.schema.alterTable(table).addColumn('end_user', text).execute();
    await db.schema
      .createIndex(`${table}_by_end_user`)
      .on(table)
      .column('end_user')
      .where('end_user', 'is not', null)
      .execute();
  }
}

async function createIndexes(db: Transaction<Tables>): Promise<void> {
  await indexed(db, {
    sallyport_owners_by_user: ['sallyport_owners', 'kind', 'user_name', 'created_at'],
    sallyport_owners_by_team: ['sallyport_owners', 'kind', 'team', 'created_at'],
    sallyport_entries_by_time: ['sallyport_entries', 'at'],
    sallyport_entries_by_user: ['sallyport_entries', 'user_id', 'at'],
  });
}

async function indexed(
  db: Transaction<Tables>,
  indexes: Readonly<Record<string, readonly [table: string, ...columns: string[]]>>,
): Promise<void> {
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
