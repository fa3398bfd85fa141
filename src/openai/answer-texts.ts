/**
 * Every string of one event of an answer, with what it is: a piece of a text that comes in pieces, a whole text, an id,
 * sealed content. A plain JSON answer is one such event. Leaves nothing out; what is not known is a text.
 */
import type { JsonBody, Leaf, Place } from './body.ts';
import { child } from './child.ts';
import { checkEchoes } from './echoes.ts';
import { FREE_FORM, fieldClass, textClass } from './fields.ts';

/**
 * `piece`: goes on the text of its channel. `text`: stands by itself. `token`: may not be rewritten. `opaque`: not read.
 * `echo`: of log probabilities or of single words, says again what a text says.
 */
export type AnswerTextKind = 'piece' | 'text' | 'token' | 'opaque' | 'echo';

export interface AnswerText {
  readonly leaf: Leaf;
  readonly kind: AnswerTextKind;
  /** Of pieces and echoes: which text they are of, among all of this answer. */
  readonly channel: string;
  /** The text is JSON by its nature: the arguments of a call. */
  readonly isJson: boolean;
  /** The model's own words: shown, or given to a tool. What only echoes the request is none. */
  readonly isSaid: boolean;
  /** Somebody's page shows it. */
  readonly isRendered: boolean;
}

/** One event, read. */
export interface AnswerEvent {
  readonly body: JsonBody;
  /** In the order of the event; keys among them, as tokens. */
  readonly texts: readonly AnswerText[];
  /** Texts that this event ends: those whose channel begins so; '' all of them. */
  readonly ends: readonly string[];
  /** False: its type is none that OpenAI describes. */
  readonly isKnown: boolean;
}

/** Types of events as OpenAI names them, of Responses, sound, images and threads. */
const KNOWN_TYPE =
  /^(?:response|speech|transcript|image_generation|image_edit|thread)\.[a-z_.]{0,80}(?:delta|done|added|created|completed|in_progress|searching|interpreting|generating|incomplete|failed|queued|partial_image|requires_action|cancelling|cancelled|expired|step|segment)$|^(?:error|keepalive|done)$/;
/** Of live sessions, beside those. */
const LIVE_TYPE =
  /^(?:(?:transcription_)?session\.(?:created|updated)|conversation\.created|conversation\.item\.(?:added|created|done|retrieved|deleted|truncated|input_audio_transcription\.(?:delta|completed|failed|segment))|input_audio_buffer\.(?:committed|cleared|speech_started|speech_stopped|timeout_triggered|dtmf_event_received)|output_audio_buffer\.(?:started|stopped|cleared)|rate_limits\.updated|response\.(?:created|done)|mcp_list_tools\.(?:in_progress|completed|failed))$/;
/** What an event without a type has: chat, an error, a thread. */
const UNTYPED = ['choices', 'error', 'object'];
/** Speech, as base64. */
const SOUND = /^response\.(?:output_)?audio\.delta /;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const LAST_TYPE = /^(?:response\.(?:completed|incomplete|failed)|error|(?:speech|transcript)\.[a-z_.]*done)$/;
/** Random letters that hide the length of an event. */
const PADDING = /^[A-Za-z0-9]{0,256}$/;

/** @param body of `parseAnswer` @throws upstream.invalid_answer for log probabilities whose bytes say something else */
export function readAnswerEvent(body: JsonBody): AnswerEvent {
  const { value } = body;
  checkEchoes(body);
  const type = child(value, 'type');
  const isTyped = typeof type === 'string' && !Array.isArray(child(value, 'choices'));
  const isKnown = isTyped
    ? KNOWN_TYPE.test(type) || LIVE_TYPE.test(type)
    : UNTYPED.some((name) => has(value, name));
  const from: Origin = { value, base: isTyped ? `${type} ${idsOf(value)}` : '', isKnown };
  return {
    body,
    texts: body.leaves.map((leaf) => read(leaf, from)),
    ends: isTyped ? endedBy(type, value) : endedChoices(value),
    isKnown,
  };
}

/**
 * The whole of a JSON answer: no string in it is a piece of another one's text.
 * @throws upstream.invalid_answer for log probabilities whose bytes say something else
 */
export function readWholeAnswer(body: JsonBody): AnswerEvent {
  checkEchoes(body);
  return { body, texts: body.leaves.map(whole), ends: [], isKnown: true };
}

/** Texts of answers; a source that is cited, or what a tool is called with, is none. */
const RENDERED = new Set([
  'content',
  'reasoning_content',
  'text',
  'delta',
  'refusal',
  'value',
  'output_text',
  'summary',
  'transcript',
]);
/** What tools are called with. */
const GIVEN = new Set(['arguments', 'input', 'code']);
/** Code, and what tools are called with. */
const NOT_SHOWN = /_(?:input|code|arguments)\./;

/** What holds what a call was asked with, and whose answer repeats it. */
const ASKED = new Set(['response', 'session', 'data']);
const SYSTEM_ROLES: readonly unknown[] = ['system', 'developer'];

/** Whether a text of an answer repeats the system text of whoever asked: its `instructions`, or a message in its place. */
export function repeatsSystem({ at }: Leaf, { value }: JsonBody): boolean {
  let holder = value;
  let isAsked = true;
  for (const key of keysOf(at)) {
    if (SYSTEM_ROLES.includes(child(holder, 'role')) || (isAsked && key === 'instructions')) return true;
    isAsked &&= typeof key === 'number' || ASKED.has(key);
    holder = child(holder, key);
  }
  return false;
}

interface Origin {
  readonly value: unknown;
  /** What the channels of a typed event begin with; '' where choices tell them apart. */
  readonly base: string;
  readonly isKnown: boolean;
}

function read(leaf: Leaf, { value, base, isKnown }: Origin): AnswerText {
  const own = whole(leaf);
  if (own.kind === 'opaque' || own.kind === 'token') return own;
  const keys = keysOf(leaf.at);
  const inChoice = keys[0] === 'choices' && typeof keys[1] === 'number';
  const root = inChoice
    ? `choice ${indexOf(child(child(value, 'choices'), keys[1] ?? 0), keys[1] ?? 0)}`
    : base;
  if (own.kind === 'echo') return { ...own, channel: `${root} echo` };
  const at = inChoice ? 2 : 0;
  const isText = inChoice && keys.length === 3 && keys[2] === 'text';
  if (keys[at] !== 'delta' && !isText && isKnown) return own;
  if (keys.length === 1 && SOUND.test(base) && BASE64.test(leaf.value)) return { ...own, kind: 'opaque' };
  const channel = `${root} ${pathOf(value, keys, at)}`;
  const isJson = own.isJson || (keys.length === 1 && base.includes('arguments'));
  const isRendered = own.isRendered && !isJson && !NOT_SHOWN.test(base);
  return { leaf, kind: 'piece', channel, isJson, isSaid: true, isRendered };
}

/** A leaf by its name alone. Nothing is made for it but what is told: an answer has dozens. */
function whole(leaf: Leaf): AnswerText {
  if (leaf.isKey)
    return { leaf, kind: 'token', channel: '', isJson: false, isSaid: false, isRendered: false };
  const name = nameOf(leaf.at);
  const kind = kindOf(leaf, name);
  const isRendered = RENDERED.has(name);
  const isSaid = isRendered || GIVEN.has(name);
  return { leaf, kind, channel: '', isJson: name === 'arguments', isSaid, isRendered };
}

function kindOf({ at, value }: Leaf, name: string): AnswerTextKind {
  let isFree = false;
  // The token that was chosen at its place, or one that might have been.
  let isToken = false;
  for (let place = at; place; place = place.parent) {
    const { key } = place;
    if (typeof key === 'number') continue;
    if (key === 'top_logprobs') isToken = true;
    else if (key === 'logprobs') return isToken || isWithin(place, 'top_logprobs') ? 'token' : 'echo';
    else if (FREE_FORM.has(key)) isFree = true;
    else if (key === 'words' && name === 'word') return 'echo';
  }
  if (name === 'obfuscation' && PADDING.test(value)) return 'opaque';
  const field = isFree ? 'prose' : fieldClass(name);
  const kind = textClass(field, value);
  // Speech comes under the name that its transcript has elsewhere.
  return kind === 'prose' || (kind === 'token' && field === 'url') ? 'text' : kind;
}

function isWithin(place: Place, name: string): boolean {
  for (let at = place.parent; at; at = at.parent) if (at.key === name) return true;
  return false;
}

/** The nearest name on the way up; '' where there is none. */
function nameOf(place: Place | undefined): string {
  let at = place;
  while (at && typeof at.key === 'number') at = at.parent;
  return at ? String(at.key) : '';
}

function has(value: unknown, name: string): boolean {
  return (child(value, name) ?? undefined) !== undefined;
}

function keysOf(place: Place | undefined): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = place; at; at = at.parent) keys.push(at.key);
  return keys.reverse();
}

/** The way from `from` on; elements of arrays by the `index` they name themselves, which holds from event to event. */
function pathOf(value: unknown, keys: readonly (string | number)[], from: number): string {
  let at = value;
  let path = '';
  for (const [i, key] of keys.entries()) {
    at = child(at, key);
    if (i >= from) path += `/${typeof key === 'number' ? indexOf(at, key) : key}`;
  }
  return path;
}

function indexOf(element: unknown, position: string | number): string {
  const index = child(element, 'index');
  return String(typeof index === 'number' ? index : position);
}

const PARTS = ['response_id', 'content_index', 'summary_index'];

/**
 * Which text an event is of: by the place of its item, as clients put it together, since not every upstream gives an item one
 * id for all of its events; by its id where no place is told.
 */
function idsOf(value: unknown): string {
  const place = child(value, 'output_index');
  const id = child(value, 'item_id') ?? child(value, 'id');
  const item = typeof place === 'number' ? `at ${place}` : scalar(id);
  return `${item} ${PARTS.map((name) => scalar(child(value, name))).join(' ')}`;
}

function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function endedChoices(value: unknown): string[] {
  const choices = child(value, 'choices');
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice: unknown, i) =>
    typeof child(choice, 'finish_reason') === 'string' ? [`choice ${indexOf(choice, i)} `] : [],
  );
}

/** `….done` ends what its `….delta`s were pieces of. */
function endedBy(type: string, value: unknown): string[] {
  if (LAST_TYPE.test(type)) return [''];
  if (type.endsWith('transcription.completed'))
    return [`${type.slice(0, -'completed'.length)}delta ${idsOf(value)}`];
  return type.endsWith('.done') ? [`${type.slice(0, -'done'.length)}delta ${idsOf(value)}`] : [];
}
