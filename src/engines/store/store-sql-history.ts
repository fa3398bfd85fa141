/** Conversation history in SQL: queries for every database. Erased is also what is put after it and began before. */
import { z } from 'zod';
import type { HistoryPage, HistoryRecord, HistoryStore } from '../../ports/history-store.ts';
import type { Person } from '../../ports/person.ts';
import { isOf } from './store-sql-rows.ts';
import type { Db } from './store-sql-schema.ts';

/** @param run runs a query as the store does, its faults being the store's */
export function createSqlHistory(run: <T>(query: (db: Db) => Promise<T>) => Promise<T>): HistoryStore {
  return {
    async put(record, begunAt = record.at) {
      const row = {
        id: record.id,
        user_name: record.user,
        team: record.team ?? null,
        end_user: record.endUser ?? null,
        at: record.at,
        operation: record.operation,
        input_tokens: record.inputTokens ?? null,
        output_tokens: record.outputTokens ?? null,
        sealed: record.sealed,
      };
      await run((db) =>
        db
          .insertInto('sallyport_history')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute(),
      );
      // After it is put: whoever erases says so first, and deletes what is there by then.
      if (await run((db) => isErased(db, record, begunAt)))
        await run((db) => db.deleteFrom('sallyport_history').where('id', '=', record.id).execute());
    },
    list: (page) => run((db) => list(db, page)),
    async prune(before, limit, except) {
      const gone = await run((db) => {
        let old = db.selectFrom('sallyport_history').select('id').where('at', '<', before);
        if (except.length > 0) old = old.where('user_name', 'not in', except);
        return db
          .deleteFrom('sallyport_history')
          .where('id', 'in', old.orderBy('at').limit(limit))
          .returning('id')
          .execute();
      });
      return gone.length;
    },
    async erase(of, at) {
      await run((db) => putErased(db, of, at));
      const gone = await run((db) =>
        db.deleteFrom('sallyport_history').where(isOf(of)).returning('id').execute(),
      );
      return gone.length;
    },
  };
}

const ERASED = 'erased:';
/** Since when, and of which users nothing was taken. */
const erasedSchema = z.object({ at: z.number(), except: z.array(z.string()) });

const erasedUser = (user: string): string => `${ERASED}user:${user}`;
const erasedEndUser = (digest: string): string => `${ERASED}endUser:${digest}`;

async function putErased(db: Db, of: Person, at: number): Promise<void> {
  const names = 'user' in of ? [erasedUser(of.user)] : of.endUsers.map(erasedEndUser);
  const value = JSON.stringify({ at, except: 'user' in of ? [] : (of.except ?? []) });
  await db
    .insertInto('sallyport_settings')
    .values(names.map((name) => ({ name, value })))
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

async function isErased(db: Db, { user, endUser }: HistoryRecord, begunAt: number): Promise<boolean> {
  const names = [erasedUser(user), ...(endUser === undefined ? [] : [erasedEndUser(endUser)])];
  const found = await db
    .selectFrom('sallyport_settings')
    .select('value')
    .where('name', 'in', names)
    .execute();
  return found.some(({ value }) => {
    const { at, except } = erasedSchema.parse(JSON.parse(value));
    return begunAt <= at && !except.includes(user);
  });
}

async function list(
  db: Db,
  { user, endUsers, from, to, before, limit }: HistoryPage,
): Promise<HistoryRecord[]> {
  let query = db.selectFrom('sallyport_history').selectAll().where('user_name', '=', user);
  if (endUsers !== undefined) query = query.where('end_user', 'in', endUsers);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (before !== undefined) {
    const anchor = db
      .selectFrom('sallyport_history')
      .select(['at', 'id'])
      .where('id', '=', before)
      .where('user_name', '=', user);
    query = query.where((is) => is(is.refTuple('at', 'id'), '<', anchor.$asTuple('at', 'id')));
  }
  const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  return rows.map((row) => ({
    id: row.id,
    user: row.user_name,
    ...(row.team !== null && { team: row.team }),
    ...(row.end_user !== null && { endUser: row.end_user }),
    at: row.at,
    operation: row.operation,
    ...(row.input_tokens !== null && { inputTokens: row.input_tokens }),
    ...(row.output_tokens !== null && { outputTokens: row.output_tokens }),
    sealed: row.sealed,
  }));
}
