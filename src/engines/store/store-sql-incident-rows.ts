/** What the rows of incidents are outside of the database. What is not known is taken for the worst. */
import type { Selectable } from 'kysely';
import { INCIDENT_STATES, type IncidentRecord, SUBJECT_KINDS } from '../../ports/incident-store.ts';
import type { IncidentTables } from './store-sql-incident-tables.ts';

/** The columns that `change` replaces. */
export function changingOf(record: IncidentRecord) {
  const { id: _, rule: __, subject: ___, openedAt: _o, lastAt: _l, count: _c, ...rest } = record;
  const { severity, state, closedAt, version, ...more } = rest;
  return { severity, state, closed_at: closedAt ?? null, version, record: JSON.stringify(more) };
}

/** Columns as they are, and the rest of the record. */
export function incidentFrom(row: Selectable<IncidentTables['sallyport_incidents']>): IncidentRecord {
  const colon = row.subject.indexOf(':');
  const more: IncidentRecord = JSON.parse(row.record);
  return {
    ...more,
    id: row.id,
    rule: row.rule,
    subject: { kind: kindFrom(row.subject.slice(0, colon)), value: row.subject.slice(colon + 1) },
    severity: severityFrom(row.severity),
    state: stateFrom(row.state),
    openedAt: row.opened_at,
    lastAt: row.last_at,
    count: row.count,
    version: row.version,
    ...(row.closed_at !== null && { closedAt: row.closed_at }),
  };
}

const kindFrom = (text: string): IncidentRecord['subject']['kind'] =>
  SUBJECT_KINDS.find((known) => known === text) ?? 'house';
const severityFrom = (text: string): IncidentRecord['severity'] =>
  SEVERITIES.find((known) => known === text) ?? 'critical';
const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
const stateFrom = (text: string): IncidentRecord['state'] =>
  INCIDENT_STATES.find((known) => known === text) ?? 'detected';
