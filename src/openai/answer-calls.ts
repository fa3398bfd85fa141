/**
 * The calls of tools that an answer makes, wherever one stands: in messages of chat, as items of Responses, in runs. Takes
 * for a call whatever may be one; what it says is read elsewhere.
 */
import type { JsonBody, Leaf, Place } from './body.ts';
import { child, isRecord } from './child.ts';
import { valueAt } from './json-place.ts';
import { isCallersOwn } from './objects.ts';

type Fields = Readonly<Record<string | number, unknown>>;

/** One call, whole. Plain data. */
export interface AnswerCall {
  /** `remote`: an MCP server carries it out. `typed`: a tool of OpenAI's own, or one that nobody knows. */
  readonly kind: 'function' | 'remote' | 'typed';
  /** Of a typed one its type, as it is declared; '' where it says none. */
  readonly name: string;
  /** MCP server or namespace that a tool of this name is of, where one is said. */
  readonly place?: string | undefined;
  /** As the model wrote them; of a typed one the item as JSON, without its id, its state and what came of it. */
  readonly arguments: string;
  readonly form: 'json' | 'text';
}

/** A call, and where it stands: an element of a list, or a member. */
export interface PlacedCall {
  readonly call: AnswerCall;
  readonly at: Place | undefined;
}

/** Items that are a call of a type, and the type as requests declare it. */
const TYPED: ReadonlyMap<string, string> = new Map([
  ['computer_call', 'computer'],
  ['program', 'programmatic_tool_calling'],
]);
/** Items that are none, whatever is in them. */
const NO_CALLS =
  /^(?:message|reasoning|compaction|additional_tools|mcp_list_tools|mcp_approval_response|item_reference|[a-z_]{1,64}_output)$/;
/** What an item of an unknown type has if it asks for something to be done. */
const ACTING = ['call_id', 'arguments', 'action', 'actions', 'operation', 'command', 'commands'];
/** Functions of the caller's own, and what servers carry out. */
const NAMED: ReadonlyMap<string, { readonly kind: AnswerCall['kind']; readonly field: string }> = new Map([
  ['function_call', { kind: 'function', field: 'arguments' }],
  ['custom_tool_call', { kind: 'function', field: 'input' }],
  ['mcp_call', { kind: 'remote', field: 'arguments' }],
  ['mcp_approval_request', { kind: 'remote', field: 'arguments' }],
]);

/** In the order of the answer. Linear in its strings; next to nothing where none is made. */
export function findAnswerCalls(body: JsonBody): PlacedCall[] {
  const found: PlacedCall[] = [];
  for (const leaf of body.leaves) {
    const { at, value } = leaf;
    if (!at) continue;
    if (leaf.isKey) {
      if (value === 'tool_calls') listed(body, at, found);
      else if (value === 'function_call') legacy(body, at, found);
    } else if (at.key === 'type') typed(body, leaf, at.parent, found);
  }
  return found;
}

function listed(body: JsonBody, list: Place, found: PlacedCall[]): void {
  const calls = valueAt(body.value, list);
  if (!Array.isArray(calls) || isCallersOwn(list)) return;
  for (const [key, call] of calls.entries())
    found.push({ call: readToolCall(call), at: { parent: list, key } });
}

function legacy(body: JsonBody, at: Place, found: PlacedCall[]): void {
  const call = valueAt(body.value, at);
  if (isRecord(call) && !isCallersOwn(at)) found.push({ call: named('function', call, 'arguments'), at });
}

/** Root, an element of a list, or what an event calls its item. */
function typed(body: JsonBody, { value: type }: Leaf, at: Place | undefined, found: PlacedCall[]): void {
  const isItem = at === undefined || at.key === 'item' || typeof at.key === 'number';
  if (!isItem || at?.parent?.key === 'tool_calls' || (at && isCallersOwn(at))) return;
  const item = valueAt(body.value, at);
  const isListed = at?.key === 'item' || at?.parent?.key === 'output';
  if (!isListed && !type.endsWith('_call') && !NAMED.has(type) && type !== 'program') return;
  const call = readItem(item);
  if (call) found.push({ call, at });
}

/** An element of `tool_calls`; without its index, which only streams have. */
export function readToolCall(call: unknown): AnswerCall {
  const fn = child(call, 'function');
  const custom = child(call, 'custom');
  if (isRecord(fn) && !isRecord(custom)) return named('function', fn, 'arguments');
  if (isRecord(custom) && !isRecord(fn)) return named('function', custom, 'input');
  const type = child(call, 'type');
  const isBoth = fn !== undefined || custom !== undefined || type === 'function' || type === 'custom';
  return typedCall(isBoth || typeof type !== 'string' ? '' : type, call);
}

/** An item of Responses; undefined for one that is no call. */
export function readItem(item: unknown): AnswerCall | undefined {
  const type = child(item, 'type');
  if (!isRecord(item) || typeof type !== 'string' || NO_CALLS.test(type)) return undefined;
  const shape = NAMED.get(type);
  if (shape) return named(shape.kind, item, shape.field);
  const known = TYPED.get(type);
  if (known !== undefined) return typedCall(known, item);
  if (type.endsWith('_call')) return typedCall(type.slice(0, -'_call'.length), item);
  return ACTING.some((name) => Object.hasOwn(item, name)) ? typedCall(type, item) : undefined;
}

/** What is no string has no name, and no reading as arguments. */
function named(kind: AnswerCall['kind'], holder: Fields, field: string): AnswerCall {
  const place = holder[kind === 'remote' ? 'server_label' : 'namespace'];
  return {
    kind,
    name: textOf(holder['name']),
    ...(typeof place === 'string' && { place }),
    arguments: textOf(holder[field]),
    form: field === 'input' ? 'text' : 'json',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function typedCall(type: string, item: unknown): AnswerCall {
  const asked = isRecord(item) ? Object.entries(item).filter(([name]) => !RESULTS.has(name)) : [];
  return { kind: 'typed', name: type, arguments: JSON.stringify(Object.fromEntries(asked)), form: 'json' };
}
const RESULTS = new Set(['id', 'status', 'result', 'results', 'output', 'outputs', 'created_by']);
