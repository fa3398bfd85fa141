/**
 * The embedded store: one SQLite file of this process, by the driver that Node brings. An answer is on disk
 * before it is given (WAL, synchronous FULL); a write therefore blocks the event loop for one fsync.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import type { Store } from '../ports/store.ts';
import { createSqlStore } from './store-sql.ts';

/** How long a statement waits for another process that holds the file. */
const busyWaitMsMax = 1000;
const statementsMax = 64;

/**
 * The store in this file, made with mode 0600 where missing, its folder too; `:memory:` is one that is forgotten.
 * Nothing is touched before `open()`.
 */
export function openSqliteStore(options: { readonly file: string }): Store {
  const dialect = new SqliteDialect({ database: async () => openDatabase(options.file) });
  return createSqlStore({ dialect, text: sql`text` });
}

function openDatabase(file: string): SqliteDatabase {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives the journal files the mode of the main one, so making that first settles all three.
    closeSync(openSync(file, 'a', 0o600));
  }
  const db = new DatabaseSync(file, { timeout: busyWaitMsMax });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF');
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => db.close(),
    prepare: (text) => {
      const known = statements.get(text);
      if (known) return known;
      const made = statementFrom(db.prepare(text));
      if (statements.size >= statementsMax) statements.clear();
      statements.set(text, made);
      return made;
    },
  };
}

/** Node's statement in the shape Kysely's dialect asks for. */
function statementFrom(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...inputs(parameters)),
    run: (parameters) => statement.run(...inputs(parameters)),
    iterate: (parameters) => statement.iterate(...inputs(parameters)),
  };
}

function inputs(parameters: readonly unknown[]): SQLInputValue[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tables hold text, numbers and null alone
  return parameters as SQLInputValue[];
}
