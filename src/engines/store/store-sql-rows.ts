/** What the store's rows are outside of the database, and how entries become rows. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Entry } from '../../ports/audit-log.ts';
import type { ApprovalRecord, ApprovalState, ParkedAnswer } from '../../ports/approval-store.ts';
import type { Person } from '../../ports/person.ts';
import type { KeyRecord, ObjectOwner } from '../../ports/store.ts';
import type { Tables } from './store-sql-schema.ts';

/** The record as it was put. */
export function keyFrom(row: { readonly record: string }): KeyRecord {
  return JSON.parse(row.record);
}

/** The columns of an owner: what is sealed may be much, and is asked for by itself. */
export const OWNER_COLUMNS = [
  'id',
  'kind',
  'user_name',
  'team',
  'created_at',
  'tokens',
  'nano',
  'placeholders',
  'upstream',
  'end_user',
  'tainted',
  'judged_by',
] as const;

/** Columns as they are, nulls left out. */
export function ownerFrom(
  row: Pick<Selectable<Tables['sallyport_owners']>, (typeof OWNER_COLUMNS)[number]>,
): ObjectOwner {
  return {
    id: row.id,
    kind: row.kind,
    user: row.user_name,
    createdAt: row.created_at,
    ...(row.team !== null && { team: row.team }),
    ...(row.tokens !== null && { tokens: row.tokens }),
    ...(row.nano !== null && { nano: row.nano }),
    ...(row.placeholders !== null && { placeholders: row.placeholders }),
    ...(row.upstream !== null && { upstream: row.upstream }),
    ...(row.end_user !== null && { endUser: row.end_user }),
    ...(row.tainted !== null && { tainted: true }),
    ...(row.judged_by !== null && { judgedBy: row.judged_by }),
  };
}

/** Columns as they are, nulls left out. */
export function approvalFrom(row: Selectable<Tables['sallyport_approvals']>): ApprovalRecord {
  return {
    id: row.id,
    user: row.user_name,
    ...(row.team !== null && { team: row.team }),
    ...(row.end_user !== null && { endUser: row.end_user }),
    credential: row.credential,
    tool: row.tool,
    argumentsDigest: row.arguments_digest,
    policyVersion: row.policy_version,
    exchange: row.exchange,
    state: stateFrom(row.state),
    askers: row.askers,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    shown: row.shown,
    seen: row.seen,
    ...(row.decided_by !== null && { decidedBy: row.decided_by }),
    ...(row.decided_at !== null && { decidedAt: row.decided_at }),
    ...(row.note !== null && { note: row.note }),
  };
}

/** What is not known allows nothing. */
export function stateFrom(state: string): ApprovalState {
  return STATES.find((known) => known === state) ?? 'withdrawn';
}
const STATES: readonly ApprovalState[] = ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'used'];

/** Columns as they are. */
export function parkedFrom(row: Selectable<Tables['sallyport_parked_answers']>): ParkedAnswer {
  return {
    id: row.id,
    user: row.user_name,
    ...(row.end_user !== null && { endUser: row.end_user }),
    approvals: JSON.parse(row.approvals),
    requestDigest: row.request_digest,
    parkedAt: row.parked_at,
    answer: row.answer,
  };
}

/** Whether a row with these columns is of them. */
export function isOf(of: Person): RawBuilder<boolean> {
  if ('user' in of) return sql<boolean>`user_name = ${of.user}`;
  const { endUsers, except = [] } = of;
  const theirs = sql<boolean>`end_user in (${sql.join(endUsers)})`;
  return except.length === 0 ? theirs : sql<boolean>`${theirs} and user_name not in (${sql.join(except)})`;
}

/** The entry as it was appended. */
export function entryFrom(row: { readonly entry: string }): Entry {
  return JSON.parse(row.entry);
}

/** The rows as one JSON text: one parameter to compile, send and bind, where 3,500 were. */
export function rowsText(entries: readonly Entry[]): string {
  const rows = entries.map((entry) => {
    const { chain, sequence, timestamp, userId, action, status } = entry;
    // A text in the text: PostgreSQL reads no JSON with a NUL in it, but stores it.
    const text = JSON.stringify(entry);
    return JSON.stringify([chain, sequence, Date.parse(timestamp), userId, action, status, text]);
  });
  return `[${rows.join(',')}]`;
}

/** `where true`, or SQLite takes what follows for the condition of a join. */
export function rowsFrom(elements: RawBuilder<unknown>): RawBuilder<Selectable<Tables['sallyport_entries']>> {
  return sql`select value->>0, cast(value->>1 as bigint), cast(value->>2 as bigint), value->>3, value->>4,
    value->>5, value->>6 from ${elements} where true`;
}

/**
 * Whether an entry has a member with this name and value, `team` or `endUser`. A quote inside of a string has a backslash before it, so no text
 * of somebody's looks like that member.
 */
export function namesIn(
  whose: { readonly team: string } | { readonly endUser: string },
): RawBuilder<boolean> {
  const member = JSON.stringify(whose).slice(1, -1);
  const pattern = `%${member.replaceAll(/[%_\\]/g, '\\$&')}%`;
  return sql<boolean>`entry like ${pattern} escape '\\'`;
}
