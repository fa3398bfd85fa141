/**
 * What follows when a rule's count is reached: an incident is opened, whom it is of may be shut out, people are told. Each
 * step is on record before it is done, may be done again, and is bounded; of all processes one does it.
 */
import { uuidv7 } from 'uuidv7';
import type { Clock } from '../../base/clock.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import {
  type IncidentRecord,
  type IncidentStore,
  type IncidentSubject,
  openKey,
  subjectText,
} from '../../ports/incident-store.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Store } from '../../ports/store.ts';
import { type ContainmentState, mayBan } from '../callers/containment.ts';
import { shut, wantedBy } from './incident-containment.ts';
import { incidentEntry, type NamedIncident } from './incident-entries.ts';
import { type IncidentRule, type IncidentsSettings, rulesVersionOf } from './incident-rules.ts';

/** The kill switch and the bans, for all processes. */
export interface IncidentContaining {
  /** @throws store.unavailable */
  newest(): Promise<ContainmentState>;
  /** @throws store.unavailable */
  change<T>(
    step: (state: ContainmentState) => { readonly state: ContainmentState; readonly result: T },
  ): Promise<T>;
  /** Addresses of proxies, which are everybody's. */
  readonly isTrusted: (address: string) => boolean;
}

export interface IncidentResponseOptions {
  readonly store: Pick<Store, 'getSetting' | 'changeSetting'> & {
    readonly incidents: IncidentStore;
  };
  readonly auditLog: Pick<AuditLog, 'record' | 'note'>;
  readonly containing: IncidentContaining;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly settings: IncidentsSettings;
}

/** A rule's count was reached. */
export interface Reached {
  readonly rule: string;
  readonly subject: IncidentSubject;
  readonly user: string | undefined;
  readonly count: number;
  readonly at: number;
}

/** Times of containments within the last hour, of all processes. */
const CONTAINMENTS = 'incidents.containments';
const HOUR_MS = 3_600_000;
const TRIES_MAX = 5;
const WAITING_MAX = 100;
const COUNTING_MAX = 1000;
/** Who opened it does so itself, at once. */
const UNDER_WAY_MS = 5000;
/** Why what is wanted is not done. */
const NOBODY = 'nobody to shut out';
const FULL = 'too many are shut out already';

export class IncidentResponse {
  readonly #options: IncidentResponseOptions;
  readonly #rulesVersion: string;

  constructor(options: IncidentResponseOptions) {
    this.#options = options;
    this.#rulesVersion = rulesVersionOf(options.settings);
  }

  /** Opens an incident of it, unless one is open, and does what its rule says. @throws audit.unavailable, store.unavailable */
  async respond(reached: Reached): Promise<void> {
    const { store, auditLog, settings } = this.#options;
    const rule = settings.rules[reached.rule];
    if (!rule) return;
    const subject = subjectText(reached.subject);
    const incident = this.#recordOf(rule, reached);
    if (rule.mode === 'observe') {
      const taken = await store.incidents.takeSignals(reached.rule, subject, undefined);
      if (taken > 0) await auditLog.record(incidentEntry('observed', 'success', incident));
      return;
    }
    if (await this.#join(reached)) return;
    await auditLog.record(incidentEntry('opened', 'pending', incident));
    if (!(await store.incidents.open(incident))) {
      auditLog.note(incidentEntry('opened', 'failure', incident, { reason: 'another is open' }));
      await this.#join(reached);
      return;
    }
    auditLog.note(incidentEntry('opened', 'success', incident));
    await store.incidents.takeSignals(reached.rule, subject, incident.id);
    try {
      await this.#contain(incident);
    } finally {
      if (rule.actions.includes('notify')) await this.#tell(incident);
    }
  }

  /** Counts with the one that is open, if one is. */
  async #join({ rule, subject, count, at }: Reached): Promise<boolean> {
    const { incidents } = this.#options.store;
    const text = subjectText(subject);
    const id = (await incidents.openOnes([openKey(rule, text)])).get(openKey(rule, text));
    if (id === undefined) return false;
    if ((await incidents.takeSignals(rule, text, id)) > 0) await incidents.count(id, count, at);
    return true;
  }

  /**
   * Does what is wanted and was not done: a process ended in between, or too much was shut within the hour. Whoever was
   * shut out for a time that is over is counted anew, and shut out again.
   */
  async resume(): Promise<void> {
    await this.#letGo();
    const waiting = await this.#options.store.incidents.list({
      state: 'detected',
      open: true,
      waiting: true,
      limit: WAITING_MAX,
    });
    const before = this.#options.clock.now() - UNDER_WAY_MS;
    const failures: unknown[] = [];
    for (const incident of waiting) {
      if (incident.openedAt >= before) continue;
      // One that cannot be done holds up no other.
      await this.#contain(incident).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What a person opened again is left to people. */
  async #letGo(): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const counting = await store.incidents.list({ counting: true, limit: COUNTING_MAX });
    for (const { id, contained } of counting) {
      const isOver = contained.every(
        ({ until, liftedAt }) => liftedAt === undefined && (until ?? Infinity) <= now,
      );
      if (contained.length > 0 && isOver) await store.incidents.letGo(id);
    }
  }

  #recordOf(rule: IncidentRule, { rule: name, subject, user, count, at }: Reached): IncidentRecord {
    const openedAt = this.#options.clock.now();
    return {
      id: uuidv7(),
      rule: name,
      subject,
      ...(user !== undefined && { user }),
      severity: rule.severity,
      state: 'detected',
      openedBy: 'system',
      openedAt,
      lastAt: at,
      count,
      version: 1,
      rulesVersion: this.#rulesVersion,
      wanted: wantedBy(rule, subject, openedAt),
      contained: [],
      steps: [{ state: 'detected', at: openedAt, by: 'system' }],
      notes: [],
    };
  }

  async #contain(incident: IncidentRecord): Promise<void> {
    const { auditLog, containing, clock } = this.#options;
    const { id, wanted } = incident;
    if (wanted.length === 0) return;
    if (!wanted.every((one) => this.#mayShut(one))) return await this.#holdBack(incident, NOBODY);
    const at = clock.now();
    const step = shut(id, wanted, at);
    const { done: possible, left: impossible } = step(await containing.newest()).result;
    if (possible.length === 0 && impossible.length > 0) return await this.#holdBack(incident, FULL);
    if (!(await this.#takePlace())) return await this.#holdBack(incident, 'too many within an hour');
    await auditLog.record(incidentEntry('contained', 'pending', incident, { wanted }));
    const { done, left } = await containing.change(step);
    await changeIncident(this.#options.store.incidents, id, (now) => ({
      ...now,
      wanted: left,
      heldBack: left.length > 0 ? FULL : undefined,
      contained: [...now.contained, ...done],
      ...(now.state === 'detected' && {
        state: 'contained',
        steps: [...now.steps, { state: 'contained', at, by: 'system' }],
      }),
    }));
    const rest = left.length > 0 ? { left } : {};
    auditLog.note(incidentEntry('contained', 'success', incident, { contained: done, ...rest }));
  }

  /** Loopback, proxies, and tokens, which no ban of a key is for, shut nobody out. */
  #mayShut({ of, value }: IncidentRecord['wanted'][number]): boolean {
    if (of === 'house') return true;
    const isKey = of !== 'key' || !/:|^(?:admin-key|command)$/.test(value);
    return isKey && mayBan(of, value, this.#options.containing.isTrusted);
  }

  /** Told once: it is tried again and again, unless there is nobody that it could be done to. */
  async #holdBack(incident: IncidentRecord, reason: string): Promise<void> {
    if (incident.heldBack === reason) return;
    const { store, auditLog } = this.#options;
    auditLog.note(incidentEntry('contained', 'failure', incident, { reason }));
    const wanted = reason === NOBODY ? { wanted: [] } : {};
    await changeIncident(store.incidents, incident.id, (now) => ({ ...now, ...wanted, heldBack: reason }));
  }

  /** One of those that an hour has. */
  async #takePlace(): Promise<boolean> {
    const { store, clock, settings } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const from = await store.getSetting(CONTAINMENTS);
      const now = clock.now();
      const known: number[] = from === undefined ? [] : JSON.parse(from);
      const recent = known.filter((at) => at > now - HOUR_MS);
      if (recent.length >= settings.containmentsPerHourMax) return false;
      const to = JSON.stringify([...recent, now]);
      if (await store.changeSetting(CONTAINMENTS, from, to)) return true;
    }
    return false;
  }

  /** Nobody is told of what is not on record. */
  async #tell(incident: IncidentRecord): Promise<void> {
    const { notifier, auditLog, store } = this.#options;
    if (notifier.receivers === 0) return;
    const told = { receivers: notifier.receivers };
    await auditLog.record(incidentEntry('notified', 'pending', incident, told));
    const now = await store.incidents.get(incident.id).catch(() => undefined);
    const queued = notifier.notify({
      kind: 'incident.opened',
      text: sentenceOf(now ?? incident),
      path: `/console/incidents#${incident.id}`,
      id: incident.id,
    });
    auditLog.note(incidentEntry('notified', queued ? 'success' : 'failure', incident, told));
  }
}

/** Names and counts of ours alone. */
function sentenceOf(
  incident: NamedIncident & Pick<IncidentRecord, 'contained' | 'wanted' | 'heldBack'>,
): string {
  const { rule, severity, subject, user, contained, wanted, heldBack } = incident;
  const whose = user === undefined || subject.kind === 'user' ? '' : ` of ${user}`;
  const whom = subject.kind === 'house' ? '' : `, by ${subject.kind} ${subject.value}${whose}`;
  const [first] = contained;
  const until = first?.until === undefined ? '' : ` until ${new Date(first.until).toISOString()}`;
  const nothing = wanted.length > 0 || heldBack !== undefined ? '; not contained' : '';
  const done = first?.kind === 'lowering' ? `held to tier ${first.tier}` : 'shut out';
  return `Incident (${severity}): ${rule}${whom}${first ? `; ${done}${until}` : nothing}`;
}

/** Changes the newest version of it. @throws store.unavailable, what `step` throws, Error if others change it too often */
export async function changeIncident(
  store: Pick<IncidentStore, 'get' | 'change'>,
  id: string,
  step: (now: IncidentRecord) => IncidentRecord,
): Promise<IncidentRecord | undefined> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const now = await store.get(id);
    if (!now) return undefined;
    const next = step(now);
    if (await store.change(next)) return { ...next, version: next.version + 1 };
  }
  throw new Error('an incident is being changed by others');
}
