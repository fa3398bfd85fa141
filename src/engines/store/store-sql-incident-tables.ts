/** The tables of incidents, of what counts for them and of what was seen before, and the step that makes them. */
import type { RawBuilder, Transaction } from 'kysely';
import type { Tables } from './store-sql-schema.ts';

/** Times are milliseconds since 1970. */
export interface IncidentTables {
  /** `open_key` is what only one open incident may have; `record` is the rest as JSON, notes in it sealed. */
  sallyport_incidents: {
    id: string;
    rule: string;
    subject: string;
    severity: string;
    state: string;
    opened_at: number;
    last_at: number;
    count: number;
    closed_at: number | null;
    version: number;
    open_key: string | null;
    record: string;
  };
  /** Entries that count for a rule; `incident` is null while they wait. */
  sallyport_incident_signals: {
    rule: string;
    subject: string;
    chain: string;
    sequence: number;
    at: number;
    step: number;
    weight: number;
    incident: string | null;
  };
  sallyport_incident_days: { rule: string; subject: string; day: number; weight: number };
  sallyport_incident_known: { rule: string; subject: string; value: string; at: number };
}

/** A step of the store. */
export async function addIncidents(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  await db.schema
    .createTable('sallyport_incidents')
    .addColumn('id', text, (column) => column.primaryKey())
    .addColumn('rule', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('severity', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addColumn('count', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('open_key', text, (column) => column.unique())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await addCounts(db, text);
  await db.schema
    .createIndex('sallyport_incidents_by_time')
    .on('sallyport_incidents')
    .column('opened_at')
    .execute();
}

/** What rules count. */
async function addCounts(db: Transaction<Tables>, text: RawBuilder<unknown>): Promise<void> {
  await db.schema
    .createTable('sallyport_incident_signals')
    .addColumn('rule', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('chain', text, (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('step', 'bigint', (column) => column.notNull())
    .addColumn('weight', 'bigint', (column) => column.notNull())
    .addColumn('incident', text)
    .addPrimaryKeyConstraint('sallyport_incident_signals_pk', [
      'rule',
      'subject',
      'step',
      'chain',
      'sequence',
    ])
    .execute();
  await db.schema
    .createTable('sallyport_incident_days')
    .addColumn('rule', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('weight', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('sallyport_incident_days_pk', ['rule', 'subject', 'day'])
    .execute();
  await db.schema
    .createTable('sallyport_incident_known')
    .addColumn('rule', text, (column) => column.notNull())
    .addColumn('subject', text, (column) => column.notNull())
    .addColumn('value', text, (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('sallyport_incident_known_pk', ['rule', 'subject', 'value'])
    .execute();
  await db.schema
    .createIndex('sallyport_incident_signals_by_incident')
    .on('sallyport_incident_signals')
    .columns(['incident', 'at'])
    .execute();
  await db.schema
    .createIndex('sallyport_incident_signals_by_subject')
    .on('sallyport_incident_signals')
    .columns(['rule', 'subject', 'at'])
    .execute();
}
