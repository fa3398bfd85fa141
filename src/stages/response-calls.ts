/**
 * The calls in the events of a stream of Responses: which event is of which item, and when one is whole. What is said
 * twice must be the same; what is said of an item that nobody announced, or that was over, is not believed.
 */
import { type AnswerCall, findAnswerCalls, readItem } from '../openai/answer-calls.ts';
import type { JsonBody, Place } from '../openai/body.ts';
import { child, isRecord } from '../openai/child.ts';
import { noteItem, withoutCalls } from '../openai/cut-calls.ts';
import { valueAt } from '../openai/json-place.ts';
import type { CallsSaid } from './chat-calls.ts';
import type { PlacedPiece } from './held-events.ts';
import { contradiction, ToolCall } from './tool-call.ts';

/** Events that are of a call, by their type alone. */
const OF_CALL = /^response\.[a-z_]{1,40}_call[._]/;
/** What it is called with, in pieces or whole. */
const ARGUMENTS =
  /^response\.(?:function_call_arguments|custom_tool_call_input|mcp_call_arguments)\.(?:delta|done)$/;
const ITEM: Place = { parent: undefined, key: 'item' };
const INDEX_MAX = 100_000;
const ITEMS_MAX = 4096;

export class ResponseCalls {
  /** By their place in the output; undefined for an item that is no call. */
  readonly #items = new Map<string, ToolCall | undefined>();
  readonly #named = new Map<string, ToolCall>();
  /** Those that a session kept before they were announced. */
  readonly #early = new Set<string>();

  /**
   * Undefined for an event that says nothing of calls.
   * @throws upstream.invalid_answer
   */
  read(body: JsonBody, pieces: readonly PlacedPiece[]): CallsSaid | undefined {
    const { value } = body;
    const type = child(value, 'type');
    if (typeof type !== 'string') return undefined;
    if (type === 'response.output_item.added') return this.#added(value);
    if (type === 'response.output_item.done') return this.#done(value);
    if (type.startsWith('conversation.item.')) return this.#kept(type, value);
    if (isRecord(child(value, 'response'))) return this.#repeated(body);
    return this.#part(type, value, pieces);
  }

  #added(value: unknown): CallsSaid | undefined {
    const item = child(value, 'item');
    const at = placeOf(value);
    const said = readItem(item);
    if (this.#items.has(at)) contradiction('two items at one place');
    if (this.#items.size >= ITEMS_MAX) contradiction('over 4096 items');
    if (!said) {
      this.#items.set(at, undefined);
      return undefined;
    }
    const known = this.#early.delete(idOf(item) ?? '') ? this.#named.get(idOf(item) ?? '') : undefined;
    if (known) this.#items.set(at, known);
    const call = known ?? this.#newCall(item, at, indexOf(value));
    call.hearItem(said);
    return { touched: [call], whole: [] };
  }

  /** What a live session keeps of a call, before and after its parts; or of one that its caller told it. */
  #kept(type: string, value: unknown): CallsSaid | undefined {
    const item = child(value, 'item');
    const said = readItem(item);
    if (!said) return undefined;
    const name = idOf(item) ?? '';
    const known = this.#named.get(name);
    const call = known ?? this.#newCall(item, undefined);
    if (!known && said.arguments === '' && type !== 'conversation.item.done') {
      this.#early.add(name);
      call.hearItem(said);
      return { touched: [call], whole: [] };
    }
    // It stands there as it was begun.
    if (known && said.arguments === '' && !known.isOver) return { touched: [call], whole: [] };
    return this.#whole(call, said, ITEM);
  }

  #newCall(item: unknown, at: string | undefined, index = INDEX_MAX): ToolCall {
    const call = new ToolCall(at === undefined ? 'kept' : `output ${at.split(' ', 1)[0] ?? ''}`, index);
    const name = idOf(item);
    if (name !== undefined) {
      if (this.#named.has(name)) contradiction('two items of one id');
      this.#named.set(name, call);
    }
    if (at !== undefined) this.#items.set(at, call);
    return call;
  }

  #done(value: unknown): CallsSaid | undefined {
    const item = child(value, 'item');
    const at = placeOf(value);
    const said = readItem(item);
    const known = this.#items.get(at);
    if (!said && !known) return undefined;
    if (!said || (this.#items.has(at) && !known)) contradiction('an item that changed');
    const call = known ?? this.#newCall(item, at, indexOf(value));
    if (this.#named.get(idOf(item) ?? '') !== call && idOf(item) !== undefined)
      contradiction('an id that changed');
    return this.#whole(call, said, ITEM);
  }

  /** A call as an item says it; the same again changes nothing. */
  #whole(call: ToolCall, said: AnswerCall, at: Place | undefined): CallsSaid {
    const { raw } = call;
    if (raw) {
      if (said.kind !== raw.kind || said.name !== raw.name || said.place !== raw.place)
        contradiction('an item that changed');
      const isSame = said.arguments === raw.arguments;
      if (isSame) return { touched: [call], whole: [] };
      // Upstream fills in what it found on the way: it is judged again.
      if (said.kind !== 'typed') contradiction('an item that changed');
    }
    call.hearItem(said);
    call.raw = said;
    call.isOver = true;
    if (call.hasPieces && said.kind !== 'typed' && call.heard !== said.arguments)
      contradiction('arguments that changed');
    return { touched: [call], whole: [{ call, at }] };
  }

  /** The response so far, with the items in it. */
  #repeated(body: JsonBody): CallsSaid | undefined {
    const placed = findAnswerCalls(body);
    if (placed.length === 0) return undefined;
    const touched: ToolCall[] = [];
    const whole: CallsSaid['whole'][number][] = [];
    for (const { call: said, at } of placed) {
      const item = valueAt(body.value, at);
      const call = this.#known(item, at) ?? this.#newCall(item, undefined);
      const found = this.#whole(call, said, at);
      touched.push(...found.touched);
      whole.push(...found.whole);
    }
    return { touched, whole };
  }

  /** By its id, or else by its place. */
  #known(item: unknown, at: Place | undefined): ToolCall | undefined {
    const name = idOf(item);
    return name === undefined ? this.#items.get(` ${String(at?.key)}`) : this.#named.get(name);
  }

  #part(type: string, value: unknown, pieces: readonly PlacedPiece[]): CallsSaid | undefined {
    const call = this.#of(value);
    if (!call) return OF_CALL.test(type) ? contradiction('a part of one that nobody announced') : undefined;
    if (call.isOver) contradiction('more of one that was over');
    if (ARGUMENTS.test(type)) {
      call.hearName(child(value, 'name') ?? '');
      for (const { piece, at } of pieces) if (at?.key === 'delta' && !at.parent) call.push(piece);
      const whole = child(value, 'arguments') ?? child(value, 'input');
      if (type.endsWith('.done') && whole !== call.heard) contradiction('arguments that changed');
    }
    return { touched: [call], whole: [] };
  }

  #of(value: unknown): ToolCall | undefined {
    const at = child(value, 'output_index');
    const id = child(value, 'item_id');
    const byPlace = typeof at === 'number' ? this.#items.get(placeOf(value)) : undefined;
    const byId = typeof id === 'string' ? this.#named.get(id) : undefined;
    const isSame = byPlace === byId || at === undefined || id === undefined;
    return isSame ? (byPlace ?? byId) : contradiction('two items in one event');
  }

  /**
   * The event without the calls that were cut: a note in their place, and nothing of what was on the way.
   * @returns undefined where nothing of it is left
   */
  cut(body: JsonBody, source: string): string | undefined {
    const { value } = body;
    const type = child(value, 'type');
    if (typeof type !== 'string') return source;
    if (isRecord(child(value, 'response'))) return this.#cutRepeated(body, source);
    const call = this.#of(value) ?? this.#known(child(value, 'item'), undefined);
    if (call?.state !== 'cut') return source;
    if (!type.startsWith('response.output_item.') || !isRecord(value)) return undefined;
    const item = noteItem(value['item'], call.code ?? '', type.endsWith('.added'));
    return JSON.stringify({ ...value, item });
  }

  #cutRepeated(body: JsonBody, source: string): string {
    const codes = findAnswerCalls(body).map(({ at }) => {
      const call = this.#known(valueAt(body.value, at), at);
      return call?.state === 'cut' ? (call.code ?? '') : undefined;
    });
    return codes.some((code) => code !== undefined) ? withoutCalls(body, (nth) => codes[nth]) : source;
  }
}

/** Its response, where events say it, and its place in that. */
function placeOf(value: unknown): string {
  const response = child(value, 'response_id');
  return `${typeof response === 'string' ? response : ''} ${indexOf(value)}`;
}

function indexOf(value: unknown): number {
  const at = child(value, 'output_index');
  if (typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < INDEX_MAX) return at;
  return contradiction('an item without a place');
}

/** What names it throughout a stream. */
function idOf(item: unknown): string | undefined {
  const id = child(item, 'id') ?? child(item, 'call_id');
  return typeof id === 'string' && id !== '' ? id : undefined;
}
