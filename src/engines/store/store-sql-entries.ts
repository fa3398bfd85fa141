/** What is found of the audit log in the store, and deleted by age: queries for every database. */
import type { Entry } from '../../ports/audit-log.ts';
import type { EntryRef } from '../../ports/incident-store.ts';
import type { AuditFilter, EntryRange } from '../../ports/store.ts';
import { entryFrom, namesIn } from './store-sql-rows.ts';
import type { Db } from './store-sql-schema.ts';

const FOUND_MAX = 1000;
/** Entries whose text is looked into. */
const SEARCHED_MAX = 20_000;

/** `Store.findEntries` */
export async function findEntries(db: Db, filter: AuditFilter): Promise<readonly Entry[]> {
  let query = db.selectFrom('sallyport_entries').selectAll();
  if (filter.user !== undefined) query = query.where('user_id', '=', filter.user);
  if (filter.action !== undefined) query = query.where('action', '=', filter.action);
  if (filter.status !== undefined) query = query.where('status', '=', filter.status);
  if (filter.from !== undefined) query = query.where('at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('at', '<', filter.to);
  const newest = query.orderBy('at', 'desc').orderBy('chain', 'desc').orderBy('sequence', 'desc');
  const limit = Math.min(Math.max(Math.trunc(filter.limit), 1), FOUND_MAX);
  const { team, endUser } = filter;
  if (team === undefined && endUser === undefined)
    return (await newest.limit(limit).execute()).map(entryFrom);
  let named = db.selectFrom(newest.limit(SEARCHED_MAX).as('newest')).select('entry');
  if (team !== undefined) named = named.where(namesIn({ team }));
  if (endUser !== undefined) named = named.where(namesIn({ endUser }));
  const found = await named
    .orderBy('at', 'desc')
    .orderBy('chain', 'desc')
    .orderBy('sequence', 'desc')
    .limit(limit)
    .execute();
  return found.map(entryFrom);
}

/** `Store.pageEntries` */
export async function pageEntries(
  db: Db,
  { actions, from, to }: EntryRange,
  after?: Entry,
): Promise<readonly Entry[]> {
  let query = db
    .selectFrom('sallyport_entries')
    .select('entry')
    .where('action', 'in', actions)
    // Of two conditions on one column the wider would be looked for.
    .where('at', '>=', after ? Date.parse(after.timestamp) : from)
    .where('at', '<', to);
  if (after) {
    const { timestamp, chain, sequence } = after;
    query = query.where((is) =>
      is(is.refTuple('at', 'chain', 'sequence'), '>', is.tuple(Date.parse(timestamp), chain, sequence)),
    );
  }
  const rows = await query.orderBy('at').orderBy('chain').orderBy('sequence').limit(FOUND_MAX).execute();
  return rows.map(entryFrom);
}

/** `Store.getEntries` */
export async function getEntries(db: Db, refs: readonly EntryRef[]): Promise<readonly Entry[]> {
  if (refs.length === 0) return [];
  const byChain = Map.groupBy(refs.slice(0, FOUND_MAX), ({ chain }) => chain);
  const rows = await db
    .selectFrom('sallyport_entries')
    .select('entry')
    .where((is) =>
      is.or(
        [...byChain].map(([chain, of]) =>
          is.and([
            is('chain', '=', chain),
            is(
              'sequence',
              'in',
              of.map(({ sequence }) => sequence),
            ),
          ]),
        ),
      ),
    )
    .orderBy('at')
    .orderBy('chain')
    .orderBy('sequence')
    .execute();
  return rows.map(entryFrom);
}

/** `Store.pruneEntries` */
export async function pruneEntries(
  db: Db,
  before: number,
  limit: number,
  except: readonly string[],
): Promise<number> {
  let old = db.selectFrom('sallyport_entries').select(['chain', 'sequence']).where('at', '<', before);
  if (except.length > 0) old = old.where('user_id', 'not in', except);
  const gone = await db
    .deleteFrom('sallyport_entries')
    .where((is) =>
      is(
        is.refTuple('chain', 'sequence'),
        'in',
        old.orderBy('at').limit(limit).$asTuple('chain', 'sequence'),
      ),
    )
    .returning('sequence')
    .execute();
  return gone.length;
}
