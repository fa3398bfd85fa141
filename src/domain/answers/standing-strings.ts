/**
 * Strings of a stream that are no pieces of a text: ids, roles, names, padding. An honest upstream says each of them whole,
 * yet clients put together what comes under one name; so what one says is read together with what it said before. What has
 * left cannot be cut out: a finding over several events stops the answer, or is told. Bounded.
 */
import { BoundedMap } from '../../base/bounded-map.ts';
import { outcomeInProse } from '../../guardrails/decide.ts';
import { screen, type ScreenPolicy } from '../../guardrails/screening.ts';
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
/** What a value of letters and digits has: a run of one case. In random padding one event of twenty has it. */
const RUN = /[0-9A-Z]{13}|[0-9a-z]{13}/;
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
  return event.texts.flatMap(({ leaf: { at, value, isKey }, kind }): Standing[] => {
    if (kind === 'opaque' && at?.key === PADDING) return [{ place: PADDING, value, isProse: true }];
    const isStanding = kind === 'token' ? !isKey : saysNoTexts && kind === 'text';
    return isStanding ? [{ place: pathOf(at), value, isProse: kind === 'text' }] : [];
  });
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
    return this.#hearAll(this.#heard, policy);
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
    return both(this.#hearAll(others, policy), this.#pad(pattern.padding, policy));
  }

  #hearAll(said: readonly Standing[], policy: ScreenPolicy): Found {
    let all = NOTHING;
    for (const { place, value, isProse } of said) {
      const found = place === PADDING ? this.#pad(value, policy) : this.#add(place, value, isProse, policy);
      all = both(all, found);
    }
    return all;
  }

  /** The same for the padding of an event, which nobody has read. */
  #pad(padding: string, policy: ScreenPolicy): Found {
    if (padding === '') return NOTHING;
    const text = this.#paddingEnd + padding;
    const isPlain = !RUN.test(text);
    this.#paddingEnd = text.slice(-UNITS_MAX / 2);
    const found = isPlain
      ? NOTHING
      : both(alone(padding, policy), together(this.#padding, padding, policy, true));
    keep(this.#padding, padding);
    return found;
  }

  #add(place: string, value: string, isProse: boolean, policy: ScreenPolicy): Found {
    let said = this.#places.get(place);
    if (said?.at(-1) === value) return NOTHING;
    if (!said) this.#places.set(place, (said = []));
    const found = together(said, value, policy, isProse);
    keep(said, value);
    return found;
  }
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

function both(one: Found, other: Found): Found {
  if (other === NOTHING) return one;
  return { findings: [...one.findings, ...other.findings], block: one.block ?? other.block };
}

function pathOf(place: Leaf['at']): string {
  let path = '';
  for (let at = place; at; at = at.parent) path = `/${String(at.key)}${path}`;
  return path;
}
