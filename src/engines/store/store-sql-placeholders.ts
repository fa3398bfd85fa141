/** What is kept of placeholders, in the rows of the objects they stand in: queries for every database. */
import type { Person } from '../../ports/person.ts';
import type { ObjectOwner, PlaceholderRow } from '../../ports/store.ts';
import { isOf } from './store-sql-rows.ts';
import type { Db } from './store-sql-schema.ts';

/** `Store.getSealed` */
export async function getSealed(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('sallyport_owners')
    .select(['id', 'sealed'])
    .where('id', 'in', ids)
    .where('sealed', 'is not', null)
    .execute();
  return new Map(rows.map(({ id, sealed }) => [id, sealed ?? '']));
}

/** `Store.changePlaceholders` */
export async function changePlaceholders(
  db: Db,
  id: string,
  from: PlaceholderRow,
  to: PlaceholderRow,
): Promise<boolean> {
  const changed = await db
    .updateTable('sallyport_owners')
    .set({
      placeholders: to.placeholders,
      sealed: to.sealed ?? null,
      sealed_since: to.since ?? null,
    })
    .where('id', '=', id)
    .where('placeholders', '=', from.placeholders)
    .where('sealed', 'is not distinct from', from.sealed ?? null)
    .returning('id')
    .execute();
  return changed.length === 1;
}

/** `Store.listSealed` */
export async function listSealed(
  db: Db,
  before: number,
  limit: number,
  except: readonly string[],
): Promise<readonly (Pick<ObjectOwner, 'id' | 'user'> & PlaceholderRow)[]> {
  let old = db
    .selectFrom('sallyport_owners')
    .select(['id', 'user_name', 'placeholders', 'sealed', 'sealed_since'])
    .where('sealed_since', '<', before);
  if (except.length > 0) old = old.where('user_name', 'not in', except);
  const rows = await old.orderBy('sealed_since').orderBy('id').limit(limit).execute();
  return rows.map(({ id, user_name: user, placeholders, sealed, sealed_since: since }) => ({
    id,
    user,
    placeholders: placeholders ?? '{}',
    ...(sealed !== null && { sealed }),
    ...(since !== null && { since }),
  }));
}

/** `Store.dropSealed` */
export async function dropSealed(db: Db, of: Person): Promise<number> {
  const dropped = await db
    .updateTable('sallyport_owners')
    .set({ sealed: null, sealed_since: null })
    .where(isOf(of))
    .where('sealed_since', 'is not', null)
    .returning('id')
    .execute();
  return dropped.length;
}
