/** Incidents as people have them: looked at, opened by hand, taken on from state to state, noted, undone. */
import { uuidv7 } from 'uuidv7';
import { Refusal } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Seal } from '../../base/seal.ts';
import type { Entry } from '../../ports/audit-log.ts';
import {
  INCIDENT_STATES,
  type IncidentFilter,
  type IncidentRecord,
  type IncidentState,
  type IncidentStore,
  type IncidentSubject,
  type Severity,
} from '../../ports/incident-store.ts';
import type { Store } from '../../ports/store.ts';
import { lift } from './incident-containment.ts';
import { changeIncident, type IncidentContaining } from './incident-response.ts';
import { type IncidentsSettings, rulesVersionOf } from './incident-rules.ts';

export interface IncidentDeskOptions {
  readonly store: Pick<Store, 'findEntries' | 'getEntries'> & { readonly incidents: IncidentStore };
  readonly containing: Pick<IncidentContaining, 'change'>;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly settings: IncidentsSettings;
}

/** What a person changes. */
export interface IncidentChange {
  readonly state?: IncidentState | undefined;
  readonly note?: string | undefined;
  /** Opens what was shut because of it. */
  readonly undo?: boolean | undefined;
}

/** A note that can be read; undefined where the secret that sealed it is known no more. */
export interface ReadNote {
  readonly at: number;
  readonly by: string;
  readonly text: string | undefined;
}

const NOTES_MAX = 200;
const ENTRIES_MAX = 1000;
const NOTE = 'incident note';
const CLOSED: IncidentState = 'documented';

export class IncidentDesk {
  readonly #options: IncidentDeskOptions;
  /** Names the rules that hold. */
  readonly rulesVersion: string;

  constructor(options: IncidentDeskOptions) {
    this.#options = options;
    this.rulesVersion = rulesVersionOf(options.settings);
  }

  get settings(): IncidentsSettings {
    return this.#options.settings;
  }

  /** @throws store.unavailable */
  async list(filter: IncidentFilter): Promise<readonly IncidentRecord[]> {
    return await this.#options.store.incidents.list(filter);
  }

  /** @throws access.not_found, store.unavailable */
  async find(id: string): Promise<IncidentRecord> {
    const found = await this.#options.store.incidents.get(id);
    if (!found) throw new Refusal('access.not_found');
    return found;
  }

  /** The oldest first. */
  notesOf({ id, notes }: IncidentRecord): readonly ReadNote[] {
    return notes.map(({ at, by, text }) => ({
      at,
      by,
      text: this.#options.seal.open(Buffer.from(text, 'base64'), [NOTE, by, id])?.toString(),
    }));
  }

  /** Its entries in the audit log, the oldest first; not those that the store has not yet. @throws store.unavailable */
  async timeLineOf({ id }: IncidentRecord): Promise<readonly Entry[]> {
    const { store } = this.#options;
    return await store.getEntries(await store.incidents.signalsOf(id, ENTRIES_MAX));
  }

  /** What whom it is of did meanwhile: the newest thousand calls. @throws store.unavailable */
  async callsOf({ subject, user, openedAt, closedAt }: IncidentRecord): Promise<readonly Entry[]> {
    const name = subject.kind === 'user' ? subject.value : user;
    const member = { user: undefined, key: 'credential', endUser: 'endUser' } as const;
    if (subject.kind === 'address' || subject.kind === 'house') return [];
    const field = member[subject.kind];
    const entries = await this.#options.store.findEntries({
      user: name,
      action: 'exchange.outcome',
      from: openedAt - DAY_MS,
      to: closedAt,
      limit: ENTRIES_MAX,
    });
    return entries.filter(({ metadata }) => field === undefined || metadata[field] === subject.value);
  }

  /** Made by a person, and not in the store yet. */
  drafted(by: string, what: { severity: Severity; subject: IncidentSubject; note: string }): IncidentRecord {
    const at = this.#options.clock.now();
    const id = uuidv7();
    return {
      id,
      rule: 'person',
      subject: what.subject,
      severity: what.severity,
      state: 'detected',
      openedBy: by,
      openedAt: at,
      lastAt: at,
      count: 0,
      version: 1,
      rulesVersion: this.rulesVersion,
      wanted: [],
      contained: [],
      steps: [{ state: 'detected', at, by }],
      notes: [this.#noteOf(id, by, at, what.note)],
    };
  }

  /** @throws store.unavailable */
  async open(record: IncidentRecord): Promise<IncidentRecord> {
    await this.#options.store.incidents.open(record);
    return record;
  }

  /** Whether it can be changed like this. @throws request.invalid_field, request.too_complex */
  checkChange(record: IncidentRecord, { state, note }: IncidentChange): void {
    const place = INCIDENT_STATES.indexOf(record.state);
    if (state !== undefined && INCIDENT_STATES.indexOf(state) <= place)
      throw new Refusal('request.invalid_field', { param: 'state' });
    if (note !== undefined && record.notes.length >= NOTES_MAX) throw new Refusal('request.too_complex');
  }

  /** @throws as `checkChange`, access.not_found, store.unavailable */
  async change(id: string, by: string, change: IncidentChange): Promise<IncidentRecord> {
    const { store, containing, clock } = this.#options;
    const at = clock.now();
    const { state, note, undo } = change;
    if (undo) await containing.change(lift(id, (await this.find(id)).contained));
    const changed = await changeIncident(store.incidents, id, (now) => {
      this.checkChange(now, change);
      const lifted = { liftedAt: at, liftedBy: by };
      return {
        ...now,
        ...(state && { state, steps: [...now.steps, { state, at, by }] }),
        ...(state === CLOSED && { closedAt: at }),
        ...(note !== undefined && { notes: [...now.notes, this.#noteOf(id, by, at, note)] }),
        ...(undo && { wanted: [], contained: now.contained.map((one) => ({ ...lifted, ...one })) }),
      };
    });
    if (!changed) throw new Refusal('access.not_found');
    return changed;
  }

  #noteOf(id: string, by: string, at: number, text: string): IncidentRecord['notes'][number] {
    return { at, by, text: this.#options.seal.seal(Buffer.from(text), [NOTE, by, id]).toString('base64') };
  }
}

const DAY_MS = 86_400_000;
