/** One call of a streamed answer while it is being made: what was said of it so far, and whether it may leave. */
import { type Code, Refusal } from '../base/errors.ts';
import type { Piece } from '../domain/answers/answer-channel.ts';
import type { ToolPolicy } from '../domain/tools/tools.ts';
import { type AnswerCall, readToolCall } from '../openai/answer-calls.ts';
import { child, isRecord } from '../openai/child.ts';

/** Nothing of an `open` or `asked` call leaves; of one that is `cut` nothing ever does. */
export type CallState = 'open' | 'asked' | 'allowed' | 'cut';

/** @throws upstream.invalid_answer always */
export function contradiction(detail: string): never {
  throw new Refusal('upstream.invalid_answer', { detail: `calls: ${detail}` });
}

export class ToolCall {
  /** The message it is of: calls of one are counted together. */
  readonly list: string;
  /** Among the calls of its message, as upstream counts them. */
  readonly index: number;
  kind: AnswerCall['kind'] | undefined;
  form: AnswerCall['form'] = 'json';
  name = '';
  /** Server or namespace that it is of, once one is said. */
  place: string | undefined;
  state: CallState = 'open';
  /** Why it was cut. */
  code: Code | undefined;
  /** Nothing of it may come any more. */
  isOver = false;
  /** It was told in two ways: whatever it is, it may not be carried out. */
  isOdd = false;
  /** As an item said it whole, before anything was put back. */
  raw: AnswerCall | undefined;
  /** The same, as it leaves. */
  whole: AnswerCall | undefined;
  /** Somebody was told that it is gone. */
  isNoted = false;
  /** The name that it was judged by, what that was when joined, and the rules. */
  judgedBy:
    | { readonly name: string; readonly joined: string; readonly settings: ToolPolicy['settings'] }
    | undefined;
  /** Of its name, where chat tells it in several. */
  #parts: string[] = [];
  /** How often the first came again, and nothing else. */
  #again = 0;
  readonly #pieces: Piece[] = [];
  /** Of a tool of OpenAI's own: what is known of it, as JSON. */
  #item = '{}';

  constructor(list: string, index: number) {
    this.list = list;
    this.index = index;
  }

  get isUndecided(): boolean {
    return this.state === 'open' || this.state === 'asked';
  }

  /** A piece of what it is called with. @throws upstream.invalid_answer once it is over */
  push(piece: Piece): void {
    if (this.isOver) contradiction('more of one that was over');
    this.#pieces.push(piece);
  }

  /** What the pieces say, as they came. */
  get heard(): string {
    return this.#pieces.map(({ text }) => text).join('');
  }

  /** What the pieces say, as they leave. */
  get told(): string {
    return this.#pieces.map(({ text, told }) => told ?? text).join('');
  }

  get hasPieces(): boolean {
    return this.#pieces.length > 0;
  }

  /**
   * What clients may take for its name: of one in several parts, python's joins them, node's takes the last one; the name as
   * a whole stands first.
   */
  get names(): readonly string[] {
    return this.#parts.length > 1 ? [this.name, ...this.#parts] : [this.name];
  }

  /** Its name where every part is joined, one that only came again too. */
  get joined(): string {
    return this.#again === 0 ? this.name : (this.#parts[0] ?? '').repeat(1 + this.#again);
  }

  /** As far as it is known, as it leaves. */
  asCall(): AnswerCall {
    const { kind = 'typed', name, place, form } = this;
    return { kind, name, place, arguments: kind === 'typed' ? this.#item : this.told, form };
  }

  /** A part of it as chat has it; `legacy` for what stands in `function_call`. */
  hearDelta(delta: unknown, legacy = false): void {
    const said = legacy ? { function: delta } : delta;
    const type = child(said, 'type') ?? undefined;
    for (const [member, field, form] of SHAPES) {
      const holder = child(said, member) ?? undefined;
      if (holder === undefined) continue;
      const args = child(holder, field) ?? '';
      this.#isOf('function', form);
      this.#hearPart(child(holder, 'name') ?? '');
      if (!isRecord(holder) || typeof args !== 'string') this.#becomeOdd();
    }
    if (type === undefined || type === 'function' || type === 'custom') return;
    const typed = readToolCall(said);
    this.hearItem(typed);
  }

  /** The same part from the first on is the same name again: some upstreams say it with every part of the arguments. */
  #hearPart(part: unknown): void {
    if (part === '') return;
    if (this.#parts.length === 1 && part === this.#parts[0]) {
      this.#again++;
      return;
    }
    if (typeof part !== 'string' || this.#parts.length + this.#again >= NAME_PARTS_MAX) {
      this.#becomeOdd();
      return;
    }
    // Behind another one it was a part like any other.
    const again = this.#parts.slice(0, 1).join('').repeat(this.#again);
    if (again !== '') this.#parts.push(again);
    this.#again = 0;
    this.#parts.push(part);
    this.name = this.#parts.join('');
  }

  hearName(name: unknown): void {
    if (name === '' || name === this.name) return;
    if (typeof name !== 'string' || this.name !== '') this.#becomeOdd();
    else this.name = name;
  }

  /** As an item is, when it is announced or whole. */
  hearItem(call: AnswerCall): void {
    this.#isOf(call.kind, call.form);
    this.hearName(call.name);
    if (call.place !== undefined && call.place !== (this.place ?? call.place)) this.#becomeOdd();
    this.place ??= call.place;
    if (call.kind === 'typed') this.#item = call.arguments;
  }

  #isOf(kind: AnswerCall['kind'], form: AnswerCall['form']): void {
    if (this.kind !== undefined && (this.kind !== kind || this.form !== form)) this.#becomeOdd();
    this.kind = kind;
    this.form = form;
  }

  /** @throws upstream.invalid_answer if some of it has left */
  #becomeOdd(): void {
    if (this.state === 'allowed') contradiction('one that changed');
    this.isOdd = true;
  }
}

const NAME_PARTS_MAX = 64;
const SHAPES = [
  ['function', 'arguments', 'json'],
  ['custom', 'input', 'text'],
] as const;
