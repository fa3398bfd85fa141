/**
 * Texts of an answer that clients put together: the parts of a message, its items, the segments of a transcript. What
 * stands over the border of two of them stands in neither, so their ends are read together as well. Of what has left, as in
 * the events of a stream, only the rest can be cut out. Linear, bounded.
 */
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Finding } from '../../base/finding.ts';
import { outcomeInProse } from '../../guardrails/decide.ts';
import { inspectProse, type ScreenPolicy } from '../../guardrails/screening.ts';
import type { Place } from '../../openai/body.ts';
import { type Edit, splice } from '../../openai/json-edit.ts';
import { MARKS } from './answer-channel.ts';
import type { Screened } from './answer-screening.ts';

/** Units on each side of a border that are read. */
const NEAR = 128;

/** Groups of one stream that are remembered: those that were heard of last. */
const GROUPS_MAX = 256;

/** One text, and the texts it is put together with: those of the same group, in their order. */
export interface JoinedText {
  readonly value: string;
  /** Undefined for a text that stands by itself. */
  readonly group: string | undefined;
}

/** What to cut out of the texts, each by its index. */
export interface JoinedCuts extends Pick<Screened, 'findings' | 'block'> {
  readonly cuts: ReadonlyMap<number, readonly Edit[]>;
}

/** How what came before of each group ends: of a stream, by what its events said. */
export type Ends = ReadonlyMap<string, string>;

/** Lists whose elements have nothing to do with each other. */
const APART = new Set(['choices', 'data']);

/** The group of the text at this place, its lists left out of its way: undefined where it is of none. */
export function groupOf(at: Place | undefined, type: string): string | undefined {
  let way = '';
  let isListed = type !== '';
  for (let place = at; place; place = place.parent) {
    const { key, parent } = place;
    const isApart = parent !== undefined && !parent.parent && APART.has(String(parent.key));
    if (typeof key === 'number' && !isApart) isListed = true;
    else way += `/${key}`;
  }
  return isListed ? `${type} ${way}` : undefined;
}

/** A stretch of a text among what is read together; `index` -1 for what came before. */
interface Stretch {
  readonly index: number;
  /** In its text. */
  readonly offset: number;
  readonly text: string;
}

/** What stands over borders; undefined where there is nothing of it. */
export function screenJoined(
  texts: readonly JoinedText[],
  policy: ScreenPolicy,
  before?: Ends,
): JoinedCuts | undefined {
  const findings: JoinedCuts['findings'][number][] = [];
  const cuts = new Map<number, Edit[]>();
  for (const row of rowsOf(texts, before)) {
    for (const { finding, parts } of acrossBorders(row, policy)) {
      const outcome = outcomeInProse(finding, policy);
      findings.push({ ...finding, outcome });
      if (outcome === 'redacted') addCuts(cuts, parts, MARKS[finding.guardrail]);
    }
  }
  if (findings.length === 0) return undefined;
  return { cuts, findings, block: findings.find(({ outcome }) => outcome === 'blocked')?.guardrail };
}

/** The line with the times of a subtitle, with the number or name before it, and the break that its words begin behind. */
const TIMES = /(?:(?:^|\n)[^\n]{0,64})?(?:^|\n)[^\n]{0,64}-->[^\n]{0,128}(?=\n)/g;

/** A text without what stands over the borders of its subtitles; undefined where there is nothing of it. */
export function screenCues(
  text: string,
  policy: ScreenPolicy,
): (Omit<JoinedCuts, 'cuts'> & { readonly text: string }) | undefined {
  if (!text.includes('-->')) return undefined;
  const times = [...text.matchAll(TIMES)].map(({ 0: line, index }) => ({
    from: index,
    to: index + line.length,
  }));
  const cues = times.map(({ to }, i) => {
    // A blank in the place of the break, and none behind.
    const value = ` ${text.slice(to + 1, times[i + 1]?.from).trimEnd()}`;
    return { value, group: 'cues' };
  });
  const joined = screenJoined(cues, policy);
  if (!joined) return undefined;
  const edits = [...joined.cuts].flatMap(([i, own]) => {
    const from = times[i]?.to ?? 0;
    // The break stays.
    return own.map(({ start, end, text: mark }) => ({
      start: from + Math.max(start, 1),
      end: from + Math.max(end, 1),
      text: mark,
    }));
  });
  return { text: splice(text, edits), findings: joined.findings, block: joined.block };
}

/** What stands next to each other: a long text ends one row with its beginning, and begins the next with its end. */
function rowsOf(texts: readonly JoinedText[], before: Ends | undefined): Stretch[][] {
  const rows = new Map<string, Stretch[]>();
  const whole: Stretch[][] = [];
  for (const [index, { value, group }] of texts.entries()) {
    if (group === undefined || value === '') continue;
    let row = rows.get(group);
    if (!row) {
      const end = before?.get(group);
      rows.set(group, (row = end ? [{ index: -1, offset: 0, text: end }] : []));
      whole.push(row);
    }
    if (value.length <= 2 * NEAR) {
      row.push({ index, offset: 0, text: value });
      continue;
    }
    row.push({ index, offset: 0, text: value.slice(0, NEAR) });
    const offset = value.length - NEAR;
    rows.set(group, (row = [{ index, offset, text: value.slice(offset) }]));
    whole.push(row);
  }
  return whole.filter(({ length }) => length > 1);
}

interface Across {
  readonly finding: Finding;
  readonly parts: readonly { readonly index: number; readonly start: number; readonly end: number }[];
}

function acrossBorders(row: readonly Stretch[], policy: ScreenPolicy): Across[] {
  const text = row.map((stretch) => stretch.text).join('');
  return inspectProse(text, policy, true).flatMap((finding): Across[] => {
    let from = 0;
    const parts = row.flatMap(({ index, offset, text: { length } }) => {
      const start = Math.max(finding.start, from) - from;
      const end = Math.min(finding.end, from + length) - from;
      from += length;
      return start < end ? [{ index, start: start + offset, end: end + offset }] : [];
    });
    return parts.length > 1 && !endsInOne(finding, row, policy) ? [{ finding, parts }] : [];
  });
}

/** Whether one text holds the value by itself, and the next only goes on with a letter. Of a secret, that is more of it. */
function endsInOne(
  { guardrail, start, end }: Finding,
  row: readonly Stretch[],
  policy: ScreenPolicy,
): boolean {
  if (guardrail === 'secrets') return false;
  let from = 0;
  return row.some(({ text }) => {
    const at = from;
    from += text.length;
    if (at >= end || from <= start) return false;
    return inspectProse(text, policy, true).some(
      (own) => at + own.start < end && start < at + own.end && outcomeInProse(own, policy) !== 'observed',
    );
  });
}

/** The mark stands in the first text that is told. */
function addCuts(cuts: Map<number, Edit[]>, parts: Across['parts'], mark: string): void {
  let text = mark;
  for (const { index, start, end } of parts) {
    if (index < 0) continue;
    const own = cuts.get(index) ?? [];
    const last = own.at(-1);
    // Where guardrails overlap, all of it goes.
    if (last && start < last.end) own[own.length - 1] = { ...last, end: Math.max(last.end, end) };
    else own.push({ start, end, text });
    cuts.set(index, own);
    text = '';
  }
}

/** How texts of each group end that have been told. */
export class EarlierTexts {
  readonly #ends = new BoundedMap<string, string>(GROUPS_MAX);

  /** The ends before these texts, which are the last ones from now on. */
  next(texts: readonly JoinedText[]): Ends | undefined {
    let before: Map<string, string> | undefined;
    for (const { value, group } of texts) {
      if (group === undefined || value === '') continue;
      const end = this.#ends.get(group);
      if (end !== undefined && !before?.has(group)) (before ??= new Map()).set(group, end);
      this.#ends.set(group, ((end ?? '') + value).slice(-NEAR));
    }
    return before;
  }
}
