/**
 * What a person is shown of a call before deciding: plain text, the same for the same call, whose digest is on record.
 * Nothing in it is invisible or passes for something else unmarked; credentials of tools never come here.
 */
import { hash } from 'node:crypto';
import { fold, LOOK_ALIKE } from '../../guardrails/look-alikes.ts';
import { screen, type ScreenPolicy } from '../../guardrails/screening.ts';
import type { ApprovalRecord } from '../../ports/approval-store.ts';
import type { CanonicalArguments } from '../tools/canonical-arguments.ts';

/** What is told of a call. */
export type ShownCall = Pick<
  ApprovalRecord,
  | 'id'
  | 'user'
  | 'team'
  | 'endUser'
  | 'credential'
  | 'tool'
  | 'exchange'
  | 'policyVersion'
  | 'askedAt'
  | 'expiresAt'
> & { readonly place?: string | undefined; readonly arguments: CanonicalArguments };

export interface Shown {
  readonly text: string;
  /** SHA-256 of the text in UTF-8, hex. */
  readonly digest: string;
}

/** More of the arguments is not shown; the digest is of all of them. */
const SHOWN_CHARS_MAX = 16_384;
/** What is hidden is looked for a little further, so that what the end cuts is found as well. */
const MARGIN_CHARS = 2_048;
/** Longer ones are shown in one line: indented they could grow a hundredfold. */
const INDENTED_CHARS_MAX = 65_536;

/** @param mask what is hidden: findings that it redacts */
export function shownCall(call: ShownCall, mask: ScreenPolicy): Shown {
  const { text: whole, isJson, digest } = call.arguments;
  const { text, cut } = masked(isJson ? indented(whole) : JSON.stringify(whole), mask);
  const seen = visible(text);
  const form = isJson ? 'JSON, in canonical form' : 'no JSON with one reading, quoted as it came';
  const lines: readonly (readonly [name: string, value: string | undefined])[] = [
    ['approval', call.id],
    ['user', call.user],
    ['team', call.team],
    ['end user', call.endUser],
    ['credential', call.credential],
    ['tool', visibleLine(call.tool)],
    ['server or namespace', call.place && visibleLine(call.place)],
    ['exchange', call.exchange],
    ['rules', call.policyVersion],
    ['asked', new Date(call.askedAt).toISOString()],
    ['decide by', new Date(call.expiresAt).toISOString()],
    ['arguments', `${form}; ${whole.length} characters, SHA-256 ${digest}`],
    ['not shown', cut ? `all that follows the first ${SHOWN_CHARS_MAX} characters` : undefined],
    ['marked', seen.marks > 0 ? `${seen.marks} characters that hide or look like others` : undefined],
  ];
  const head = lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const shown = [...head, '', seen.text].join('\n');
  return { text: shown, digest: hash('sha256', shown) };
}

function indented(json: string): string {
  return json.length > INDENTED_CHARS_MAX ? json : JSON.stringify(JSON.parse(json), null, 2);
}

/** The beginning, without what is to be hidden. */
function masked(text: string, mask: ScreenPolicy): { readonly text: string; readonly cut: boolean } {
  const cut = text.length > SHOWN_CHARS_MAX;
  const window = cut ? text.slice(0, SHOWN_CHARS_MAX + MARGIN_CHARS) : text;
  const { rewrites } = screen([{ text: window, trust: 'user', class: 'prose' }], mask);
  const safe = rewrites[0]?.text ?? window;
  if (!cut) return { text: safe, cut };
  return { text: safe.slice(0, Math.max(0, Math.min(SHOWN_CHARS_MAX, safe.length - MARGIN_CHARS))), cut };
}

/** Controls, formats, surrogates, private and unassigned ones, spaces but the one, what is drawn as nothing, our marks. */
const HIDING = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800⟦⟧]|(?! )\p{Zs}/u;
const ACCENT = /\p{M}/u;
/** As any language has them on one letter. */
const ACCENTS_MAX = 3;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** The text with each character that hides, or passes for another, written out: `⟦U+202E⟧`, `⟦U+0430 like a⟧`. */
export function visible(text: string): { readonly text: string; readonly marks: number } {
  const posing = posingIn(text);
  let marks = 0;
  let accents = 0;
  let at = 0;
  let result = '';
  for (const char of text) {
    accents = ACCENT.test(char) ? accents + 1 : 0;
    const like = posing.get(at);
    const hides = (HIDING.test(char) && char !== '\n') || accents > ACCENTS_MAX;
    if (like !== undefined || hides) {
      marks += 1;
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      result += `⟦U+${code}${like === undefined ? '' : ` like ${like}`}⟧`;
    } else result += char;
    at += char.length;
  }
  return { text: result, marks };
}

/** The same in one line: a name with a line's end in it forges no line of what is told. */
export function visibleLine(text: string): string {
  return visible(text).text.replaceAll('\n', '⟦U+000A⟧');
}

/**
 * Where letters pass for Latin ones: in words that have Latin ones too, in all words where the text has no other letter
 * of such a script, and everywhere those that no language writes.
 */
function posingIn(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  // oxlint-disable-next-line no-control-regex
  if (/^[\0-\x7f]*$/.test(text)) return found;
  // oxlint-disable-next-line no-control-regex
  const isWritten = text.match(/(?=\p{L})[^\0-\u024f]/gu)?.some((char) => !likeness(char)) ?? false;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const suspect = !isWritten || /[A-Za-z]/.test(word);
    let at = index;
    for (const char of word) {
      const like = likeness(char);
      if (like && (suspect || like.isForm)) found.set(at, like.latin);
      at += char.length;
    }
  }
  return found;
}

/** What a letter passes for; `isForm` where it is but another form of that one: wide, in a circle, of phonetics. */
function likeness(char: string): { readonly latin: string; readonly isForm: boolean } | undefined {
  const codePoint = char.codePointAt(0) ?? 0;
  // Accents of Latin and Greek can be seen.
  const isAccented = codePoint < 0x250 || /[\u0370-\u03ff\u1e00-\u1fff]/.test(char);
  const latin = LOOK_ALIKE.get(char.toLowerCase().charCodeAt(0));
  if (latin !== undefined && char.length === 1)
    return codePoint > 0x7f ? { latin: String.fromCharCode(latin), isForm: false } : undefined;
  const folded = isAccented ? '' : fold(codePoint);
  return /^[A-Za-z0-9]+$/.test(folded) ? { latin: folded, isForm: true } : undefined;
}
