/**
 * Strings of an answer that are no pieces of a text: ids, roles, names, padding, keys that OpenAI has not. An honest upstream
 * says each of them whole, yet clients put together what comes under one name; so what one says is read together with what it
 * said before. None of it can be cut out: a finding over several stops the answer, or is told. Bounded.
 */
import { BoundedMap } from '../../base/bounded-map.ts';
import { outcomeInProse } from '../../guardrails/decide.ts';
import { WALLET_MAX, WALLET_MIN, walletAt } from '../../guardrails/pii/crypto-wallet.ts';
import { screen, type ScreenPolicy } from '../../guardrails/screening.ts';
import { VENDOR_RULES } from '../../guardrails/secrets/vendors.ts';
import type { AnswerEvent } from '../../openai/answer-texts.ts';
import type { Leaf } from '../../openai/body.ts';
import { child } from '../../openai/child.ts';
import type { EventPattern } from '../../openai/event-pattern.ts';
import type { Screened } from './answer-screening.ts';

type Found = Pick<Screened, 'findings' | 'block'>;

/** Places that are remembered: those that were heard of last. */
const PLACES_MAX = 1024;
/** Units and strings before it that a string is read with. */
const UNITS_MAX = 128;
const BEFORE_MAX = 64;
const NOTHING: Found = { findings: [], block: undefined };
/** What a value of letters and digits has: a run of one case, or a vendor's prefix. In random padding one event of twenty has it. */
const RUN = /[0-9A-Z]{13}|[0-9a-z]{13}/;
const PREFIXED = new RegExp(
  VENDOR_RULES.flatMap(({ prefix }) => (/^[A-Za-z0-9]{3,}$/.test(prefix) ? [prefix] : [])).join('|'),
);
/** Every name of OpenAI's but few, which are heard like others. */
const PLAIN_KEY = /^[a-z_]{1,40}$/;
/** Of one event. */
const KEYS_MAX = 64;
const KEYS = 'keys';
/** Where padding stands. */
const PADDING = 'obfuscation';

/** One of them, and where it stands. */
interface Standing {
  readonly place: string;
  readonly value: string;
  readonly isProse: boolean;
}

/** Those of one event. */
function standingIn(event: AnswerEvent): Standing[] {
  const saysNoTexts = isOfPieces(event.body.value);
  const strings = event.texts.flatMap(({ leaf: { at, value, isKey }, kind }): Standing[] => {
    if (kind === 'opaque' && at?.key === PADDING) return [{ place: PADDING, value, isProse: true }];
    const isStanding = kind === 'token' ? !isKey : saysNoTexts && kind === 'text';
    return isStanding ? [{ place: pathOf(at), value, isProse: kind === 'text' }] : [];
  });
  return [...strings, ...oddKeys(event)];
}

/** Keys that are no names of OpenAI's. */
function oddKeys({ texts }: AnswerEvent): Standing[] {
  return texts
    .filter(({ leaf }) => leaf.isKey && !PLAIN_KEY.test(leaf.value))
    .slice(0, KEYS_MAX)
    .map(({ leaf: { value } }) => ({ place: KEYS, value, isProse: false }));
}

/** What the keys of an answer that is one event say together. */
export function screenKeys(event: AnswerEvent, policy: ScreenPolicy | undefined): Found {
  const keys = policy ? oddKeys(event) : [];
  return policy && keys.length > 1 ? new StandingStrings().hearAll(keys, policy) : NOTHING;
}

/** Of one stream. */
export class StandingStrings {
  /** What was said at each place, the last of it last. */
  readonly #places = new BoundedMap<string, string[]>(PLACES_MAX);
  readonly #padding: string[] = [];
  #paddingEnd = '';
  readonly #said = new WeakMap<EventPattern, readonly Standing[]>();
  #heard: readonly Standing[] = [];

  /** What an event says together with those before it. */
  hear(event: AnswerEvent, policy: ScreenPolicy | undefined): Found {
    if (!policy) return NOTHING;
    this.#heard = standingIn(event);
    return this.hearAll(this.#heard, policy);
  }

  /** Events like the one that was heard last are recognised from now on. */
  learned(pattern: EventPattern): void {
    this.#said.set(pattern, this.#heard);
  }

  /** What a recognised event says: beside its padding nothing new, if one like it was heard last. */
  again(pattern: EventPattern, policy: ScreenPolicy | undefined): Found {
    if (!policy) return NOTHING;
    const said = this.#said.get(pattern) ?? [];
    const others = said === this.#heard ? [] : said.filter(({ place }) => place !== PADDING);
    this.#heard = said;
    return bothFound(this.hearAll(others, policy), this.#pad(pattern.padding, policy));
  }

  /** The same for strings that are known. */
  hearAll(said: readonly Standing[], policy: ScreenPolicy): Found {
    let all = NOTHING;
    for (const { place, value, isProse } of said) {
      const found = place === PADDING ? this.#pad(value, policy) : this.#add(place, value, isProse, policy);
      all = bothFound(all, found);
    }
    return all;
  }

  /** The same for the padding of an event, which nobody has read. */
  #pad(padding: string, policy: ScreenPolicy): Found {
    if (padding === '') return NOTHING;
    const text = this.#paddingEnd + padding;
    this.#paddingEnd = text.slice(-UNITS_MAX);
    const mayHold = RUN.test(text.slice(-UNITS_MAX / 2)) || PREFIXED.test(text);
    const found = mayHold
      ? bothFound(alone(padding, policy), together(this.#padding, padding, policy, true))
      : NOTHING;
    keep(this.#padding, padding);
    return found === NOTHING ? walletAtEnd(text, this.#padding, policy) : found;
  }

  #add(place: string, value: string, isProse: boolean, policy: ScreenPolicy): Found {
    let said = this.#places.get(place);
    if (said?.at(-1) === value || (place === KEYS && said?.includes(value))) return NOTHING;
    if (!said) this.#places.set(place, (said = []));
    const found = together(said, value, policy, isProse);
    keep(said, value);
    return found;
  }
}

/** An address of a crypto-currency, which has neither: what some whole parts at the end of `text` are together. */
function walletAtEnd(text: string, parts: readonly string[], policy: ScreenPolicy): Found {
  let at = text.length;
  for (let i = parts.length - 1; i >= 0; i--) {
    at -= parts[i]?.length ?? 0;
    const length = text.length - at;
    if (at < 0 || length > WALLET_MAX) return NOTHING;
    if (length >= WALLET_MIN && walletAt(text, at, text.length, false)) return alone(text.slice(at), policy);
  }
  return NOTHING;
}

function keep(said: string[], value: string): void {
  if (said.length >= BEFORE_MAX) said.shift();
  said.push(value);
}

/** In chunks of chat and in pieces of Responses nothing but the piece is prose. */
function isOfPieces(value: unknown): boolean {
  const type = child(value, 'type');
  return Array.isArray(child(value, 'choices')) || (typeof type === 'string' && type.endsWith('delta'));
}

/** A value may begin with any of the strings before. What stands in this one alone was read elsewhere. */
function together(before: readonly string[], value: string, policy: ScreenPolicy, isProse: boolean): Found {
  let said = '';
  for (const part of before.toReversed()) {
    said = part + said;
    if (said.length > UNITS_MAX) break;
    const found = across(said + value.slice(0, UNITS_MAX), said.length, policy, isProse);
    if (found !== NOTHING) return found;
  }
  return NOTHING;
}

function alone(text: string, policy: ScreenPolicy): Found {
  return across(text, undefined, policy, true);
}

/** @param border only what stands on both sides of it is told */
function across(text: string, border: number | undefined, policy: ScreenPolicy, isProse: boolean): Found {
  const findings = screen([{ text, trust: 'tool', class: 'token' }], policy)
    .findings.filter(({ start, end }) => border === undefined || (start < border && end > border))
    .map((finding) => {
      const outcome = isProse ? outcomeInProse(finding, policy) : finding.outcome;
      return { ...finding, outcome: outcome === 'redacted' ? ('blocked' as const) : outcome };
    });
  if (findings.length === 0) return NOTHING;
  return { findings, block: findings.find(({ outcome }) => outcome === 'blocked')?.guardrail };
}

/** What two looks found. */
export function bothFound(one: Found, other: Found): Found {
  if (other === NOTHING) return one;
  return { findings: [...one.findings, ...other.findings], block: one.block ?? other.block };
}

function pathOf(place: Leaf['at']): string {
  let path = '';
  for (let at = place; at; at = at.parent) path = `/${String(at.key)}${path}`;
  return path;
}
