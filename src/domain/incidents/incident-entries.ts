/** What the audit log keeps of incidents: rule, subject, counts, what was shut; never notes. */
import type { EntryDraft, EntryStatus } from '../../ports/audit-log.ts';
import type { IncidentRecord } from '../../ports/incident-store.ts';

/** Steps that are on record before they take effect; `pending` before, `success` or `failure` after. */
export type IncidentStep = 'opened' | 'observed' | 'contained' | 'notified' | 'pruned';

/** What of an incident is in each of its entries. */
export type NamedIncident = Pick<
  IncidentRecord,
  'id' | 'rule' | 'subject' | 'user' | 'severity' | 'count' | 'rulesVersion'
>;

/** Of a step in the life of an incident; the gateway's own, so that it counts against nobody. */
export function incidentEntry(
  step: IncidentStep,
  status: EntryStatus,
  incident: NamedIncident,
  more: Readonly<Record<string, unknown>> = {},
): EntryDraft {
  const { id, rule, subject, user, severity, count, rulesVersion } = incident;
  return {
    userId: 'system',
    action: `incident.${step}`,
    resource: id,
    status,
    metadata: { rule, [subject.kind]: subject.value, of: user, severity, count, rulesVersion, ...more },
  };
}
