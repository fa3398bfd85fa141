/**
 * What a JSON body says of tools: those it declares, wherever the description types a field as a list of them; those it
 * makes the model choose; the calls it repeats. Too many rather than too few; schemas and metadata are the caller's own.
 */
import type { JsonBody, Leaf, Place } from './body.ts';
import { child, isRecord } from './child.ts';
import { valueAt } from './json-place.ts';
import { isCallersOwn } from './objects.ts';

type Fields = Readonly<Record<string | number, unknown>>;

/** One thing a body says of tools, and where. */
export type ToolUse = { readonly at: Place | undefined } & (
  | { readonly kind: 'function'; readonly name: string }
  /** Of another type than a function; `fields` is empty where only its type is said. */
  | { readonly kind: 'typed'; readonly type: string; readonly fields: Fields }
  | { readonly kind: 'server'; readonly fields: Fields }
  /** Names that are neither declared here nor called: a namespace, what a server offers or may be asked for. */
  | { readonly kind: 'mention'; readonly name: string }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: string;
      readonly form: 'json' | 'text';
      /** Carried out by an MCP server. */
      readonly remote: boolean;
    }
  /** Calls that one answer made. */
  | { readonly kind: 'calls'; readonly count: number }
);

/** What a key starts; the value decides what it is. */
const KEYS: ReadonlyMap<string, (value: unknown, at: Place, body: JsonBody) => ToolUse[]> = new Map([
  ['tools', listed],
  ['functions', listed],
  ['additional_tools', listed],
  ['tool_choice', chosen],
  ['function_call', legacyCall],
  ['tool_calls', calls],
  ['web_search_options', (value, at) => (isRecord(value) ? [typed('web_search', at)] : [])],
  ['network_policy', networked],
]);
/** Types of items that are a call, and which field holds what it was called with. */
const CALL_ITEMS: ReadonlyMap<string, { readonly field: string; readonly remote: boolean }> = new Map([
  ['function_call', { field: 'arguments', remote: false }],
  ['custom_tool_call', { field: 'input', remote: false }],
  ['mcp_call', { field: 'arguments', remote: true }],
  ['mcp_approval_request', { field: 'arguments', remote: true }],
]);
/** Where a call of chat has its name, and what it was called with. */
const CALL_SHAPES = [
  ['function', 'arguments', 'json'],
  ['custom', 'input', 'text'],
] as const;
/** Types that name a function; none at all is one as well. */
const FUNCTIONS: ReadonlySet<unknown> = new Set([undefined, null, 'function', 'custom']);

/** In the order of the body. Linear in its leaves; a body that says nothing of tools costs a look-up a key. */
export function findToolUses(body: JsonBody): readonly ToolUse[] {
  const found: ToolUse[] = [];
  const run = new Run(found);
  for (const leaf of body.leaves) {
    const { at } = leaf;
    if (!at) continue;
    if (leaf.isKey) {
      const read = KEYS.get(leaf.value);
      if (!read || isCallersOwn(at)) continue;
      // One by one: of more than some 100,000, a call would have too many arguments.
      for (const use of read(valueAt(body.value, at), at, body)) found.push(use);
    } else if (at.key === 'type') {
      const item = callItem(leaf, body);
      if (item) run.add(item);
    }
  }
  return found;
}

/** Items that are calls, and stand one after the other, are of one answer. */
class Run {
  private readonly found: ToolUse[];
  private last: Place | undefined;
  private count = 0;
  constructor(found: ToolUse[]) {
    this.found = found;
  }
  add(call: ToolUse): void {
    const { at } = call;
    const follows =
      typeof at?.key === 'number' && this.last?.parent === at.parent && this.last?.key === at.key - 1;
    this.count = follows ? this.count + 1 : 1;
    this.last = at;
    this.found.push(call, { kind: 'calls', count: this.count, at });
  }
}

function callItem({ at, value: type }: Leaf, body: JsonBody): ToolUse | undefined {
  const shape = CALL_ITEMS.get(type);
  if (!shape || isCallersOwn(at)) return undefined;
  const item = valueAt(body.value, at?.parent);
  const name = child(item, 'name');
  // A tool that is chosen is of such a type too, and was not called.
  if (typeof name !== 'string' || child(item, shape.field) === undefined) return undefined;
  const form = shape.field === 'input' ? 'text' : 'json';
  return {
    kind: 'call',
    name,
    arguments: textIn(item, shape.field),
    form,
    remote: shape.remote,
    at: at?.parent,
  };
}

/** What is no string has no reading as arguments. */
function textIn(holder: unknown, field: string): string {
  const value = child(holder, field);
  return typeof value === 'string' ? value : '';
}

function typed(type: string, at: Place, fields: Fields = {}): ToolUse {
  return { kind: 'typed', type, fields, at };
}

function listed(list: unknown, place: Place, body: JsonBody): ToolUse[] {
  if (!Array.isArray(list)) return [];
  // What a server has offered before is no declaration.
  const offered = child(valueAt(body.value, place.parent), 'type') === 'mcp_list_tools';
  const isChoice = isInChoice(place);
  return list.flatMap((tool: unknown, key) => {
    const at = { parent: place, key };
    if (typeof tool === 'string') return [typed(tool, at)];
    if (!isRecord(tool)) return [];
    return offered ? mentions([tool['name']], at) : declared(tool, at, isChoice);
  });
}

function isInChoice(place: Place): boolean {
  for (let at: Place | undefined = place; at; at = at.parent) if (at.key === 'tool_choice') return true;
  return false;
}

function declared(tool: Fields, at: Place, isChoice: boolean): ToolUse[] {
  const { type } = tool;
  const names = [tool['name'], child(tool['function'], 'name'), child(tool['custom'], 'name')];
  if (type === 'namespace') return mentions(names, at);
  if (type === 'mcp') {
    // A choice names the server by its label alone; where it is, was declared.
    const server: ToolUse = isChoice ? typed('mcp', at) : { kind: 'server', fields: tool, at };
    return [server, ...mentions([...names, ...allowedNames(tool['allowed_tools'])], at)];
  }
  const functions = names.flatMap((name) =>
    typeof name === 'string' ? [{ kind: 'function' as const, name, at }] : [],
  );
  if (functions.length > 0 && FUNCTIONS.has(type)) return functions;
  return [typed(typeof type === 'string' ? type : '', at, tool), ...functions];
}

function mentions(names: readonly unknown[], at: Place): ToolUse[] {
  return names.flatMap((name) => (typeof name === 'string' ? [{ kind: 'mention' as const, name, at }] : []));
}

function allowedNames(filter: unknown): readonly unknown[] {
  const names: unknown = Array.isArray(filter) ? filter : child(filter, 'tool_names');
  return Array.isArray(names) ? names : [];
}

/** Words such as `auto` choose nothing; a list inside has a key of its own. */
function chosen(choice: unknown, at: Place): ToolUse[] {
  if (!isRecord(choice) || choice['type'] === 'allowed_tools') return [];
  return declared(choice, at, true);
}

/** As it was before tools: the function to be called, or the call that was made. */
function legacyCall(call: unknown, at: Place): ToolUse[] {
  const name = child(call, 'name');
  if (typeof name !== 'string') return [];
  return child(call, 'arguments') === undefined
    ? [{ kind: 'function', name, at }]
    : [{ kind: 'call', name, arguments: textIn(call, 'arguments'), form: 'json', remote: false, at }];
}

/** Of a message: all calls of one answer. */
function calls(list: unknown, place: Place): ToolUse[] {
  if (!Array.isArray(list)) return [];
  const found: ToolUse[] = [];
  list.forEach((call: unknown, key) => {
    const at = { parent: place, key };
    for (const [holder, field, form] of CALL_SHAPES) {
      const inner = child(call, holder);
      const name = child(inner, 'name');
      if (typeof name !== 'string') continue;
      found.push({ kind: 'call', name, arguments: textIn(inner, field), form, remote: false, at });
    }
  });
  found.push({ kind: 'calls', count: list.length, at: place });
  return found;
}

/** A container that may reach the network, wherever it is asked for. */
function networked(policy: unknown, at: Place): ToolUse[] {
  const isOff = policy === null || child(policy, 'type') === 'disabled';
  return isOff ? [] : [{ kind: 'typed', type: 'code_interpreter', fields: { network_policy: policy }, at }];
}
