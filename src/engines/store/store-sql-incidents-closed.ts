/** Closed incidents, deleted by age: of users who are held they stay, also those of their keys. */
import type { IncidentRecord } from '../../ports/incident-store.ts';
import { incidentFrom } from './store-sql-incident-rows.ts';
import type { Db } from './store-sql-schema.ts';

type Run = <T>(query: (db: Db) => Promise<T>) => Promise<T>;

const AT_ONCE = 500;

/** `IncidentStore.pruneClosed` */
export async function pruneClosed(run: Run, before: number, except: readonly string[]): Promise<number> {
  const held = new Set(except);
  let count = 0;
  for (let after = ''; ; ) {
    const rows = await run((db) => closedBefore(db, before, after));
    const last = rows.at(-1);
    if (!last) return count;
    after = last.id;
    const gone = rows.map(incidentFrom).filter((incident) => !isOfAny(incident, held));
    count += await run((db) => deleteThese(db, gone));
  }
}

function closedBefore(db: Db, before: number, after: string) {
  return db
    .selectFrom('sallyport_incidents')
    .selectAll()
    .where('closed_at', '<', before)
    .where('id', '>', after)
    .orderBy('id')
    .limit(AT_ONCE)
    .execute();
}

/** Of one of these users, or of a key of theirs. */
function isOfAny({ subject, user }: IncidentRecord, users: ReadonlySet<string>): boolean {
  return (subject.kind === 'user' && users.has(subject.value)) || (user !== undefined && users.has(user));
}

async function deleteThese(db: Db, incidents: readonly IncidentRecord[]): Promise<number> {
  if (incidents.length === 0) return 0;
  const ids = incidents.map(({ id }) => id);
  const gone = await db.deleteFrom('sallyport_incidents').where('id', 'in', ids).returning('id').execute();
  return gone.length;
}
