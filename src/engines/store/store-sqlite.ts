/**
 * The embedded store: one SQLite file of this process, by the driver that Node brings. What is written is on disk
 * before it is told (WAL, synchronous FULL), by a thread of its own: the event loop never waits for the disk.
 */
import { sql } from 'kysely';
import type { Store } from '../../ports/store.ts';
import { TwoThreadDialect } from './sqlite-dialect.ts';
import { createSqlStore } from './store-sql.ts';

/**
 * The store in this file, made with mode 0600 where missing, its folder too; `:memory:` is one that is forgotten.
 * Nothing is touched before `open()`.
 */
export function openSqliteStore(options: { readonly file: string }): Store {
  return createSqlStore({
    dialect: new TwoThreadDialect(options.file),
    text: sql`text`,
    elements: (json) => sql`json_each(${json})`,
  });
}
