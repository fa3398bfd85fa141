/**
 * Which entries of the audit log count for which rule, and of whom. Pure, and quick: it sees every entry there is. An
 * entry counts against a user or a key only if their credential was shown and held.
 */
import { isIP } from 'node:net';
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Entry } from '../../ports/audit-log.ts';
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
const ADDRESSES_KNOWN_MAX = 1000;

/** A matcher whose action is known to fit. */
interface Condition extends Pick<Matcher, 'code' | 'status'> {
  readonly fields: readonly (readonly [path: readonly string[], wanted: string | readonly string[]])[];
}

/** What of a rule one action can meet: alternatives, of each of its parts. */
interface Candidate {
  readonly name: string;
  readonly rule: IncidentRule;
  readonly parts: readonly (readonly Condition[])[];
}

/** Of rules that are not off. */
export function createSpotter(
  rules: Readonly<Record<string, IncidentRule>>,
): (entry: Entry) => readonly Hit[] {
  const on = Object.entries(rules).filter(([, rule]) => rule.mode !== 'off');
  // Most actions are of no rule: they cost one look.
  const byAction = new BoundedMap<string, readonly Candidate[]>(ACTIONS_KNOWN_MAX);
  return (entry) => {
    let candidates = byAction.get(entry.action);
    if (!candidates) {
      candidates = on
        .map(([name, rule]) => ({ name, rule, parts: partsOf(rule, entry.action) }))
        .filter(({ parts }) => parts.some((part) => part.length > 0));
      byAction.set(entry.action, candidates);
    }
    let hits = NOTHING;
    for (const candidate of candidates) {
      const found = hitsOf(candidate, entry);
      if (found.length > 0) hits = hits.length === 0 ? found : [...hits, ...found];
    }
    return hits;
  };
}

function partsOf(rule: IncidentRule, action: string): (readonly Condition[])[] {
  const parts = rule.kind === 'sequence' ? [rule.when, rule.followedBy] : [rule.when];
  return parts.map((part) =>
    [part]
      .flat()
      .filter((matcher) => fits(matcher.action, action))
      .map(({ code, status, fields = {} }) => ({
        code,
        status,
        fields: Object.entries(fields).map(([path, wanted]) => [path.split('.'), wanted] as const),
      })),
  );
}

function hitsOf({ name, rule, parts }: Candidate, entry: Entry): readonly Hit[] {
  const isFirst = meets(parts[0], entry);
  const isSecond = parts.length > 1 && meets(parts[1], entry);
  if (!isFirst && !isSecond) return NOTHING;
  const subject = subjectOf(rule, entry);
  const weight = weightOf(rule, entry);
  if (subject === undefined || weight <= 0) return NOTHING;
  const user = isShown(entry) ? entry.userId : undefined;
  const hit = { rule: name, subject, user, weight };
  if (rule.kind === 'newAddress') {
    const value = addressOf(entry);
    return value === undefined ? NOTHING : [{ ...hit, step: 0, value }];
  }
  if (!isSecond) return [{ ...hit, step: 0 }];
  return isFirst
    ? [
        { ...hit, step: 0 },
        { ...hit, step: 1 },
      ]
    : [{ ...hit, step: 1 }];
}

function meets(alternatives: readonly Condition[] | undefined, entry: Entry): boolean {
  return alternatives?.some((condition) => holds(condition, entry)) ?? false;
}

function holds({ code, status, fields }: Condition, { status: found, metadata }: Entry): boolean {
  return (
    (status === undefined || status === found) &&
    (code === undefined || fits(code, metadata['code'])) &&
    fields.every(([path, wanted]) => fits(wanted, member(metadata, path)))
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

function member(metadata: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  let found: unknown = metadata;
  for (const name of path) {
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
  if (by === 'endUser') {
    const { endUser } = entry.metadata;
    return isNamed(endUser) ? `endUser:${endUser}` : undefined;
  }
  return by === 'user' ? `user:${entry.userId}` : `key:${String(entry.metadata['credential'])}`;
}

/** The same few come again and again. */
const addresses = new BoundedMap<string, string | undefined>(ADDRESSES_KNOWN_MAX);

/** IPv4 as such, whichever socket it came by. */
function addressOf({ metadata: { source } }: Entry): string | undefined {
  if (typeof source !== 'string') return undefined;
  if (addresses.has(source)) return addresses.get(source);
  const plain = source.startsWith('::ffff:') && source.includes('.') ? source.slice(7) : source;
  const address = isIP(plain) === 0 ? undefined : plain;
  addresses.set(source, address);
  return address;
}

function weightOf({ kind }: IncidentRule, { action, metadata }: Entry): number {
  if (kind === 'spend') return numberOf(metadata['settledNano']) ?? 0;
  // One entry stands for the flood of a minute.
  return action === 'access.refused' ? (numberOf(metadata['attempts']) ?? 1) : 1;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}
