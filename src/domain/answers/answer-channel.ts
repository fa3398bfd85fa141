/**
 * One text of an answer that comes in pieces: screened, then the caller's values put back. A piece is done when nothing
 * that comes later can change what is told of it. What was put back is not screened again.
 */
import type { Finding } from '../../base/finding.ts';
import { asFinding, LeakWatch } from '../../guardrails/leak.ts';
import { changesOutput } from '../../guardrails/output-rules.ts';
import type { Restorer } from '../../guardrails/placeholders-restoring.ts';
import { isActedUpon, outcomeInProse } from '../../guardrails/decide.ts';
import { inspectProse, type Outcome, type ScreenPolicy } from '../../guardrails/screening.ts';
import { MARKS_AND_DIGITS, type StreamFinding, StreamScreen } from '../../guardrails/stream-screen.ts';

/** A piece as it came, and what became of it. */
export interface Piece {
  readonly text: string;
  /** What is told instead; as it came where undefined. */
  told: string | undefined;
  /** Something of it was cut out. */
  isCut: boolean;
  isDone: boolean;
}

interface Placed extends Piece {
  /** Units of the whole text. */
  readonly from: number;
  readonly to: number;
  /** Without what was cut out. */
  kept: string;
}

interface Cut {
  readonly start: number;
  end: number;
  /** What stands for it; once. */
  mark: string;
}

/** What is told of a finding: never where, or what. */
export type ToldFinding = Pick<StreamFinding, 'guardrail' | 'type'> & { readonly outcome: Outcome };

export interface ChannelOptions {
  /** Nothing is looked for where left out. */
  readonly policy?: ScreenPolicy | undefined;
  /** Nothing is put back where left out. */
  readonly restorer?: Restorer | undefined;
  /** The text is JSON by its nature. */
  readonly isJson?: boolean;
  /** Somebody's page shows it. */
  readonly isRendered?: boolean;
  /** The end of the text that this one is put together with. */
  readonly before?: string | undefined;
  /** What the system text is known by. */
  readonly prints?: Uint32Array | undefined;
  /** Told of each finding once; it may throw a Refusal. */
  readonly onFinding: (finding: ToldFinding) => void;
}

/** What stands for what was cut out. */
export const MARKS = {
  secrets: '[REDACTED_SECRET]',
  pii: '[REDACTED]',
  injection: '[REDACTED]',
  links: '[link removed]',
  leak: '[REDACTED]',
} as const;

export class AnswerChannel {
  readonly #screen: StreamScreen | undefined;
  readonly #leak: LeakWatch | undefined;
  /** Whether anything that is found changes the text: else nothing waits. */
  readonly #isActing: boolean;
  readonly #options: ChannelOptions;
  #length = 0;
  /** All that came must leave. */
  #isOver = false;
  /** Not settled yet. */
  readonly #open: Placed[] = [];
  /** Settled, but the end of them may be the beginning of a placeholder. */
  #restoring: Placed[] = [];
  /** What is to be cut out of open pieces. */
  #cuts: Cut[] = [];

  constructor(options: ChannelOptions) {
    const { policy, prints } = options;
    this.#options = options;
    this.#screen = policy && screenOf(policy, options);
    this.#isActing = policy !== undefined && changesText(policy);
    this.#leak = prints && policy?.output?.leak ? new LeakWatch(prints) : undefined;
  }

  push(text: string): Piece {
    const from = this.#length;
    const to = (this.#length += text.length);
    const piece = { text, from, to, kept: text, told: undefined, isCut: false, isDone: false };
    this.#open.push(piece);
    this.#screen?.push(text);
    if (this.#leak) this.#found(this.#leak.push(text).map(asFinding));
    this.#settle();
    return piece;
  }

  /** Lets a plain word go that has waited long enough. */
  relent(): void {
    this.#screen?.relent();
    this.#settle();
  }

  /** The end of what came, where anything is looked for. */
  get tail(): string | undefined {
    return this.#screen?.tail;
  }

  /** Nothing comes any more, or nothing may wait any longer. */
  end(): void {
    this.#screen?.end();
    this.#isOver = true;
    this.#settle();
    this.#isOver = false;
    const last = this.#restoring.at(-1);
    const { restorer } = this.#options;
    if (!last || !restorer) return;
    last.told = (last.told ?? '') + restorer.end();
    this.#restored();
  }

  #settle(): void {
    if (this.#screen && this.#screen.findings.length > 0) this.#found(this.#screen.findings.splice(0));
    const settled = this.#settledTo();
    for (let piece = this.#open[0]; piece && piece.to <= settled; piece = this.#open[0]) {
      this.#open.shift();
      this.#finish(piece);
    }
    const from = this.#open[0]?.from ?? settled;
    if (this.#cuts.length > 0) this.#cuts = this.#cuts.filter(({ end }) => end > from);
  }

  /** Before this place nothing changes any more. */
  #settledTo(): number {
    if (!this.#screen || !this.#isActing) return this.#length;
    const { settled } = this.#screen;
    return this.#leak && !this.#isOver ? Math.min(settled, this.#leak.openFrom) : settled;
  }

  #found(findings: readonly StreamFinding[]): void {
    const { policy, onFinding } = this.#options;
    if (!policy) return;
    for (const finding of findings) {
      const { guardrail, type, isRest } = finding;
      const outcome = outcomeInProse(finding, policy);
      if (!isRest) onFinding({ guardrail, type, outcome });
      if (outcome === 'redacted') this.#toCut(finding);
    }
  }

  /** Where guardrails overlap, all of it goes, and as a secret if any of it is one. */
  #toCut({ guardrail, start, end, isRest }: StreamFinding): void {
    const all = [...this.#cuts, { start, end, mark: isRest ? '' : MARKS[guardrail] }];
    all.sort((a, b) => a.start - b.start);
    this.#cuts = [];
    for (const cut of all) {
      const last = this.#cuts.at(-1);
      if (!last || cut.start >= last.end) {
        this.#cuts.push(cut);
        continue;
      }
      last.end = Math.max(last.end, cut.end);
      if (cut.mark === MARKS.secrets && last.mark !== '') last.mark = MARKS.secrets;
    }
  }

  #finish(piece: Placed): void {
    if (this.#cuts.length > 0) this.#cut(piece);
    const { restorer } = this.#options;
    if (!restorer) {
      if (piece.isCut) piece.told = piece.kept;
      piece.isDone = true;
      return;
    }
    piece.told = restorer.push(piece.kept);
    this.#restoring.push(piece);
    if (!restorer.isWaiting) this.#restored();
  }

  /** The mark stands in the first piece that holds some of what is cut out. */
  #cut(piece: Placed): void {
    let kept = '';
    let at = piece.from;
    for (const cut of this.#cuts) {
      if (cut.end <= at || cut.start >= piece.to) continue;
      kept += piece.text.slice(at - piece.from, Math.max(cut.start, at) - piece.from) + cut.mark;
      cut.mark = '';
      piece.isCut = true;
      at = Math.min(cut.end, piece.to);
    }
    piece.kept = kept + piece.text.slice(at - piece.from);
  }

  /** Pieces in which nothing was put back stay as they came, also if their borders moved. */
  #restored(): void {
    const pieces = this.#restoring;
    this.#restoring = [];
    const isSame = pieces.map(({ told }) => told).join('') === pieces.map(({ kept }) => kept).join('');
    for (const piece of pieces) {
      if (isSame) piece.told = piece.isCut ? piece.kept : undefined;
      piece.isDone = true;
    }
  }
}

function isChange(action: ScreenPolicy['pii']): boolean {
  return action === 'redact' || action === 'block';
}

function changesText({ pii, secrets, output }: ScreenPolicy): boolean {
  return isChange(pii) || isChange(secrets) || (output !== undefined && changesOutput(output));
}

/** A text that is JSON is read behind its escapes, wherever in it a piece begins. */
function screenOf(policy: ScreenPolicy, { isJson, isRendered, before = '' }: ChannelOptions): StreamScreen {
  let asJson: boolean | undefined = isJson || undefined;
  const read = (text: string): readonly Finding[] => {
    if (!asJson || !text.includes('\\')) return inspectProse(text, policy, isRendered);
    return inspectProse(JSON_START + text, policy, isRendered).map((finding) => ({
      ...finding,
      start: Math.max(0, finding.start - JSON_START.length),
      end: finding.end - JSON_START.length,
    }));
  };
  const find = (text: string, border: number): readonly Finding[] => {
    asJson ??= /^\s*[[{"]/.test(text.slice(border));
    return border > 0 ? findOver(text, border, read, policy) : read(text);
  };
  const own = (policy.custom?.length ?? 0) + (policy.output?.leak?.canaries.length ?? 0);
  const ofWords = own > 0 || WORDY.some((type) => isActedUpon(type, policy));
  return new StreamScreen({
    find,
    replace: (_, text) => text,
    before,
    ...(!ofWords && { hints: MARKS_AND_DIGITS }),
  });
}

/**
 * What is found in two texts together, and in the second by itself: what the first ends with may go on into a value and
 * hide it, as one digit more hides the number of a card.
 */
function findOver(
  text: string,
  border: number,
  read: (text: string) => readonly Finding[],
  policy: ScreenPolicy,
): readonly Finding[] {
  const first = text.slice(0, border);
  const both = read(text).filter((finding) => goesOn(finding, first, policy));
  const second = read(text.slice(border))
    .map((finding) => ({ ...finding, start: finding.start + border, end: finding.end + border }))
    .filter((own) => !both.some((other) => covers(other, own, policy)));
  return second.length === 0 ? both : [...both, ...second].sort((a, b) => a.start - b.start);
}

/** Whether nothing of what is found is left by what becomes of the other. */
function covers(other: Finding, own: Finding, policy: ScreenPolicy): boolean {
  if (other.start > own.start || other.end < own.end) return false;
  return other.type === own.type || outcomeInProse(other, policy) !== 'observed';
}

/** Whether what is found is none that ended where the first text did, and is only followed by another letter. */
function goesOn({ guardrail, start, end }: Finding, first: string, policy: ScreenPolicy): boolean {
  if (start >= first.length || end <= first.length || guardrail === 'secrets') return true;
  return !inspectProse(first, policy, true).some(
    (own) => start < own.end && outcomeInProse(own, policy) !== 'observed',
  );
}

/** Findings that may be words alone; where they are only observed, those without a digit are not looked for. */
const WORDY = ['PERSON', 'ADDRESS', 'DATE_OF_BIRTH'];
const JSON_START = '["';
