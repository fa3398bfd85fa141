/**
 * Which entries of the audit log count for which rule, and of whom. Pure, and quick: it sees every entry there is. An
 * entry counts against a user or a key only if their credential was shown and held.
 */
import { isIP } from 'node:net';
import { BoundedMap } from '../base/bounded-map.ts';
import type { Entry } from '../ports/audit-log.ts';
import { type IncidentRule, isNamed, type Matcher } from './incident-rules.ts';

/** An entry that counts. */
export interface Hit {
  readonly rule: string;
  /** `kind:value` */
  readonly subject: string;
  /** Whose key it is. */
  readonly user: string | undefined;
  /** 1: the second part of a sequence. */
  readonly step: 0 | 1;
  /** How many events it stands for, or nano-dollars. */
  readonly weight: number;
  /** The address, of rules that learn it. */
  readonly value?: string;
}

const NOTHING: readonly Hit[] = [];
const ACTIONS_KNOWN_MAX = 1000;

interface Compiled {
  readonly name: string;
  readonly rule: IncidentRule;
  readonly parts: readonly (readonly Matcher[])[];
}

/** Of rules that are not off. */
export function createSpotter(
  rules: Readonly<Record<string, IncidentRule>>,
): (entry: Entry) => readonly Hit[] {
  const compiled = Object.entries(rules)
    .filter(([, rule]) => rule.mode !== 'off')
    .map(([name, rule]): Compiled => ({ name, rule, parts: partsOf(rule) }));
  // Most actions are of no rule: they cost one look.
  const byAction = new BoundedMap<string, readonly Compiled[]>(ACTIONS_KNOWN_MAX);
  return (entry) => {
    let candidates = byAction.get(entry.action);
    if (!candidates) {
      candidates = compiled.filter(({ parts }) =>
        parts.some((part) => part.some(({ action }) => fits(action, entry.action))),
      );
      byAction.set(entry.action, candidates);
    }
    return candidates.length === 0 ? NOTHING : candidates.flatMap((one) => hitsOf(one, entry));
  };
}

const list = (of: Matcher | readonly Matcher[]): readonly Matcher[] => [of].flat();

function partsOf(rule: IncidentRule): (readonly Matcher[])[] {
  return rule.kind === 'sequence' ? [list(rule.when), list(rule.followedBy)] : [list(rule.when)];
}

function hitsOf({ name, rule, parts }: Compiled, entry: Entry): readonly Hit[] {
  const found = parts.flatMap((part, step) =>
    part.some((matcher) => matches(matcher, entry)) ? [step === 0 ? (0 as const) : (1 as const)] : [],
  );
  if (found.length === 0) return NOTHING;
  const subject = subjectOf(rule, entry);
  const weight = weightOf(rule, entry);
  if (subject === undefined || weight <= 0) return NOTHING;
  const user = isShown(entry) ? entry.userId : undefined;
  if (rule.kind !== 'newAddress') return found.map((step) => ({ rule: name, subject, user, step, weight }));
  const value = addressOf(entry);
  return value === undefined ? NOTHING : [{ rule: name, subject, user, step: 0, weight, value }];
}

function matches({ action, code, status, fields }: Matcher, entry: Entry): boolean {
  return (
    fits(action, entry.action) &&
    (status === undefined || status === entry.status) &&
    (code === undefined || fits(code, entry.metadata['code'])) &&
    Object.entries(fields ?? {}).every(([path, wanted]) => fits(wanted, member(entry.metadata, path)))
  );
}

function fits(wanted: string | readonly string[], found: unknown): boolean {
  if (found === undefined || found === null) return false;
  if (typeof wanted !== 'string') return wanted.some((one) => fits(one, found));
  if (wanted === '*') return true;
  if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') return false;
  const text = String(found);
  return wanted.endsWith('*') ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
}

function member(metadata: Readonly<Record<string, unknown>>, path: string): unknown {
  let found: unknown = metadata;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** Codes of who did not show who they are, whatever else the entry says. */
const NOT_SHOWN = /^(?:auth\.|rate\.source$)/;

/** Whether `userId` and `credential` are of somebody whose credential held. */
function isShown({ userId, metadata: { credential, code } }: Entry): boolean {
  const isSomebody = userId !== 'anonymous' && userId !== 'system';
  return isSomebody && isNamed(credential) && !(typeof code === 'string' && NOT_SHOWN.test(code));
}

/** Undefined: it counts against nobody. */
function subjectOf({ by, actions }: IncidentRule, entry: Entry): string | undefined {
  // Nobody but the gateway itself may bring everything to a stand.
  if (by === 'house') {
    const isOurs = entry.userId === 'system';
    return actions.includes('lockDown') && !isOurs ? undefined : 'house:house';
  }
  if (by === 'address') {
    const address = addressOf(entry);
    return address && `address:${address}`;
  }
  if (!isShown(entry)) return undefined;
  return by === 'user' ? `user:${entry.userId}` : `key:${String(entry.metadata['credential'])}`;
}

/** IPv4 as such, whichever socket it came by. */
function addressOf({ metadata: { source } }: Entry): string | undefined {
  if (typeof source !== 'string') return undefined;
  const plain = source.startsWith('::ffff:') && source.includes('.') ? source.slice(7) : source;
  return isIP(plain) === 0 ? undefined : plain;
}

function weightOf({ kind }: IncidentRule, { action, metadata }: Entry): number {
  if (kind === 'spend') return numberOf(metadata['settledNano']) ?? 0;
  // One entry stands for the flood of a minute.
  return action === 'access.refused' ? (numberOf(metadata['attempts']) ?? 1) : 1;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
