/**
 * What an engine must promise about incidents: rows that many processes count up and change, of which one opens.
 * Every engine passes test/contracts/incident-store.ts. Notes are sealed before they come here.
 */

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** In this order; a person may leave some out, nobody goes back. The last one closes. */
export const INCIDENT_STATES = [
  'detected',
  'contained',
  'investigating',
  'remediated',
  'recovered',
  'documented',
] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Whom or what an incident can be about. */
export const SUBJECT_KINDS = ['user', 'key', 'address', 'house', 'endUser'] as const;

/** Whom or what it is about. */
export interface IncidentSubject {
  readonly kind: (typeof SUBJECT_KINDS)[number];
  /** A user's name, a key's id, an address, an end user's digest; `house`. */
  readonly value: string;
}

/** What was shut because of it. Times are milliseconds since 1970. */
export interface Containing {
  readonly kind: 'ban' | 'lowering' | 'lockdown';
  /** `house`: everything. */
  readonly of: IncidentSubject['kind'];
  readonly value: string;
  readonly at: number;
  /** Of a lowering: the tier they are held to. */
  readonly tier?: string | undefined;
  /** Of a ban or a lowering. */
  readonly until?: number | undefined;
  readonly liftedAt?: number | undefined;
  readonly liftedBy?: string | undefined;
}

/** Findings that became a matter, with what was done. */
export interface IncidentRecord {
  readonly id: string;
  /** Name of the rule, or `person`. */
  readonly rule: string;
  readonly subject: IncidentSubject;
  /** Whose key it is. */
  readonly user?: string | undefined;
  readonly severity: Severity;
  readonly state: IncidentState;
  /** `system`, or the user who opened it. */
  readonly openedBy: string;
  readonly openedAt: number;
  /** Of the newest event that it counts. */
  readonly lastAt: number;
  /** Events so far; of a rule for money nano-dollars. */
  readonly count: number;
  readonly closedAt?: number | undefined;
  /** Counts up with every change of a person's or of a containment. */
  readonly version: number;
  /** Names the rules under which it was opened. */
  readonly rulesVersion: string;
  /** What is to be shut because of it, and is not yet. */
  readonly wanted: readonly Omit<Containing, 'at'>[];
  readonly contained: readonly Containing[];
  /** Why what is wanted was not done; told once. */
  readonly heldBack?: string | undefined;
  readonly steps: readonly { readonly state: IncidentState; readonly at: number; readonly by: string }[];
  /** Sealed, in base64. */
  readonly notes: readonly { readonly at: number; readonly by: string; readonly text: string }[];
}

/** An entry of the audit log that counts for a rule. */
export interface IncidentSignal {
  readonly rule: string;
  /** `kind:value` */
  readonly subject: string;
  readonly chain: string;
  readonly sequence: number;
  readonly at: number;
  /** Which part of a sequence; 0 otherwise. */
  readonly step: number;
  /** How many events it stands for, or nano-dollars. */
  readonly weight: number;
  /** The one that it belongs to; undefined while it waits for more of its kind. */
  readonly incident?: string | undefined;
}

export type EntryRef = Pick<IncidentSignal, 'chain' | 'sequence'>;

/** Which to find: those that match all that is given. */
export interface IncidentFilter {
  readonly state?: IncidentState | undefined;
  readonly rule?: string | undefined;
  readonly severity?: Severity | undefined;
  /** `kind:value` */
  readonly subject?: string | undefined;
  readonly open?: boolean | undefined;
  /** What comes of its rule and subject is counted with it. */
  readonly counting?: boolean | undefined;
  /** Something is to be shut because of it, and is not yet. */
  readonly waiting?: true | undefined;
  /** 1 to 1000, newest first. */
  readonly limit: number;
}

/** Every operation may throw `store.unavailable`, within 2 s. */
export interface IncidentStore {
  /** False where one of this rule and subject is open and counts; of those that people open there may be any number. */
  open(record: IncidentRecord): Promise<boolean>;
  get(id: string): Promise<IncidentRecord | undefined>;
  list(filter: IncidentFilter): Promise<readonly IncidentRecord[]>;
  /** Puts all but its counts, as the next version, where it still has this one; false where it has not. */
  change(next: IncidentRecord): Promise<boolean>;
  /** Events of an open one that were added to it. */
  count(id: string, more: number, at: number): Promise<void>;
  /** It stays open for people, and counts no more: another may open of its rule and subject. Again is no fault. */
  letGo(id: string): Promise<void>;
  /** Ids of open ones that count, by `rule kind:value`, of those that are asked for. */
  openOnes(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /** Each once, whoever brings it how often; those that are new. */
  addSignals(signals: readonly IncidentSignal[]): Promise<readonly IncidentSignal[]>;
  /** Weights of a rule's waiting signals of a step, since then and before that, by subject, of these subjects. */
  sums(
    rule: string,
    subjects: readonly string[],
    within: { readonly since: number; readonly until?: number | undefined; readonly step: number },
  ): Promise<ReadonlyMap<string, number>>;
  /** More for a day of a rule and subject, which belongs to no incident. @param day its start */
  addDay(rule: string, subject: string, day: number, weight: number): Promise<void>;
  /** The sum of days since then and before that. */
  daysBefore(
    rule: string,
    subject: string,
    within: { readonly since: number; readonly until: number },
  ): Promise<number>;
  /** Waiting ones belong to that incident, or are dropped: how many; of several who ask, one is told. */
  takeSignals(rule: string, subject: string, incident: string | undefined): Promise<number>;
  /** Entries that belong to an incident, the oldest first. */
  signalsOf(incident: string, limit: number): Promise<readonly EntryRef[]>;

  /** Undefined where it was known; else how many others there are, and since when the oldest. */
  learn(
    rule: string,
    subject: string,
    value: string,
    at: number,
  ): Promise<{ readonly others: number; readonly since: number } | undefined>;

  /** Deletes what waits, days and what was learnt before these times; what belongs to an incident stays as long as it. */
  prune(before: { readonly waiting: number; readonly learnt: number }): Promise<void>;
  /** Deletes incidents that were closed before this time, but those of these users and their keys; how many. */
  pruneClosed(before: number, except: readonly string[]): Promise<number>;
}

/** `kind:value` */
export function subjectText({ kind, value }: IncidentSubject): string {
  return `${kind}:${value}`;
}

/** What only one open incident may have. */
export function openKey(rule: string, subject: string): string {
  return `${rule} ${subject}`;
}
