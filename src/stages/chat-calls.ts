/**
 * The calls in the events of a chat stream: which part is of which call, and when those of a choice are whole. A call is
 * whole when its choice ends, not before: until then any of its parts may come.
 */
import type { Place } from '../openai/body.ts';
import { child, isRecord } from '../openai/child.ts';
import { isCallingEnd, noteOf } from '../openai/cut-calls.ts';
import type { PlacedPiece } from './held-events.ts';
import { contradiction, ToolCall } from './tool-call.ts';

/** What one event says of calls. */
export interface CallsSaid {
  /** It leaves when these are decided. */
  readonly touched: readonly ToolCall[];
  /** Nothing more is to be known of these; `at` is where an item says one, which chat does nowhere. */
  readonly whole: readonly { readonly call: ToolCall; readonly at?: Place | undefined }[];
  /** There are calls in places that no stream is known to have them in. */
  readonly others?: boolean;
}

interface Choice {
  readonly calls: Map<number, ToolCall>;
  isOver: boolean;
}

/** Calls of a choice, by upstream's index; what was there before tools has one of its own. */
const INDEX_MAX = 1023;
const LEGACY = -1;

export class ChatCalls {
  readonly #choices = new Map<number, Choice>();

  /** Undefined for an event that says nothing of calls. @throws upstream.invalid_answer */
  read(choices: readonly unknown[], pieces: readonly PlacedPiece[]): CallsSaid | undefined {
    let touched: ToolCall[] | undefined;
    let whole: { readonly call: ToolCall }[] | undefined;
    for (const [position, choice] of choices.entries()) {
      const delta = child(choice, 'delta');
      const parts = child(delta, 'tool_calls') ?? undefined;
      const legacy = child(delta, 'function_call') ?? undefined;
      const isEnd = typeof child(choice, 'finish_reason') === 'string';
      if (parts === undefined && legacy === undefined && !(isEnd && this.#choices.size > 0)) continue;
      const own = this.#choice(child(choice, 'index'));
      touched ??= [];
      for (const [at, part] of listOf(parts).entries()) {
        const call = this.#call(own, child(part, 'index'));
        call.hearDelta(part);
        pushAll(call, pieces, [position, 'tool_calls', at]);
        touched.push(call);
      }
      if (legacy !== undefined) {
        const call = this.#call(own, LEGACY);
        call.hearDelta(legacy, true);
        pushAll(call, pieces, [position, 'function_call']);
        touched.push(call);
      }
      if (isEnd) (whole ??= []).push(...endOf(own));
    }
    return touched && { touched, whole: whole ?? [] };
  }

  /** Nothing more comes of any choice. */
  end(): { readonly call: ToolCall }[] {
    return [...this.#choices.values()].flatMap(endOf);
  }

  /**
   * The choices of an event without the calls that were cut, those that stay counted anew; true where it is to be told
   * otherwise than it came.
   */
  cut(choices: readonly unknown[]): boolean {
    let isChanged = false;
    for (const choice of choices) {
      const own = this.#choices.get(Number(child(choice, 'index')));
      if (!own || !isRecord(choice)) continue;
      const { delta } = choice;
      const cuts = [...own.calls.values()].filter(({ state }) => state === 'cut');
      if (cuts.length === 0) continue;
      if (isRecord(delta)) isChanged = cutParts(delta, own, cuts) || isChanged;
      if (!isCallingEnd(choice['finish_reason']) || cuts.length < own.calls.size) continue;
      Object.assign(choice, { finish_reason: 'stop' });
      isChanged = true;
    }
    return isChanged;
  }

  #choice(index: unknown): Choice {
    if (!isIndex(index)) contradiction('a choice without an index');
    let choice = this.#choices.get(index);
    if (!choice) this.#choices.set(index, (choice = { calls: new Map(), isOver: false }));
    return choice;
  }

  #call({ calls, isOver }: Choice, index: unknown): ToolCall {
    if (isOver) contradiction('more of a choice that was over');
    if (index !== LEGACY && !isIndex(index)) contradiction('one without an index');
    let call = calls.get(index);
    if (!call) {
      const list = [...this.#choices.values()].findIndex((choice) => choice.calls === calls);
      calls.set(index, (call = new ToolCall(`choice ${list}`, index)));
    }
    return call;
  }
}

function isIndex(index: unknown): index is number {
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index <= INDEX_MAX;
}

function listOf(parts: unknown): readonly unknown[] {
  if (parts === undefined) return [];
  return Array.isArray(parts) ? parts : contradiction('a list that is none');
}

function endOf(choice: Choice): { readonly call: ToolCall }[] {
  choice.isOver = true;
  const calls = [...choice.calls.values()].filter(({ isOver }) => !isOver);
  for (const call of calls) call.isOver = true;
  return calls.map((call) => ({ call }));
}

/** The strings that stand in a part of a delta, and are what is called with. */
function pushAll(
  call: ToolCall,
  pieces: readonly PlacedPiece[],
  [position, ...steps]: readonly (string | number)[],
): void {
  const path = ['choices', position, 'delta', ...steps];
  for (const { piece, at } of pieces) {
    const keys = keysOf(at);
    const isInside = path.every((key, i) => keys[i] === key);
    const last = keys.at(-1);
    if (isInside && (last === 'arguments' || last === 'input')) call.push(piece);
  }
}

function keysOf(place: PlacedPiece['at']): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = place; at; at = at.parent) keys.push(at.key);
  return keys.reverse();
}

function cutParts(delta: Record<string | number, unknown>, own: Choice, cuts: readonly ToolCall[]): boolean {
  const parts = delta['tool_calls'];
  const legacy = own.calls.get(LEGACY);
  let isChanged = false;
  if (Array.isArray(parts)) {
    const left = parts.filter((part: unknown) => {
      const call = own.calls.get(Number(child(part, 'index')));
      if (call?.state !== 'cut') return true;
      note(delta, call);
      return false;
    });
    for (const part of left) {
      const index = Number(child(part, 'index'));
      const before = cuts.filter((cut) => cut.index >= 0 && cut.index < index).length;
      if (before > 0 && isRecord(part)) Object.assign(part, { index: index - before });
      isChanged ||= before > 0;
    }
    isChanged ||= left.length < parts.length;
    if (left.length > 0) Object.assign(delta, { tool_calls: left });
    else Reflect.deleteProperty(delta, 'tool_calls');
  }
  if (legacy?.state === 'cut' && isRecord(delta['function_call'])) {
    note(delta, legacy);
    Reflect.deleteProperty(delta, 'function_call');
    isChanged = true;
  }
  return isChanged;
}

/** Once a call, where it began. */
function note(delta: Record<string | number, unknown>, call: ToolCall): void {
  if (call.isNoted) return;
  call.isNoted = true;
  const content = typeof delta['content'] === 'string' ? delta['content'] : '';
  Object.assign(delta, { content: `${content}\n${noteOf(call.code ?? '')}` });
}
