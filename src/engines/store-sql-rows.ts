/** What the store's rows are outside of the database, and how entries become rows. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Entry } from '../ports/audit-log.ts';
import type { KeyRecord, ObjectOwner } from '../ports/store.ts';
import type { Tables } from './store-sql-schema.ts';

/** The record as it was put. */
export function keyFrom(row: { readonly record: string }): KeyRecord {
  return JSON.parse(row.record);
}

/** Columns as they are, nulls left out. */
export function ownerFrom(row: Selectable<Tables['sallyport_owners']>): ObjectOwner {
  return {
    id: row.id,
    kind: row.kind,
    user: row.user_name,
    createdAt: row.created_at,
    ...(row.team !== null && { team: row.team }),
    ...(row.tokens !== null && { tokens: row.tokens }),
    ...(row.nano !== null && { nano: row.nano }),
  };
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
