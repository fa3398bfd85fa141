/**
 * Takes calls out of an answer so that what is left is one that OpenAI could have given: a list without them, a message
 * where an item of Responses was, an end that no call is waited for at. Writes the JSON of such an answer anew.
 */
import { findAnswerCalls } from './answer-calls.ts';
import type { JsonBody, Place } from './body.ts';
import { child, isRecord } from './child.ts';
import { valueAt } from './json-place.ts';

type Fields = Record<string | number, unknown>;

/** What is told instead of a call: never its name. */
export function noteOf(code: string): string {
  return `[A tool call was taken out: ${code}]`;
}

/** Ends that say the answer waits for a call. */
const CALLING = new Set<unknown>(['tool_calls', 'function_call']);

/**
 * A whole answer, or an event that repeats one, without some of its calls.
 * @param codeOf why the nth call, in the order of `findAnswerCalls`, goes; undefined for one that stays
 */
export function withoutCalls(body: JsonBody, codeOf: (nth: number) => string | undefined): string {
  const { value } = body;
  let root: unknown = value;
  const lists = new Set<Place>();
  for (const [nth, { at }] of findAnswerCalls(body).entries()) {
    const code = codeOf(nth);
    if (code === undefined) continue;
    const holder = valueAt(value, at?.parent);
    if (at?.key === 'function_call' && isRecord(holder)) cutLegacy(holder, code);
    else if (at?.parent?.key === 'tool_calls' && Array.isArray(holder)) {
      Reflect.deleteProperty(holder, at.key);
      lists.add(at.parent);
      addNote(valueAt(value, at.parent.parent), code);
    } else if (at === undefined) root = noteItem(value, code);
    else set(holder, at.key, noteItem(valueAt(value, at), code));
  }
  for (const list of lists) closeList(value, list);
  for (const choice of choicesOf(value)) endChoice(choice);
  return JSON.stringify(root);
}

/** Elements that were cut are holes by now. */
function closeList(value: unknown, list: Place): void {
  const holder = valueAt(value, list.parent);
  const calls = child(holder, list.key);
  if (!isRecord(holder) || !Array.isArray(calls)) return;
  const left = calls.filter(() => true);
  if (left.length > 0) set(holder, list.key, left);
  else drop(holder, String(list.key));
}

function cutLegacy(message: Fields, code: string): void {
  drop(message, 'function_call');
  addNote(message, code);
}

/** Of a message of chat; elsewhere there is no place for it. */
function addNote(message: unknown, code: string): void {
  if (!isRecord(message) || !Object.hasOwn(message, 'content')) return;
  const { content } = message;
  const note = noteOf(code);
  if (content === null || content === '') set(message, 'content', note);
  else if (typeof content === 'string') set(message, 'content', `${content}\n${note}`);
}

/**
 * The item that stands for one that was cut: the same id at the same place, so that whoever counts items goes on.
 * @param isBegun it is announced, and says nothing yet
 */
export function noteItem(item: unknown, code: string, isBegun = false): Fields {
  const part = { type: 'output_text', text: noteOf(code), annotations: [], logprobs: [] };
  return {
    id: child(item, 'id') ?? null,
    type: 'message',
    status: isBegun ? 'in_progress' : 'completed',
    role: 'assistant',
    content: isBegun ? [] : [part],
  };
}

function choicesOf(value: unknown): unknown[] {
  const lists = [value, ...asList(child(value, 'data'))].map((one) => asList(child(one, 'choices')));
  return lists.flat();
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function endChoice(choice: unknown): void {
  if (!isRecord(choice) || !CALLING.has(choice['finish_reason'])) return;
  const message = choice['message'];
  if (asList(child(message, 'tool_calls')).length > 0 || isRecord(child(message, 'function_call'))) return;
  set(choice, 'finish_reason', 'stop');
}

/** Whether this end is for the sake of calls. */
export function isCallingEnd(reason: unknown): boolean {
  return CALLING.has(reason);
}

function set(holder: unknown, key: string | number, value: unknown): void {
  if (typeof holder === 'object' && holder !== null) Object.assign(holder, { [key]: value });
}

function drop(holder: Fields, key: string): void {
  Reflect.deleteProperty(holder, key);
}
