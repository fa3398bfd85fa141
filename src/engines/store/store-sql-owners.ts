/** Whose the objects of upstream's are: queries for every database. */
import type { Person } from '../../ports/person.ts';
import type { ObjectOwner, PlaceholderRow } from '../../ports/store.ts';
import { isOf, OWNER_COLUMNS, ownerFrom } from './store-sql-rows.ts';
import type { Db, Migration } from './store-sql-schema.ts';

/** Adds whether an injection was found in what an object holds. */
export const addTaint: Migration = async (db) => {
  await db.schema.alterTable('sallyport_owners').addColumn('tainted', 'bigint').execute();
};

/** Adds the rules that the lines of a batch's file were judged by. */
export const addJudgedBy: Migration = async (db) => {
  await db.schema.alterTable('sallyport_owners').addColumn('judged_by', 'text').execute();
};

/** `Store.putOwner` */
export async function putOwner(db: Db, owner: ObjectOwner, kept?: PlaceholderRow): Promise<boolean> {
  const row = {
    id: owner.id,
    kind: owner.kind,
    user_name: owner.user,
    team: owner.team ?? null,
    created_at: owner.createdAt,
    tokens: owner.tokens ?? null,
    nano: owner.nano ?? null,
    placeholders: kept?.placeholders ?? owner.placeholders ?? null,
    upstream: owner.upstream ?? null,
    end_user: owner.endUser ?? null,
    tainted: owner.tainted ? 1 : null,
    judged_by: owner.judgedBy ?? null,
    sealed: kept?.sealed ?? null,
    sealed_since: kept?.since ?? null,
  };
  const put = await db
    .insertInto('sallyport_owners')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((is) => {
          const larger = (name: 'tokens' | 'nano' | 'tainted') =>
            is
              .case()
              .when(`excluded.${name}`, '>', is.fn.coalesce(`sallyport_owners.${name}`, is.lit(-1)))
              .then(is.ref(`excluded.${name}`))
              .else(is.ref(`sallyport_owners.${name}`))
              .end();
          return { tokens: larger('tokens'), nano: larger('nano'), tainted: larger('tainted') };
        })
        .where('sallyport_owners.user_name', '=', row.user_name)
        .where('sallyport_owners.team', 'is not distinct from', row.team)
        .where('sallyport_owners.end_user', 'is not distinct from', row.end_user),
    )
    .returning('id')
    .execute();
  return put.length === 1;
}

/** `Store.getOwners` */
export async function getOwners(db: Db, ids: readonly string[]): Promise<readonly ObjectOwner[]> {
  const found = db.selectFrom('sallyport_owners').select(OWNER_COLUMNS).where('id', 'in', ids);
  return (await found.execute()).map(ownerFrom);
}

/** Owns what nobody may use any more: no key and no token has this name. */
const NOBODY = 'system';

/** `Store.disown` */
export async function disown(db: Db, of: Person): Promise<number> {
  const theirs = 'user' in of ? { user_name: NOBODY } : { user_name: NOBODY, team: null, end_user: null };
  const done = await db
    .updateTable('sallyport_owners')
    .set(theirs)
    .where(isOf(of))
    .where('user_name', '!=', NOBODY)
    .returning('id')
    .execute();
  return done.length;
}

/** `Store.listOwners` */
export async function listOwners(
  db: Db,
  kind: string,
  of: { user?: string; team?: string },
  limit: number,
  before?: string,
): Promise<readonly ObjectOwner[]> {
  let query = db.selectFrom('sallyport_owners').select(OWNER_COLUMNS).where('kind', '=', kind);
  if (of.user !== undefined) query = query.where('user_name', '=', of.user);
  if (of.team !== undefined) query = query.where('team', '=', of.team);
  if (before !== undefined) {
    const anchor = db.selectFrom('sallyport_owners').select(['created_at', 'id']).where('id', '=', before);
    query = query.where((is) =>
      is(is.refTuple('created_at', 'id'), '<', anchor.$asTuple('created_at', 'id')),
    );
  }
  const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  return rows.map(ownerFrom);
}

/** `Store.pruneOwners` */
export async function pruneOwners(db: Db, kind: string, before: number, limit: number): Promise<number> {
  const old = db
    .selectFrom('sallyport_owners')
    .select('id')
    .where('kind', '=', kind)
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit);
  const gone = await db.deleteFrom('sallyport_owners').where('id', 'in', old).returning('id').execute();
  return gone.length;
}
