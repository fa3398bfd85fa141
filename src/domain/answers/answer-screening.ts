/**
 * Whole texts of an answer, screened and with the caller's values back: a JSON answer, an event that says again what
 * was said, a plain text. Pure, on plain data, so that a large one runs in a worker. Nothing is told of it before.
 */
import { asRefusal, Refusal } from '../../base/errors.ts';
import type { GuardrailId } from '../../base/finding.ts';
import { asFinding, LeakWatch } from '../../guardrails/leak.ts';
import { outcomeInProse } from '../../guardrails/decide.ts';
import { Restorer } from '../../guardrails/placeholders-restoring.ts';
import type { VaultEntry } from '../../guardrails/placeholders.ts';
import {
  type LocatedFinding,
  screen,
  type ScreenInput,
  type ScreenPolicy,
} from '../../guardrails/screening.ts';
import { findAnswerCalls } from '../../openai/answer-calls.ts';
import {
  type AnswerEvent,
  type AnswerText,
  readWholeAnswer,
  repeatsSystem,
} from '../../openai/answer-texts.ts';
import type { JsonBody, Place } from '../../openai/body.ts';
import { type Edit, quote, splice } from '../../openai/json-edit.ts';
import { child } from '../../openai/child.ts';
import { parseAnswer } from '../../openai/json.ts';
import { type AnswerToolRules, judgeCalls, type JudgedCall } from '../tools/answer-tools.ts';
import type { Exchange } from '../exchange.ts';
import { echoedTexts, withoutEchoes } from './answer-echoes.ts';
import { bothFound, screenKeys } from './standing-strings.ts';
import { type Ends, groupOf, type JoinedText, screenCues, screenJoined } from './joined-texts.ts';

/** What an answer is screened by. Plain data. */
export interface AnswerRules {
  /** Undefined where every guardrail of answers is off. */
  readonly policy: ScreenPolicy | undefined;
  /** What the placeholders of the request stand for. */
  readonly placeholders: readonly VaultEntry[];
  /** The same for what stands in items of its list, by their place, which is not the request's. */
  readonly ofItems?: ReadonlyMap<number, readonly VaultEntry[]> | undefined;
  /** What the system text is known by, where it is looked for. */
  readonly prints?: Uint32Array | undefined;
  /** Of an event: how those before it ended. */
  readonly before?: Ends | undefined;
  /** Left out where no call of a tool may be made in the answer, or none is judged. */
  readonly tools?: AnswerToolRules | undefined;
}

/** What came of a whole text. Plain data. */
export interface Screened {
  /** The text as it may leave. */
  readonly text: string;
  readonly findings: readonly Pick<LocatedFinding, 'guardrail' | 'type' | 'outcome'>[];
  /** It may not leave at all. */
  readonly block: GuardrailId | undefined;
  /** Calls of tools, as they stand in the text that may leave, in its order. */
  readonly calls?: readonly JudgedCall[];
}

/**
 * A JSON answer; every byte that is not of a finding or a placeholder stays.
 * @throws request.* for what is not JSON, or has more than one reading
 */
export function screenJsonAnswer(source: string, rules: AnswerRules): Screened {
  return screenReadAnswer(parseAnswer(source), rules);
}

/** @param body of `parseAnswer` */
export function screenReadAnswer(body: JsonBody, rules: AnswerRules): Screened {
  const event = readWholeAnswer(body);
  const { edits, ...screened } = screenEvent(event, rules);
  const { findings, block } = bothFound(screened, screenKeys(event, rules.policy));
  const text = splice(body.source, edits);
  if (!rules.tools || block) return { text, findings, block };
  const placed = findAnswerCalls(body);
  if (placed.length === 0) return { text, findings, block };
  // The policy sees what the caller's program would run.
  const told = edits.length === 0 ? placed : findAnswerCalls(parseAnswer(text));
  return { text, findings, block, calls: judgeCalls(told, rules.tools) };
}

/** An answer that is one text. */
export function screenPlainAnswer(text: string, rules: AnswerRules): Screened {
  const cut = rules.policy && screenCues(text, rules.policy);
  const whole: Spoken = { ...asSpoken(cut?.text ?? text), isSaid: true, isRendered: true };
  const { findings, block, said } = screenTexts([whole], rules);
  return {
    text: said[0] ?? '',
    findings: cut ? [...cut.findings, ...findings] : findings,
    block: cut?.block ?? block,
  };
}

function asSpoken(value: string): Spoken {
  return { leaf: { value }, kind: 'text', isJson: false, isSaid: false, isRendered: false };
}

/** What is to change in an event, sorted by place; pieces and echoes of pieces are none of its matter. */
export function screenEvent(
  event: AnswerEvent,
  rules: AnswerRules,
): { readonly edits: readonly Edit[] } & Pick<Screened, 'findings' | 'block'> {
  const texts = withSystem(
    event.texts.filter(({ kind }) => kind === 'text' || kind === 'token'),
    event,
    rules,
  );
  const { findings, block, said } = screenTogether(texts, event, rules);
  const spoken = echoedTexts(event).map(asSpoken);
  const echoed =
    spoken.length > 0 ? screenTexts(spoken, { ...rules, placeholders: [], ofItems: undefined }) : NOTHING;
  const edits: Edit[] = [];
  texts.forEach(({ leaf }, i) => {
    const text = said[i];
    if (text !== undefined && text !== leaf.value)
      edits.push({ start: leaf.start, end: leaf.end, text: quote(text) });
  });
  const all = echoed.findings.length > 0 ? [...findings, ...echoed.findings] : findings;
  const isRedacted = all.some(({ outcome }) => outcome === 'redacted');
  const changed = isRedacted ? withoutEchoes(event, edits) : edits;
  return { edits: changed, findings: all, block: block ?? echoed.block };
}

/** Where words are looked for that only the system text knows, what repeats that text is told apart. */
function withSystem(
  texts: readonly AnswerText[],
  { body }: AnswerEvent,
  { policy }: AnswerRules,
): readonly (AnswerText & Pick<Spoken, 'isSystemText'>)[] {
  if (!policy?.output?.leak?.canaries.length) return texts;
  return texts.map((text) => (repeatsSystem(text.leaf, body) ? { ...text, isSystemText: true } : text));
}

/** The texts of an event that clients put together with others. */
export function joinedTexts(texts: readonly AnswerText[], { value }: JsonBody): JoinedText[] {
  const type = child(value, 'type');
  const named = typeof type === 'string' ? type : '';
  return texts.map(({ leaf, kind, isRendered }) => ({
    value: leaf.value,
    group: isShown({ isRendered, kind }) ? groupOf(leaf.at, named) : undefined,
  }));
}

const isShown = ({ isRendered, kind }: Pick<AnswerText, 'isRendered' | 'kind'>): boolean =>
  isRendered && kind === 'text';

/** The texts without what stands over their borders, then screened each by itself. */
function screenTogether(
  texts: readonly (AnswerText & Pick<Spoken, 'isSystemText'>)[],
  { body }: AnswerEvent,
  rules: AnswerRules,
): ReturnType<typeof screenTexts> {
  const { policy, before } = rules;
  const mayJoin = policy && (before || texts.filter(isShown).length > 1);
  const joined = mayJoin && screenJoined(joinedTexts(texts, body), policy, before);
  if (!joined) return screenTexts(texts, rules);
  const left = texts.map((text, i) => {
    const { leaf } = text;
    const cuts = joined.cuts.get(i);
    return cuts ? { ...text, leaf: { value: splice(leaf.value, cuts), at: leaf.at } } : text;
  });
  const { findings, block, said } = screenTexts(left, rules);
  return { findings: [...joined.findings, ...findings], block: joined.block ?? block, said };
}

/** What stands for the placeholders at this place: nothing known in what a search quotes of files, which have their own. */
function entriesAt(place: Place | undefined, { placeholders, ofItems }: AnswerRules): readonly VaultEntry[] {
  let first = place;
  for (let at = place; at?.parent; at = at.parent) {
    if (at.parent.key === 'results') return NO_ENTRIES;
    if (at.parent.parent) first = at.parent;
  }
  if (!ofItems) return placeholders;
  const isItem = first?.parent?.key === 'data' && typeof first.key === 'number';
  return isItem ? (ofItems.get(Number(first?.key)) ?? NO_ENTRIES) : placeholders;
}
const NO_ENTRIES: readonly VaultEntry[] = [];

type Spoken = Pick<AnswerText, 'isJson' | 'isSaid' | 'isRendered' | 'kind'> & {
  readonly isSystemText?: boolean;
  readonly leaf: { readonly value: string; readonly at?: Place | undefined };
};

function screenTexts(
  texts: readonly Spoken[],
  rules: AnswerRules,
): Pick<Screened, 'findings' | 'block'> & { readonly said: readonly string[] } {
  const { policy, placeholders, ofItems, prints } = rules;
  if (policy?.output?.leak && prints) {
    const leaking = texts.map((text) => (text.isSaid ? leaksIn(text.leaf.value, prints) : []));
    if (leaking.some((leaks) => leaks.length > 0)) return screenLeaking(texts, leaking, policy, rules);
  }
  const inputs = texts.map(input);
  const { findings, rewrites, block } = policy ? screen(inputs, policy) : NOTHING;
  const said = texts.map(({ leaf }) => leaf.value);
  for (const { textIndex, text } of rewrites) said[textIndex] = text;
  if (placeholders.length === 0 && !ofItems) return { findings, block, said };
  const back = said.map((text, i) => {
    const { leaf, kind, isJson = false } = texts[i] ?? {};
    return kind === 'text' ? restored(text, entriesAt(leaf?.at, rules), isJson) : text;
  });
  return { findings, block, said: back };
}

/** The texts without the system text in them, then screened like any others. */
function screenLeaking(
  texts: readonly Spoken[],
  leaking: readonly (readonly Edit[])[],
  policy: ScreenPolicy,
  rules: AnswerRules,
): ReturnType<typeof screenTexts> {
  const outcome = outcomeInProse(LEAK, policy);
  const left = texts.map((text, i) => {
    const value = outcome === 'redacted' ? splice(text.leaf.value, leaking[i] ?? []) : text.leaf.value;
    return { ...text, leaf: { value, at: text.leaf.at } };
  });
  const { findings, block, said } = screenTexts(left, { ...rules, prints: undefined });
  const leaks = leaking.flat().map(() => ({ ...LEAK, outcome }));
  return { findings: [...leaks, ...findings], block: outcome === 'blocked' ? 'leak' : block, said };
}
const LEAK = asFinding({ start: 0, end: 0, isRest: false });

/** The runs of the system text in a text, and the mark that stands for each. */
function leaksIn(text: string, prints: Uint32Array): Edit[] {
  const runs: { start: number; end: number; text: string }[] = [];
  for (const { start, end, isRest } of new LeakWatch(prints).push(text)) {
    const last = runs.at(-1);
    if (isRest && last) last.end = end;
    else runs.push({ start, end, text: '[REDACTED]' });
  }
  return runs;
}

const NOTHING = { findings: [], rewrites: [], block: undefined } as const;

function input({ leaf, kind, isRendered, isSystemText = false }: Spoken): ScreenInput {
  const text = leaf.value;
  return { text, trust: 'tool', class: kind === 'token' ? 'token' : 'prose', isRendered, isSystemText };
}

/** The text with the caller's values back; inside JSON they are escaped as it needs. */
function restored(text: string, placeholders: readonly VaultEntry[], isJson: boolean): string {
  if (placeholders.length === 0 || text.length < PLACEHOLDER_CHARS_MIN) return text;
  const restorer = new Restorer(placeholders, isJson);
  return restorer.push(text) + restorer.end();
}
/** `<IP_1>` */
const PLACEHOLDER_CHARS_MIN = 6;

/** A whole answer, for whichever thread has time. */
export interface AnswerJob {
  readonly answer: string;
  readonly kind: 'json' | 'plain';
  readonly rules: AnswerRules;
}

/** @throws upstream.invalid_answer for what should be JSON and is not, or has more than one reading */
export function screenAnswer({ answer, kind, rules }: AnswerJob): Screened {
  if (kind === 'plain') return screenPlainAnswer(answer, rules);
  try {
    return screenJsonAnswer(answer, rules);
  } catch (error) {
    const { code, message } = asRefusal(error);
    if (!code.startsWith('request.')) throw error;
    throw new Refusal('upstream.invalid_answer', { detail: message });
  }
}

/** Puts on the exchange what was found. @throws guardrail.answer where it may not leave */
export function noteScreened(
  { answer }: Exchange,
  { findings, block }: Pick<Screened, 'findings' | 'block'>,
): void {
  for (const { guardrail, type, outcome } of findings) {
    const name = `${guardrail}:${type}`;
    answer.findings ??= {};
    answer.findings[name] = (answer.findings[name] ?? 0) + 1;
    if (outcome === 'redacted') answer.redactions++;
    if (outcome === 'blocked' || outcome === 'spared') {
      answer.stops ??= {};
      answer.stops[name] = (answer.stops[name] ?? 0) + 1;
    }
  }
  if (block) throw new Refusal('guardrail.answer', { detail: block });
}
