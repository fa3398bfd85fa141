/**
 * Finds label words while a text is passed over once: a running hash of each word is looked up in a small table, so
 * that ordinary words cost a few nanoseconds and only what is likely a label is ever compared.
 */
import { canonicalise } from '../canonical.ts';
import { DEALT_WITH } from './dealt-with-table.ts';
import { GIVEN_NAMES_A_J } from './given-names-a-j-table.ts';
import { GIVEN_NAMES_K_Z } from './given-names-k-z-table.ts';
import { GIVEN_NAMES_RARER_A_F } from './given-names-rarer-a-f-table.ts';
import { GIVEN_NAMES_RARER_G_M } from './given-names-rarer-g-m-table.ts';
import { GIVEN_NAMES_RARER_N_Z } from './given-names-rarer-n-z-table.ts';
import { GIVEN_NAMES_THAT_ARE_WORDS } from './given-names-words-table.ts';
import { GIVEN_NAMES_WORLD } from './given-names-world-table.ts';
import { IDENTITY_LABELS } from './labels-identity-table.ts';
import { type LabelKind, LABELS, UNSPACED_LABELS } from './labels-table.ts';
import { isLatinLetter } from '../units.ts';

interface Rule {
  readonly kind: LabelKind;
  readonly before?: RegExp | undefined;
  readonly after?: RegExp | undefined;
  readonly capitals?: true | undefined;
  readonly initial?: true | undefined;
}

const rules = new Map<string, readonly Rule[]>();
const MASK = 0xffff;
/** Where the hash of a label ends: 1; of one that needs a capital, as given names do: 2. */
const maybe = new Uint8Array(MASK + 1);
const LABEL = 1;
const INITIAL = 2;

/** The hash of a word that grew by one unit; upper and lower case are one. */
export function nextHash(hash: number, unit: number): number {
  return (Math.imul(hash, 0x2b2e3d5) + (unit | 0x20)) | 0;
}

/** The upper bits of the hash are the better mixed. */
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & MASK;

/** Whether a word of this hash may be a label, or one that needs the capital it has: few others may. */
export function mayBeLabel(hash: number, first: number): boolean {
  const bits = maybe[slotOf(hash)] ?? 0;
  return bits !== 0 && (bits !== INITIAL || first < 0x61);
}

function learn(words: string, rule: Rule, bit: number): void {
  // Thousands of words share it: this runs at every start, in every thread.
  const alone = [rule];
  for (const word of canonicalise(words.trim()).text.toLowerCase().split(/\s+/)) {
    const known = rules.get(word);
    rules.set(word, known ? [...known, rule] : alone);
    let hash = 0;
    for (let i = 0; i < word.length; i++) hash = nextHash(hash, word.charCodeAt(i));
    maybe[slotOf(hash)] = (maybe[slotOf(hash)] ?? 0) | bit;
  }
}
for (const { words, initial, ...rule } of [...LABELS, ...IDENTITY_LABELS, ...DEALT_WITH])
  learn(words, { ...rule, initial }, initial ? INITIAL : LABEL);
for (const names of [
  GIVEN_NAMES_A_J,
  GIVEN_NAMES_K_Z,
  GIVEN_NAMES_WORLD,
  GIVEN_NAMES_RARER_A_F,
  GIVEN_NAMES_RARER_G_M,
  GIVEN_NAMES_RARER_N_Z,
])
  learn(names, { kind: 'given-name', initial: true }, INITIAL);
learn(
  GIVEN_NAMES_THAT_ARE_WORDS,
  { kind: 'given-name-word', initial: true, after: /^(?: [A-Z]\.)? [A-Z]/ },
  INITIAL,
);

/** Whether the word, in any case, is known to be a given name. */
export const isGivenName = (word: string): boolean =>
  rules.get(word.toLowerCase())?.some(({ kind }) => kind === 'given-name') ?? false;

const CONTEXT = 40;
const WORD_MAX = 32;

/** What a word is the label of, given what stands around it; several where it has several senses. */
export function labelsAt(text: string, start: number, end: number): readonly LabelKind[] {
  if (end - start > WORD_MAX) return NONE;
  const known = rules.get(text.slice(start, end).toLowerCase());
  if (!known) return NONE;
  const kinds: LabelKind[] = [];
  const isSmall = text.charCodeAt(start) >= 0x61;
  for (const { kind, before, after, capitals, initial } of known) {
    if (initial && isSmall) continue;
    if (after && !after.test(text.slice(end, end + CONTEXT))) continue;
    if (before && !before.test(text.slice(Math.max(0, start - CONTEXT), start))) continue;
    if (capitals && isSmall && !FIELD.test(text.slice(end, end + 12))) continue;
    kinds.push(kind);
  }
  return kinds;
}
const NONE: readonly LabelKind[] = [];
/** What follows the name of a field. */
const FIELD = /^(?:[_-](?:number|no|num|nr|id))?["']?\s{0,2}[:=]/i;

const GAP_MAX = 44;

/**
 * Whether a label that ends at `from` can be that of a value which starts at `to`: at most 44 units between, no other
 * number, no end of a sentence, at most one line break.
 */
export function isBeside(text: string, from: number, to: number): boolean {
  if (to - from > GAP_MAX || to < from) return false;
  let breaks = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if ((unit >= 0x30 && unit <= 0x39) || unit === 0x3b || unit === 0x7d) return false;
    if (unit === 0x0a && ++breaks > 2) return false;
    if (
      (unit === 0x2e || unit === 0x21 || unit === 0x3f) &&
      text.charCodeAt(i + 1) <= 0x20 &&
      !isAbbreviated(text, i)
    )
      return false;
  }
  return true;
}

/** `No. 4`, `Nr. 4`, `num. 4`: the full stop ends no sentence. */
function isAbbreviated(text: string, at: number): boolean {
  return /(?:\bn[or]|num|geb|tel|lic|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|nac|\b[a-z])$/i.test(
    text.slice(Math.max(0, at - 4), at),
  );
}

/** The label before a number in a script without spaces; one look where the units before are of other scripts. */
export function unspacedLabelAt(text: string, at: number): LabelKind | undefined {
  let end = at;
  while (at - end < 3 && isLatinLetter(text.charCodeAt(end - 1))) end--;
  const isNear =
    text.charCodeAt(end - 1) >= 0xe00 ||
    text.charCodeAt(end - 2) >= 0xe00 ||
    text.charCodeAt(end - 3) >= 0xe00;
  if (!isNear) return undefined;
  const before = text.slice(Math.max(0, end - 24), end);
  return UNSPACED_LABELS.find(([, pattern]) => pattern.test(before))?.[0];
}
