/**
 * Entries of the audit log as events of the Open Cybersecurity Schema Framework, version 1.3.0, one event an entry. Pure;
 * what the schema has no place for stands in `unmapped`, so that nothing of an entry is lost but its own names.
 */
import type { Entry } from '../../ports/audit-log.ts';

/** The version whose classes and attributes are used. */
export const OCSF_VERSION = '1.3.0';

/** Name and version of what writes the events. */
export interface Product {
  readonly name: string;
  readonly version: string;
}

/** Class and activity, by the numbers of the schema. */
interface Kind {
  readonly category: number;
  readonly class: number;
  readonly className: string;
  readonly activity: number;
  readonly activityName: string;
}

const API = { category: 6, class: 6003, className: 'API Activity' };
const LIFECYCLE = { category: 6, class: 6002, className: 'Application Lifecycle' };
const AUTHENTICATION = { category: 3, class: 3002, className: 'Authentication' };
const FINDING = { category: 2, class: 2004, className: 'Detection Finding' };
const OTHER = { activity: 99, activityName: 'Other' };

/** Activities of API Activity, by the last word of an operation or an action. */
const ACTIVITIES: readonly (readonly [pattern: RegExp, activity: number, activityName: string])[] = [
  [/\.(?:create|intent|add|upload)$/, 1, 'Create'],
  [/\.(?:list|view|get|retrieve|content|search|export|checkpoints)$/, 2, 'Read'],
  [/\.(?:update|rotate|change|modify|adopt|decide|calibrate|cancel)$/, 3, 'Update'],
  [/\.(?:delete|revoke|remove|erase|prune)$/, 4, 'Delete'],
];

/** Codes of who could not show who they are. */
const NOT_AUTHENTICATED = /^(?:auth\.|rate\.source$|edge\.https_required$)/;
/** Codes of what a guardrail or the tool policy saw, in a call or in its answer; not of one that failed or waits. */
const DETECTED =
  /^(?:guardrail\.(?:injection|pii|secrets|detector|answer)|tool\.(?:denied|arguments|calls|calls_per_minute|approval_denied))$/;
/** Actions that say that something is wrong with a call, or with the gateway itself. */
const ALARMING =
  /^(?:exchange\.(?:over_reservation|settled_late)|ledger\.lost|audit\.(?:dropped|recovered|tampered)|guard\.silent|incident\.|upstream\.credential$|policy\.(?:break_glass|weaker_start|fallback)$)/;
/** OCSF's, by the gateway's. */
const SEVERITIES: Readonly<Record<string, number>> = { low: 2, medium: 3, high: 4, critical: 5 };

/** One event; `JSON.stringify` makes one line of it. */
export function ocsfEvent(entry: Entry, product: Product): Readonly<Record<string, unknown>> {
  const { action, metadata, timestamp, chain, sequence, hash, previousHash, resource, status } = entry;
  const { code, exchange, request, source, httpStatus, ...rest } = metadata;
  const kind = kindOf(entry);
  // Only where the class has no place for it.
  const homeless = {
    ...(kind.class === LIFECYCLE.class && { source }),
    ...(kind.class !== API.class && { httpStatus }),
  };
  return {
    category_uid: kind.category,
    class_uid: kind.class,
    class_name: kind.className,
    activity_id: kind.activity,
    activity_name: kind.activityName,
    type_uid: kind.class * 100 + kind.activity,
    time: Date.parse(timestamp),
    severity_id: severityOf(entry, kind),
    ...statusOf(entry, kind),
    ...(typeof code === 'string' && { status_code: code }),
    message: `${action} ${resource} ${status}`,
    metadata: {
      version: OCSF_VERSION,
      product: { name: product.name, vendor_name: product.name, version: product.version },
      uid: `${chain}:${sequence}`,
      sequence,
      log_name: 'audit',
      original_time: timestamp,
      ...correlation(exchange ?? request),
    },
    ...detailsOf(entry, kind, product),
    unmapped: { action, resource, status, chain, hash, previousHash, ...homeless, ...rest },
  };
}

function kindOf({ action, resource, metadata: { code } }: Entry): Kind {
  if (action === 'gateway.start') return { ...LIFECYCLE, activity: 3, activityName: 'Start' };
  if (action === 'gateway.stop') return { ...LIFECYCLE, activity: 4, activityName: 'Stop' };
  if (action === 'access.refused' || action === 'access.exposed' || matches(NOT_AUTHENTICATED, code))
    return { ...AUTHENTICATION, activity: 1, activityName: 'Logon' };
  if (ALARMING.test(action) || (/\.(?:refused|outcome)$/.test(action) && matches(DETECTED, code)))
    return { ...FINDING, activity: 1, activityName: 'Create' };
  if (/^(?:gateway|audit|ledger|guard)\./.test(action)) return { ...LIFECYCLE, ...OTHER };
  const named = action.startsWith('exchange.') ? resource : action;
  const found = ACTIVITIES.find(([pattern]) => pattern.test(named));
  return { ...API, ...(found ? { activity: found[1], activityName: found[2] } : OTHER) };
}

function matches(pattern: RegExp, code: unknown): boolean {
  return typeof code === 'string' && pattern.test(code);
}

/** 1 informational, 2 low, 3 medium, 4 high, 5 critical. */
function severityOf({ action, status, metadata: { severity } }: Entry, kind: Kind): number {
  if (action === 'audit.tampered') return 5;
  if (action.startsWith('incident.') && typeof severity === 'string' && Object.hasOwn(SEVERITIES, severity))
    return SEVERITIES[severity] ?? 4;
  if (/^(?:ledger|audit|guard|incident|upstream|policy)\./.test(action) && kind.class === FINDING.class)
    return 4;
  if (kind.class === FINDING.class || action === 'access.exposed') return 3;
  return status === 'failure' ? 2 : 1;
}

/** A finding has states of its own: it is new. */
function statusOf({ status }: Entry, kind: Kind): Readonly<Record<string, unknown>> {
  if (kind.class === FINDING.class) return { status_id: 1, status: 'New' };
  if (status === 'pending') return { status_id: 99, status: 'pending' };
  return status === 'success' ? { status_id: 1, status: 'Success' } : { status_id: 2, status: 'Failure' };
}

function correlation(id: unknown): Readonly<Record<string, unknown>> {
  return typeof id === 'string' ? { correlation_uid: id } : {};
}

/** What the class wants beside the base event: who, from where, by which operation. */
function detailsOf(entry: Entry, kind: Kind, product: Product): Readonly<Record<string, unknown>> {
  const { action, resource, userId, metadata } = entry;
  const { source, credential, exchange, request, httpStatus, code } = metadata;
  const user = { name: userId, ...(typeof credential === 'string' && { credential_uid: credential }) };
  const from = { src_endpoint: typeof source === 'string' ? addressOf(source) : { name: product.name } };
  const app = { name: product.name, vendor_name: product.name, version: product.version };
  const service = { name: product.name, uid: product.name.toLowerCase(), version: product.version };
  const id = exchange ?? request;
  const api = {
    operation: action.startsWith('exchange.') ? resource : action,
    service,
    ...(typeof id === 'string' && { request: { uid: id } }),
  };
  const response = typeof httpStatus === 'number' && { http_response: { code: httpStatus } };
  if (kind.class === LIFECYCLE.class) return { app };
  if (kind.class === AUTHENTICATION.class) return { user, service, ...from };
  if (kind.class === API.class) return { actor: { user }, api, ...from, ...response };
  const title = typeof code === 'string' ? code : action;
  return {
    is_alert: true,
    finding_info: { uid: `${entry.chain}:${entry.sequence}`, title, types: [title] },
    evidences: [{ actor: { user }, api, ...from }],
  };
}

function addressOf(source: string): Readonly<Record<string, string>> {
  return /^[\d.]+$|:/.test(source) ? { ip: source } : { name: source };
}
