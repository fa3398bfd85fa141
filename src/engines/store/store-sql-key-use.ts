/** The days on which keys were used, in SQL: one row a key, for every database. */
import type { KeyUseStore } from '../../ports/key-use-store.ts';
import type { Db, Migration } from './store-sql-schema.ts';

export interface KeyUseTables {
  sallyport_key_uses: { id: string; day: number };
}

/** Since when uses are kept, and on which day they were last looked through. */
const SINCE = 'keys.used.since';
const ROWS_MAX = 500;

export const addKeyUse: Migration = async (db, text) => {
  await db.schema
    .createTable('sallyport_key_uses')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .execute();
  await db
    .insertInto('sallyport_settings')
    .values([
      { name: SINCE, value: String(Date.now()) },
      // That two processes who take it for the first time have something to change.
      { name: 'keys.told', value: '0' },
    ])
    .execute();
};

/** @param run runs a query as the store does, its faults being the store's */
export function createSqlKeyUse(run: <T>(query: (db: Db) => Promise<T>) => Promise<T>): KeyUseStore {
  return {
    async mark(ids, day) {
      for (let from = 0; from < ids.length; from += ROWS_MAX) {
        const rows = ids.slice(from, from + ROWS_MAX).map((id) => ({ id, day }));
        await run((db) =>
          db
            .insertInto('sallyport_key_uses')
            .values(rows)
            .onConflict((conflict) =>
              conflict
                .column('id')
                .doUpdateSet((is) => ({ day: is.ref('excluded.day') }))
                .whereRef('excluded.day', '>', 'sallyport_key_uses.day'),
            )
            .execute(),
        );
      }
    },
    async read() {
      const rows = await run((db) => db.selectFrom('sallyport_key_uses').selectAll().execute());
      const since = await run((db) =>
        db.selectFrom('sallyport_settings').select('value').where('name', '=', SINCE).executeTakeFirst(),
      );
      return { since: Number(since?.value ?? 0), lastUsed: new Map(rows.map(({ id, day }) => [id, day])) };
    },
  };
}
