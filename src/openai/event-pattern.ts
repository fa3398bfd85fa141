/**
 * Events of a stream are alike but for one text: what was read once is recognised by its bytes around that text, and
 * need not be parsed again. Only what is equal is recognised; anything else is for the parser.
 */
import type { AnswerEvent, AnswerText } from './answer-texts.ts';
import { NULL_USAGE } from './null-usage.ts';

/** What may differ beside the text: a count of the events, and padding. */
type Gap = 'none' | 'digits' | 'padding';

interface Segment {
  readonly literal: string;
  /** What stands behind it. */
  readonly gap: Gap;
}

const DIGITS_MAX = 15;
const PADDING_MAX = 256;
const SEQUENCE = /"sequence_number":(\d{1,15})(?=[,}])/;

/** Events like one that was read. */
export class EventPattern {
  readonly channel: string;
  readonly isJson: boolean;
  readonly isRendered: boolean;
  readonly isEcho = false;
  /** Its text counts as content. */
  readonly isContent: boolean;
  readonly hasNullUsage: boolean;
  readonly #before: readonly Segment[];
  readonly #after: readonly Segment[];

  /** Where the text that was recognised last begins, behind its quote. */
  start = 0;
  /** Of the event that was recognised last. */
  padding = '';

  private constructor(
    text: AnswerText,
    isContent: boolean,
    before: readonly Segment[],
    after: readonly Segment[],
  ) {
    this.channel = text.channel;
    this.isJson = text.isJson;
    this.isRendered = text.isRendered;
    this.isContent = isContent;
    this.hasNullUsage = after.some(({ literal }) => literal.includes(NULL_USAGE));
    this.#before = before;
    this.#after = after;
  }

  /**
   * The pattern of an event with one piece of text, in whose other texts nothing was found; undefined for any other.
   * @param contentChars of the event, as they were counted
   */
  static of({ body, texts, ends, isKnown }: AnswerEvent, contentChars: number): EventPattern | undefined {
    const { source } = body;
    const written = texts.filter(({ kind }) => kind === 'piece' || kind === 'echo');
    const [text] = written;
    if (!text || written.length > 1 || text.kind !== 'piece' || ends.length > 0 || !isKnown) return undefined;
    const { length } = text.leaf.value;
    if (length === 0 || (contentChars !== 0 && contentChars !== length)) return undefined;
    const gaps = [...paddings(texts), ...sequence(source)].sort((a, b) => a.start - b.start);
    const { start, end } = text.leaf;
    const isBefore = (gap: Range): boolean => gap.end <= start;
    return new EventPattern(
      text,
      contentChars > 0,
      segments(source, 0, start + 1, gaps.filter(isBefore)),
      segments(
        source,
        end - 1,
        source.length,
        gaps.filter((gap) => !isBefore(gap)),
      ),
    );
  }

  /** Where the text of an event ends, before its quote; -1 for an event that is not alike. */
  textEnd(data: string): number {
    const start = this.#passed(this.#before, data, 0);
    if (start < 0) return -1;
    let end = data.indexOf('"', start);
    while (end > 0 && isEscaped(data, end, start)) end = data.indexOf('"', end + 1);
    if (end < 0 || this.#passed(this.#after, data, end) !== data.length) return -1;
    this.start = start;
    return end;
  }

  /** Where the segments end that begin at `from`; -1 if they do not stand there. */
  #passed(list: readonly Segment[], data: string, from: number): number {
    let at = from;
    for (const { literal, gap } of list) {
      const end = at + literal.length;
      // Three times as fast as asking whether it starts there.
      if (data.slice(at, end) !== literal) return -1;
      at = end;
      if (gap === 'none') continue;
      at = pastGap(data, at, gap);
      if (gap === 'padding') this.padding = data.slice(end, at);
    }
    return at;
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly gap: Gap;
}

function paddings(texts: readonly AnswerText[]): Range[] {
  return texts.flatMap(({ leaf, kind }) =>
    kind === 'opaque' && leaf.at?.key === 'obfuscation' && leaf.at.parent === undefined
      ? [{ start: leaf.start + 1, end: leaf.end - 1, gap: 'padding' }]
      : [],
  );
}

/** Within a string the quotes of the name would be escaped. */
function sequence(source: string): Range[] {
  const found = SEQUENCE.exec(source);
  if (!found?.[1]) return [];
  const end = found.index + found[0].length;
  return [{ start: end - found[1].length, end, gap: 'digits' }];
}

function segments(source: string, from: number, to: number, gaps: readonly Range[]): Segment[] {
  const list: Segment[] = [];
  let at = from;
  for (const { start, end, gap } of gaps) {
    list.push({ literal: flat(source.slice(at, start)), gap });
    at = end;
  }
  list.push({ literal: flat(source.slice(at, to)), gap: 'none' });
  return list;
}

/** A string of its own: a slice would keep all of its event, and is slow to compare. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

function pastGap(data: string, from: number, gap: Gap): number {
  const last = Math.min(data.length, from + (gap === 'digits' ? DIGITS_MAX : PADDING_MAX));
  let at = from;
  while (at < last && isInGap(data.charCodeAt(at), gap)) at++;
  return at;
}

function isInGap(unit: number, gap: Gap): boolean {
  if (unit >= 0x30 && unit <= 0x39) return true;
  return gap === 'padding' && (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;
}

function isEscaped(data: string, quote: number, start: number): boolean {
  let slashes = 0;
  while (quote - 1 - slashes >= start && data.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++;
  return slashes % 2 === 1;
}
