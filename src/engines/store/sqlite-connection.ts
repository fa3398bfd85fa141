/** A connection to the embedded store's file, by the driver that Node brings. Synchronous: what it waits for, its thread does. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** How long a statement waits for another connection that holds the file. */
const busyWaitMsMax = 1000;
const statementsMax = 64;

/**
 * A connection of its own to this file, made with mode 0600 where missing, its folder too. A commit is on disk when
 * it returns: WAL, synchronous FULL.
 * @throws the driver's errors
 */
export function openConnection(file: string): SqliteDatabase {
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
