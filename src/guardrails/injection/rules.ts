/**
 * Rules over senses: a row is a sequence of senses with few words between, what it says and how much it weighs.
 * High precision: what weighs 0.9 or more blocks alone; weak rows only add up with others.
 */
import { isSense, SENSE } from './lexicon.ts';
import type { InjectionType, Signal } from './signal.ts';
import { type Hit, means, type Words } from './words.ts';

/** One of these senses, at most `gap` other words after the step before. */
interface Step {
  readonly mask: number;
  readonly gap: number;
}

interface Rule {
  /** Rows of one id are variants of one piece of evidence: only the strongest counts. */
  readonly id: string;
  readonly type: InjectionType;
  readonly weight: number;
  readonly reason: string;
  readonly steps: readonly Step[];
  /** "do not forget …" means the opposite. */
  readonly isVoidIfNegated: boolean;
}

/** Rows of one id; a row is a weight and its senses: `a|b` is either, `a+3` allows 3 words before it (1 if not said). */
function family(
  id: string,
  type: InjectionType,
  reason: string,
  rows: readonly (readonly [weight: number, steps: string])[],
): Rule[] {
  return rows.map(([weight, steps]) => {
    const parsed = steps.split(' ').map((step) => {
      const [senses = '', gap = '1'] = step.split('+');
      return {
        mask: senses.split('|').reduce((mask, sense) => mask | (isSense(sense) ? SENSE[sense] : 0), 0),
        gap: Number(gap),
      };
    });
    const isVoidIfNegated = /^(?:drop|bypass|reveal|refuse)/.test(steps);
    return { id, type, weight, reason, steps: parsed, isVoidIfNegated };
  });
}

const RULES: readonly Rule[] = [
  ...family('override.drop', 'override', 'asks to drop earlier instructions', [
    [0.93, 'drop prior+3 rules|safety+3'],
    [0.93, 'drop rules+2 prior+2'],
    [0.9, 'drop all rules+1'],
    [0.9, 'drop your+1 rules|safety|ethics+2'],
    [0.85, 'drop all you+1 spoken+3'],
    [0.65, 'drop prior+2 reveal|now|fresh+12'],
    [0.45, 'drop all prior|spoken+2'],
    [0.45, 'drop rules+1'],
    [0.6, 'drop safety+3'],
    [0.45, 'drop prior+2'],
    [0.45, 'drop all+1'],
  ]),
  ...family('override.reversed', 'override', 'asks to drop earlier instructions', [
    [0.75, 'prior rules+1 drop+3'],
    [0.75, 'all rules+1 drop+2'],
    [0.75, 'prior rules+1 not+2 follow+1'],
    [0.7, 'rules follow+1 not+0'],
  ]),
  ...family('override.disobey', 'override', 'asks not to follow the rules', [
    [0.92, 'not follow+2 prior+3 rules+2'],
    [0.9, 'not follow+2 your+2 rules|safety+2'],
    [0.6, 'not follow+2 all rules|safety+1'],
    [0.5, 'not follow+2 vendor+3'],
    [0.4, 'not follow+2 rules|safety+3'],
  ]),
  ...family('override.bypass', 'override', 'asks to get around safeguards', [
    [0.85, 'bypass your+2 safety|rules|ethics+2'],
    [0.45, 'bypass all|prior+1 safety|rules+2'],
    [0.4, 'bypass safety+3'],
  ]),
  ...family('override.fresh', 'override', 'brings new instructions', [
    [0.5, 'your fresh rules|character+1'],
    [0.35, 'fresh rules'],
    [0.3, 'follow all your+2 rules+1'],
  ]),
  ...family('extraction.reveal', 'extraction', 'asks for the system prompt', [
    [0.93, 'reveal your+2 inner+1 prompt|rules+2'],
    [0.9, 'reveal inner+4 prompt+1'],
    [0.9, 'reveal your+2 prior rules|prompt+1'],
    [0.85, 'reveal prior+3 rules|prompt+1'],
    [0.8, 'reveal rules|prompt+3 you+2 spoken+3'],
    [0.7, 'reveal your+2 rules|prompt+0'],
    [0.45, 'reveal inner+3 rules+1'],
    [0.45, 'reveal rules|prompt+2 prior+2'],
    [0.4, 'reveal all+2 prior+3'],
  ]),
  ...family('extraction.ask', 'extraction', 'asks what the system prompt is', [
    [0.9, 'what your+2 inner+1 prompt|rules+1'],
    [0.85, 'what inner+3 prompt+1 you+3'],
    [0.7, 'what your+2 prior|spoken+1 rules+1'],
    [0.7, 'what you+1 spoken+1 prior+2'],
    [0.6, 'what rules+1 you+3 spoken+2'],
    [0.55, 'your inner prompt+0'],
    [0.45, 'what your+2 rules+0'],
  ]),
  ...family('extraction.verbatim', 'extraction', 'asks for earlier text word for word', [
    [0.5, 'reveal prior+4 verbatim+6'],
    [0.5, 'reveal verbatim+6 prior+6'],
  ]),
  ...family('persona.alias', 'persona', 'calls up a known persona', [
    [0.45, 'be alias+2'],
    [0.45, 'you alias+3'],
    [0.3, 'alias mode'],
  ]),
  ...family('persona.mode', 'persona', 'claims a mode without rules', [
    [0.6, 'you now+2 power+3 mode+1'],
    [0.45, 'be power+2 mode+0 now|you+3'],
    [0.35, 'power mode+0 be|now+3'],
    [0.3, 'lawless mode'],
    [0.2, 'power mode+0'],
  ]),
  ...family('persona.now', 'persona', 'gives the model another role', [
    [0.4, 'you be+1 now+0'],
    [0.4, 'now you+1 be+3'],
    [0.2, 'be character+3'],
    [0.15, 'be machine+4'],
  ]),
  ...family('persona.lawless', 'persona', 'wants a model without limits', [
    [0.65, 'lawless machine|character+1'],
    [0.5, 'machine lawless+4'],
    [0.45, 'you lawless+3'],
    [0.25, 'lawless'],
  ]),
  ...family('persona.free', 'persona', 'declares the rules gone', [
    [0.6, 'free all+1 ethics+2 safety|rules+2'],
    [0.55, 'free ethics+2 safety|rules+2'],
    [0.5, 'you free+2 safety+2'],
    [0.5, 'free vendor+4 rules|safety+2'],
    [0.35, 'free all+1 safety|rules+1'],
    [0.3, 'free safety+1'],
    [0.3, 'not ethics+2 safety|rules+2'],
  ]),
  ...family('persona.refuse', 'persona', 'forbids the model to refuse', [
    [0.45, 'you not+2 refuse+2'],
    [0.3, 'not refuse+2'],
    [0.15, 'free refuse+2'],
  ]),
  ...family('persona.vendor', 'persona', 'sets the vendor’s policy aside', [
    [0.5, 'drop|bypass vendor+4 rules|safety|ethics+3'],
    [0.3, 'vendor ethics|safety+1 rules+1'],
    [0.25, 'vendor rules+1'],
  ]),
  ...family('persona.stay', 'persona', 'binds the model to a character', [
    [0.3, 'not be+2 machine+4'],
    [0.25, 'follow character+2'],
  ]),
  ...family('persona.illegal', 'persona', 'asks for anything however harmful', [
    [0.35, 'illegal illegal+1 illegal+1'],
    [0.25, 'all illegal+2'],
    [0.2, 'illegal illegal+2'],
  ]),
];

/** Indexes of the rules that a word of these senses can begin; as many as the lexicon has combinations. */
const rulesBySenses = new Map<number, readonly number[]>();

function rulesFrom(senses: number): readonly number[] {
  let indexes = rulesBySenses.get(senses);
  if (!indexes) {
    indexes = RULES.flatMap(({ steps }, index) => (((steps[0]?.mask ?? 0) & senses) !== 0 ? [index] : []));
    rulesBySenses.set(senses, indexes);
  }
  return indexes;
}

/** One signal a rule in 2,048 units is enough. */
const BLOCK = 2048;
/** In place of a block: a sense the rule needs is nowhere in the view. */
const NEVER = -2;

/** Evidence in the known words of a view; linear in their number. */
export function applyRules({ hits, senses }: Words): Signal[] {
  const signals: Signal[] = [];
  const seen: number[] = RULES.map(({ steps }) =>
    steps.every(({ mask }) => (mask & senses) !== 0) ? -1 : NEVER,
  );
  for (let at = 0; at < hits.length; at++) {
    const hit = hits[at];
    if (!hit) break;
    const block = Math.floor(hit.start / BLOCK);
    for (const index of rulesFrom(hit.senses)) {
      const rule = RULES[index];
      if (!rule || seen[index] === NEVER || seen[index] === block) continue;
      const last = lastStep(hits, at, rule);
      if (!last) continue;
      seen[index] = block;
      const { id, type, weight, reason } = rule;
      signals.push({ type, rule: id, weight, reason, start: hit.start, end: last.end });
    }
  }
  return signals;
}

/** The hit of the last step, each step taking the nearest that fits. */
function lastStep(hits: readonly Hit[], first: number, rule: Rule): Hit | undefined {
  const start = hits[first];
  if (!start || (rule.isVoidIfNegated && isNegated(hits, first))) return undefined;
  let at = first;
  let hit = start;
  for (let i = 1; i < rule.steps.length; i++) {
    const { mask, gap } = rule.steps[i] ?? { mask: 0, gap: 0 };
    const limit = hit.ordinal + gap + 1;
    let next: Hit | undefined;
    for (at++; (next = hits[at]) && next.ordinal <= limit; at++) if ((next.senses & mask) !== 0) break;
    if (!next || next.ordinal > limit) return undefined;
    hit = next;
  }
  return hit;
}

/** "do not ignore", "never forget to": the word before, or the one before that. */
function isNegated(hits: readonly Hit[], at: number): boolean {
  const ordinal = hits[at]?.ordinal ?? 0;
  return hits
    .slice(Math.max(0, at - 2), at)
    .some((before) => ordinal - before.ordinal <= 2 && means(before, 'not'));
}
