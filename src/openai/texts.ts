/**
 * Every string of a request body, with what is known of it before it is screened: who said it, whether it may be
 * rewritten, which turn it belongs to. Leaves nothing out: what is not found here would reach upstream unseen.
 */
import type { Trust } from '../base/finding.ts';
import type {
  Body,
  JsonBody,
  Leaf,
  MultipartBody,
  MultipartField,
  MultipartFile,
  Place,
  Text,
} from './body.ts';
import type { Endpoint } from './endpoint.ts';
import { type FieldClass, FREE_FORM, fieldClass, SCHEMAS, textClass } from './fields.ts';
import { child } from './child.ts';
import { pointer } from './json-place.ts';
import type { Match } from './route.ts';

/** Top-level arrays whose elements are turns; the last two in lines of fine-tuning. */
const TURNS = new Set([
  'messages',
  'input',
  'items',
  'prompt',
  'additional_messages',
  'tool_outputs',
  'preferred_output',
  'non_preferred_output',
]);
/** Objects at the top that hold turns of their own: a thread, a realtime session or response, the input of a line. */
const HOLDERS = new Set(['thread', 'session', 'response', 'input']);
const SYSTEM_FIELDS = new Set(['instructions', 'additional_instructions']);
/** Who is heard in a field at the top of a body; `by role`: each turn in it says so itself. */
export function heardIn(name: string): Trust | 'by role' {
  if (SYSTEM_FIELDS.has(name)) return 'system';
  if (name === 'tool_outputs') return 'tool';
  return TURNS.has(name) ? 'by role' : 'user';
}

/** Items whose content came from outside of the conversation, besides all that end in `_output`. */
const TOOL_ITEMS = new Set([
  'file_search_call',
  'web_search_call',
  'code_interpreter_call',
  'mcp_call',
  'mcp_list_tools',
]);

/**
 * The texts of a body, in its order. Of JSON one text a leaf, at the leaf's own index. Of multipart: name and value of
 * each field; name, file name, content type and content of each file (opaque and empty if it is not read). Of JSON
 * lines one text a leaf, with its token; else only the value or the content of a part is ever prose.
 * A single `input` or `prompt` string is turn 0. About 50 ns a leaf; pointers are made when they are read.
 */
export function findTexts(_endpoint: Endpoint, body: Body): readonly Text[] {
  return body.kind === 'json' ? jsonTexts(body) : multipartTexts(body);
}

/** What operators of an application wrote for the model alone. */
export function systemTexts(texts: readonly Text[]): string[] {
  return texts.filter((text) => text.trust === 'system' && text.class === 'prose').map(({ text }) => text);
}

/** Path parameters and query of a call, all tokens with index -1: they reach upstream as well. */
export function findTargetTexts(match: Match): readonly Text[] {
  return [
    ...Object.entries(match.params).map(([name, value]) => token(name, value)),
    ...match.query.flatMap(([key, value]) => [token(key, key), token(key, value)]),
  ];
}

function token(at: string, text: string): Text {
  return plain(text, 'token', at, -1);
}

/** What is known of everything directly inside one object or array. */
interface Scope {
  readonly value: unknown;
  /** Of strings that stand in it by number, and the class of all strings where `kind` says so. */
  readonly field: FieldClass;
  readonly kind: 'plain' | 'root' | 'turns' | 'thread' | 'free-form' | 'schema';
  readonly trust: Trust;
  readonly turn: number;
}

class LeafText implements Text {
  readonly text: string;
  readonly trust: Trust;
  readonly class: Text['class'];
  readonly index: number;
  readonly turn: number;
  readonly #at: Place | undefined;
  constructor(leaf: Leaf, kind: Text['class'], trust: Trust, index: number, turn: number) {
    this.text = leaf.value;
    this.trust = trust;
    this.class = kind;
    this.index = index;
    this.turn = turn;
    this.#at = leaf.at;
  }
  get pointer(): string {
    return pointer(this.#at);
  }
}

function jsonTexts(body: JsonBody): readonly Text[] {
  const root: Scope = { value: body.value, field: 'prose', kind: 'root', trust: 'user', turn: -1 };
  const scopes = new Map<Place, Scope>();
  const scopeOf = (place: Place | undefined): Scope => {
    if (!place) return root;
    let scope = scopes.get(place);
    if (!scope) scopes.set(place, (scope = enter(scopeOf(place.parent), place.key)));
    return scope;
  };
  let last: Place | undefined;
  let scope = root;
  return body.leaves.map((leaf, index) => {
    const parent = leaf.at?.parent;
    if (parent !== last) {
      last = parent;
      scope = scopeOf(parent);
    }
    if (leaf.isKey) return new LeafText(leaf, 'token', scope.trust, index, scope.turn);
    return leafText(leaf, scope, index);
  });
}

function leafText(leaf: Leaf, scope: Scope, index: number): Text {
  const key = leaf.at?.key;
  if (typeof key !== 'string') {
    const turn = scope.kind === 'turns' && key !== undefined ? key : scope.turn;
    return new LeafText(leaf, textClass(scope.field, leaf.value), scope.trust, index, turn);
  }
  if (scope.kind === 'schema') {
    return new LeafText(leaf, key === 'description' ? 'prose' : 'token', scope.trust, index, scope.turn);
  }
  const field = scope.kind === 'free-form' ? 'prose' : fieldClass(key);
  let { trust, turn } = scope;
  if (scope.kind === 'root') {
    if (SYSTEM_FIELDS.has(key)) trust = 'system';
    if (TURNS.has(key)) turn = 0;
  } else if (key === 'instructions' && scope.kind === 'thread') trust = 'system';
  return new LeafText(leaf, textClass(field, leaf.value), trust, index, turn);
}

/** The scope of what stands at `key` of another scope. */
function enter(outer: Scope, key: string | number): Scope {
  const value = child(outer.value, key);
  const { trust, turn } = outer;
  if (typeof key === 'number') {
    if (outer.kind !== 'turns') {
      const kind = outer.kind === 'schema' ? 'schema' : 'plain';
      return { value, field: outer.field, kind, trust, turn };
    }
    return {
      value,
      field: outer.field,
      kind: 'plain',
      trust: trust === 'tool' ? trust : trustOf(value),
      turn: key,
    };
  }
  if (outer.kind === 'schema') return { value, field: 'token', kind: 'schema', trust, turn };
  const field = outer.kind === 'free-form' ? 'prose' : fieldClass(key);
  const turns = Array.isArray(value) && (outer.kind === 'root' || outer.kind === 'thread') && TURNS.has(key);
  if (turns) return { value, field, kind: 'turns', trust: key === 'tool_outputs' ? 'tool' : trust, turn };
  // A caller's own name says nothing of what stands in it.
  if (SCHEMAS.has(key) && outer.kind !== 'free-form')
    return { value, field: 'token', kind: 'schema', trust, turn };
  if (FREE_FORM.has(key)) return { value, field: 'prose', kind: 'free-form', trust, turn };
  // The body of a call that is a line of a batch.
  if (outer.kind === 'root' && key === 'body') return { value, field, kind: 'root', trust, turn };
  // The one item of a realtime event is a turn.
  if (outer.kind === 'root' && key === 'item' && child(outer.value, 'type') === 'conversation.item.create')
    return { value, field, kind: 'plain', trust: trustOf(value), turn: 0 };
  const inner = outer.kind === 'root' && HOLDERS.has(key);
  return { value, field, kind: inner ? 'thread' : 'plain', trust, turn };
}

function trustOf(item: unknown): Trust {
  const role = child(item, 'role');
  const type = child(item, 'type');
  if (role === 'tool' || role === 'function') return 'tool';
  if (typeof type === 'string' && (TOOL_ITEMS.has(type) || type.endsWith('_output'))) return 'tool';
  return role === 'system' || role === 'developer' ? 'system' : 'user';
}

function plain(text: string, kind: Text['class'], at: string, index: number, trust: Trust = 'user'): Text {
  return { text, trust, class: kind, pointer: at, index, turn: -1 };
}

function multipartTexts(body: MultipartBody): readonly Text[] {
  return body.parts.flatMap((part, index) => {
    const name = plain(part.name, 'token', part.name, index);
    return [name, ...('bytes' in part ? fileTexts(part, index) : [fieldText(part, index)])];
  });
}

/** One text a leaf of a file of JSON lines; undefined for any other. */
function lineTexts({ name, documents }: MultipartFile, index: number): Text[] | undefined {
  return documents?.flatMap(({ body, at }) =>
    jsonTexts(body).map((text, position) => {
      const { start, end } = body.leaves[position] ?? { start: 0, end: 0 };
      const { trust, turn } = text;
      return {
        text: text.text,
        trust,
        class: text.class,
        pointer: name,
        index,
        turn,
        token: [at + start, at + end],
      };
    }),
  );
}

function fieldText(part: MultipartField, index: number): Text {
  const [base = '', ...members] = part.name.replaceAll(']', '').split('[');
  const field = FREE_FORM.has(base)
    ? 'prose'
    : fieldClass(members.findLast((member) => member !== '') ?? base);
  const trust = SYSTEM_FIELDS.has(part.name) ? 'system' : 'user';
  return plain(part.value, textClass(field, part.value), part.name, index, trust);
}

/** A document speaks for whoever wrote it, not for the caller; lines are read as the calls they are. */
function fileTexts(part: MultipartFile, index: number): Text[] {
  const { text } = part;
  const content =
    text === undefined
      ? plain('', 'opaque', part.name, index)
      : plain(text, 'prose', part.name, index, 'tool');
  return [
    plain(part.filename, 'token', part.name, index),
    plain(part.contentType, 'token', part.name, index),
    ...(lineTexts(part, index) ?? [content]),
  ];
}
