/** How approvals and parked answers end by age, or with the person they are of: queries for every database. */
import type { ApprovalStore, PrunedApprovals } from '../../ports/approval-store.ts';
import type { Person } from '../../ports/person.ts';
import { isOf } from './store-sql-rows.ts';
import type { Db } from './store-sql-schema.ts';

/** `ApprovalStore.prune` */
export async function pruneApprovals(
  db: Db,
  before: Parameters<ApprovalStore['prune']>[0],
  except: readonly string[],
): Promise<PrunedApprovals> {
  let over = db.deleteFrom('sallyport_approvals').where('expires_at', '<', before.over);
  let parked = db.deleteFrom('sallyport_parked_answers').where('parked_at', '<', before.parked);
  if (except.length > 0) {
    over = over.where('user_name', 'not in', except);
    parked = parked.where('user_name', 'not in', except);
  }
  const approvals = await over.returning('id').execute();
  const answers = await parked.returning('id').execute();
  return { approvals: approvals.length, answers: answers.length };
}

/** `ApprovalStore.erase` */
export async function eraseApprovals(db: Db, of: Person): Promise<PrunedApprovals> {
  const approvals = await db
    .updateTable('sallyport_approvals')
    .set({ shown: '', note: null })
    .where(isOf(of))
    .where((is) => is.or([is('shown', '<>', ''), is('note', 'is not', null)]))
    .returning('id')
    .execute();
  const answers = await db.deleteFrom('sallyport_parked_answers').where(isOf(of)).returning('id').execute();
  return { approvals: approvals.length, answers: answers.length };
}
