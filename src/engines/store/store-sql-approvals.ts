/**
 * Approvals and parked answers in SQL: each step is one statement that says from which state it may go, so that of
 * any number of processes one wins. Holds nothing in clear.
 */
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import {
  approvalAt,
  type ApprovalBinding,
  type ApprovalDecision,
  type ApprovalRecord,
  type ApprovalState,
  type ApprovalStore,
  type AskingBounds,
  type ParkedAnswer,
  type PrunedApprovals,
} from '../../ports/approval-store.ts';
import type { Person } from '../../ports/person.ts';
import { eraseApprovals, pruneApprovals } from './store-sql-approvals-ends.ts';
import { approvalFrom, parkedFrom, stateFrom } from './store-sql-rows.ts';
import type { Tables } from './store-sql-schema.ts';

type Db = Kysely<Tables>;
/** Migrates first; faults become `store.unavailable`. */
type Run = <T>(query: (db: Db) => Promise<T>) => Promise<T>;

const MINUTE_MS = 60_000;
const LIST_MAX = 1000;

/** Over the tables of a store. */
export function createSqlApprovals(run: Run): ApprovalStore {
  return new SqlApprovals(run);
}

function boundLike({ user, tool, argumentsDigest, policyVersion }: ApprovalBinding) {
  return {
    user_name: user,
    tool,
    arguments_digest: argumentsDigest,
    policy_version: policyVersion,
  };
}

/** Also where nobody has written so yet. */
const isExpired = (at: number) => (is: ExpressionBuilder<Tables, 'sallyport_approvals'>) =>
  is.or([is('state', '=', 'expired'), is.and([is('state', '=', 'pending'), is('expires_at', '<=', at)])]);

class SqlApprovals implements ApprovalStore {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async join(binding: ApprovalBinding, at: number): Promise<ApprovalRecord | undefined> {
    const row = await this.#run((db) =>
      db
        .updateTable('sallyport_approvals')
        .set({ askers: sql<number>`askers + 1` })
        .where((is) => is.and({ ...boundLike(binding), state: 'pending' }))
        .where('expires_at', '>', at)
        .returningAll()
        .executeTakeFirst(),
    );
    return row && approvalFrom(row);
  }

  async ask(record: ApprovalRecord, bounds: AskingBounds): Promise<ApprovalRecord | undefined> {
    const at = record.askedAt;
    const row = await this.#run((db) =>
      db
        .insertInto('sallyport_approvals')
        .columns(COLUMNS)
        .expression(sql`select ${sql.join(valuesOf(record))} where ${isWithin(record.user, at, bounds)}`)
        .onConflict((conflict) =>
          conflict
            .columns(['user_name', 'tool', 'arguments_digest', 'policy_version'])
            .where('state', '=', sql.lit('pending'))
            .doUpdateSet({ askers: sql<number>`sallyport_approvals.askers + 1` })
            .where('sallyport_approvals.expires_at', '>', at),
        )
        .returningAll()
        .executeTakeFirst(),
    );
    return row && approvalFrom(row);
  }

  async get(id: string): Promise<ApprovalRecord | undefined> {
    const row = await this.#run((db) =>
      db.selectFrom('sallyport_approvals').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row && approvalFrom(row);
  }

  async list(filter: Parameters<ApprovalStore['list']>[0]): Promise<readonly ApprovalRecord[]> {
    const { at, state } = filter;
    const rows = await this.#run((db) => {
      let query = db.selectFrom('sallyport_approvals').selectAll();
      if (state === 'pending') query = query.where('state', '=', state).where('expires_at', '>', at);
      else if (state === 'expired') query = query.where(isExpired(at));
      else if (state !== undefined) query = query.where('state', '=', state);
      if (filter.user !== undefined) query = query.where('user_name', '=', filter.user);
      return query
        .orderBy('asked_at', 'desc')
        .orderBy('id', 'desc')
        .limit(Math.min(Math.max(Math.trunc(filter.limit), 1), LIST_MAX))
        .execute();
    });
    return rows.map((row) => approvalAt(approvalFrom(row), at));
  }

  async states(ids: readonly string[]): Promise<ReadonlyMap<string, ApprovalState>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#run((db) =>
      db.selectFrom('sallyport_approvals').select(['id', 'state']).where('id', 'in', ids).execute(),
    );
    return new Map(rows.map(({ id, state }) => [id, stateFrom(state)]));
  }

  async decide(id: string, decision: ApprovalDecision): Promise<boolean> {
    return await this.#changed((db) =>
      db
        .updateTable('sallyport_approvals')
        .set({
          state: decision.state,
          decided_by: decision.decidedBy,
          decided_at: decision.decidedAt,
          expires_at: decision.expiresAt,
          note: decision.note ?? null,
        })
        .where((is) => is.and({ id, state: 'pending' }))
        .where('expires_at', '>', decision.decidedAt)
        .returning('id')
        .execute(),
    );
  }

  async use(id: string, binding: ApprovalBinding, at: number): Promise<boolean> {
    return await this.#changed((db) =>
      db
        .updateTable('sallyport_approvals')
        .set({ state: 'used' })
        .where((is) => is.and({ ...boundLike(binding), id, state: 'approved' }))
        .where('expires_at', '>', at)
        .returning('id')
        .execute(),
    );
  }

  async leave(id: string, askers: number): Promise<boolean> {
    return await this.#changed((db) =>
      db
        .updateTable('sallyport_approvals')
        .set({ askers: askers - 1, ...(askers <= 1 && { state: 'withdrawn' }) })
        .where((is) => is.and({ id, askers }))
        .where('state', 'in', ['pending', 'approved'])
        .returning('id')
        .execute(),
    );
  }

  async expire(id: string, at: number): Promise<boolean> {
    return await this.#changed((db) =>
      db
        .updateTable('sallyport_approvals')
        .set({ state: 'expired' })
        .where((is) => is.and({ id, state: 'pending' }))
        .where('expires_at', '<=', at)
        .returning('id')
        .execute(),
    );
  }

  async overdue(at: number, limit: number): Promise<readonly ApprovalRecord[]> {
    const rows = await this.#run((db) =>
      db
        .selectFrom('sallyport_approvals')
        .selectAll()
        .where('state', '=', 'pending')
        .where('expires_at', '<=', at)
        .orderBy('expires_at')
        .limit(limit)
        .execute(),
    );
    return rows.map(approvalFrom);
  }

  async park(parked: ParkedAnswer, perUserMax: number): Promise<boolean> {
    const values = [
      sql`${parked.id}`,
      sql`${parked.user}`,
      sql`${parked.endUser ?? null}`,
      sql`${JSON.stringify(parked.approvals)}`,
      sql`${parked.requestDigest}`,
      bigint(parked.parkedAt),
      sql`${parked.answer}`,
    ];
    return await this.#changed((db) =>
      db
        .insertInto('sallyport_parked_answers')
        .columns(['id', 'user_name', 'end_user', 'approvals', 'request_digest', 'parked_at', 'answer'])
        .expression(
          sql`select ${sql.join(values)} where (select count(*) from sallyport_parked_answers
            where user_name = ${parked.user}) < ${bigint(perUserMax)}`,
        )
        .returning('id')
        .execute(),
    );
  }

  async findParked(
    user: string,
    by: { readonly approval: string } | { readonly requestDigest: string },
  ): Promise<ParkedAnswer | undefined> {
    const rows = await this.#run((db) => {
      const own = db.selectFrom('sallyport_parked_answers').selectAll().where('user_name', '=', user);
      return 'requestDigest' in by
        ? own.where('request_digest', '=', by.requestDigest).orderBy('parked_at', 'desc').limit(1).execute()
        : own
            .where('approvals', 'like', `%${JSON.stringify(by.approval)}%`)
            .orderBy('parked_at', 'desc')
            .execute();
    });
    const found = rows.map(parkedFrom);
    // What the database took for a wildcard is none.
    return 'approval' in by ? found.find(({ approvals }) => approvals.includes(by.approval)) : found[0];
  }

  async unpark(id: string): Promise<boolean> {
    return await this.#changed((db) =>
      db.deleteFrom('sallyport_parked_answers').where('id', '=', id).returning('id').execute(),
    );
  }

  prune(...[before, except = []]: Parameters<ApprovalStore['prune']>): Promise<PrunedApprovals> {
    return this.#run((db) => pruneApprovals(db, before, except));
  }

  erase(of: Person): Promise<PrunedApprovals> {
    return this.#run((db) => eraseApprovals(db, of));
  }

  async #changed(query: (db: Db) => Promise<readonly unknown[]>): Promise<boolean> {
    return (await this.#run(query)).length === 1;
  }
}

const COLUMNS = [
  'id',
  'user_name',
  'team',
  'end_user',
  'credential',
  'tool',
  'arguments_digest',
  'policy_version',
  'exchange',
  'state',
  'askers',
  'asked_at',
  'expires_at',
  'shown',
  'seen',
] as const;

/** As `COLUMNS`. */
function valuesOf(record: ApprovalRecord) {
  return [
    sql`${record.id}`,
    sql`${record.user}`,
    sql`${record.team ?? null}`,
    sql`${record.endUser ?? null}`,
    sql`${record.credential}`,
    sql`${record.tool}`,
    sql`${record.argumentsDigest}`,
    sql`${record.policyVersion}`,
    sql`${record.exchange}`,
    sql`'pending'`,
    bigint(1),
    bigint(record.askedAt),
    bigint(record.expiresAt),
    sql`${record.shown}`,
    sql`${record.seen}`,
  ];
}

/** A parameter in a list of what is selected is text to PostgreSQL, unless it is told. */
const bigint = (value: number) => sql`cast(${value} as bigint)`;

function isWithin(user: string, at: number, bounds: AskingBounds) {
  const waiting = sql`state = 'pending' and expires_at > ${at}`;
  return sql`
    (select count(*) from sallyport_approvals where ${waiting}) < ${bigint(bounds.pendingMax)}
    and (select count(*) from sallyport_approvals where user_name = ${user} and ${waiting})
      < ${bigint(bounds.pendingPerUserMax)}
    and (select count(*) from sallyport_approvals where user_name = ${user} and asked_at > ${at - MINUTE_MS})
      < ${bigint(bounds.perMinuteMax)}`;
}
