/**
 * What a running stream shows of its use: events and characters of content, and the usage report when it comes.
 * Reads every event, so it scans for a few keys and parses only the one event that reports, or an escaped string.
 */
import type { Endpoint, TokenUsage } from './endpoint.ts';
import { usageFromAnswer } from './usage.ts';

/** Where generated text stands in an event: chat and completions. */
const CHAT_KEYS = [
  '"content"',
  '"refusal"',
  '"reasoning_content"',
  '"arguments"',
  '"name"',
  '"transcript"',
] as const;
const COMPLETION_KEYS = ['"text"'] as const;
/** In every event of Responses, of sound and of transcripts that ends in `.delta`. */
const DELTA_KEYS = ['"delta"'] as const;

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

function skipSpace(data: string, at: number): number {
  let next = at;
  while (next < data.length && data.charCodeAt(next) <= 32) next += 1;
  return next;
}

/** Where the value of this key begins, if the string at `at` is a key and not a value; else -1. */
function valueAt(data: string, at: number, key: string): number {
  const colon = skipSpace(data, at + key.length);
  return data.charCodeAt(colon) === COLON ? skipSpace(data, colon + 1) : -1;
}

/** Where the string that begins at `start` ends (its closing quote), and whether it has an escape. */
function stringEnd(data: string, start: number): { end: number; escaped: boolean } {
  let escaped = false;
  for (let at = start + 1; at < data.length; at += 1) {
    const unit = data.charCodeAt(at);
    if (unit === QUOTE) return { end: at, escaped };
    if (unit === BACKSLASH) {
      escaped = true;
      at += 1;
    }
  }
  return { end: data.length, escaped };
}

function decodedLength(token: string): number {
  try {
    const text: unknown = JSON.parse(token);
    return typeof text === 'string' ? text.length : token.length;
  } catch {
    return token.length;
  }
}

/** Characters of all strings that stand under this key, at any depth. */
function charsUnder(data: string, key: string): number {
  let chars = 0;
  for (let at = data.indexOf(key); at >= 0; at = data.indexOf(key, at + key.length)) {
    const start = valueAt(data, at, key);
    if (start < 0 || data.charCodeAt(start) !== QUOTE) continue;
    const { end, escaped } = stringEnd(data, start);
    chars += escaped ? decodedLength(data.slice(start, end + 1)) : end - start - 1;
  }
  return chars;
}

/** Whether `"usage"` has an object for its value. Inside of a string its quotes would be escaped. */
function reportsUsage(data: string): boolean {
  for (let at = data.indexOf('"usage"'); at >= 0; at = data.indexOf('"usage"', at + 7)) {
    const start = valueAt(data, at, '"usage"');
    if (start >= 0 && data[start] === '{') return true;
  }
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parse(data: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sum(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    ...b,
    inputTokens: a.inputTokens + b.inputTokens,
    inputImageTokens: a.inputImageTokens + b.inputImageTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    outputImageTokens: a.outputImageTokens + b.outputImageTokens,
  };
}

/** Events of Responses that carry the finished response. */
const FINAL = /"type"\s*:\s*"response\.(?:completed|incomplete|failed)"/;
const CREATED = /^\s*\{\s*"type"\s*:\s*"response\.created"/;
const DELTA = /"type"\s*:\s*"[a-z_.]{1,80}\.delta"/;

/** A chat or completions chunk without choices: it exists only since `include_usage` was asked for. */
export function isUsageOnlyChunk(data: string): boolean {
  if (!/"choices"\s*:\s*\[\s*\]/.test(data) || !reportsUsage(data)) return false;
  const chunk = parse(data);
  return Array.isArray(chunk?.['choices']) && chunk['choices'].length === 0 && chunk['usage'] !== null;
}

export class StreamUsage {
  readonly #endpoint: Endpoint;
  readonly #responses: boolean;
  readonly #pictures: boolean;
  readonly #keys: readonly string[];
  readonly #byDelta: boolean;
  /** The last report; undefined until one can be believed. */
  usage: TokenUsage | undefined;
  /** Events with generated text in them. */
  contentEvents = 0;
  /** UTF-16 units of generated text, as decoded; the envelopes of the events are not counted. */
  contentChars = 0;
  /** The object the stream made, as far as it is known: its id. */
  made: { readonly id: string } | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#responses = endpoint.shape === 'responses';
    this.#pictures = endpoint.path.startsWith('/images/');
    this.#byDelta = endpoint.shape !== 'chat' && endpoint.shape !== 'completion';
    this.#keys = this.#byDelta ? DELTA_KEYS : endpoint.shape === 'chat' ? CHAT_KEYS : COMPLETION_KEYS;
  }

  /** @param data the `data` of one server-sent event; never throws, whatever it is */
  event(data: string): void {
    this.#countContent(data);
    if (this.#responses && !this.made && CREATED.test(data)) this.#make(parse(data)?.['response']);
    if (reportsUsage(data)) this.#report(data);
  }

  /** As `isUsageOnlyChunk`, for the endpoints that have such chunks. */
  isUsageOnly(data: string): boolean {
    return !this.#byDelta && isUsageOnlyChunk(data);
  }

  #countContent(data: string): void {
    if (this.#byDelta && !DELTA.test(data)) return;
    let chars = 0;
    for (const key of this.#keys) chars += charsUnder(data, key);
    if (chars === 0) return;
    this.contentEvents += 1;
    this.contentChars += chars;
  }

  #report(data: string): void {
    if (this.#responses && !FINAL.test(data)) return;
    const event = parse(data);
    const answer = this.#responses ? event?.['response'] : event;
    this.#make(answer);
    const read = usageFromAnswer(this.#endpoint, answer);
    // Each picture of a stream reports by itself; of a text's reports the last one holds.
    if (read) this.usage = this.usage && this.#pictures ? sum(this.usage, read) : read;
  }

  #make(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null || !('id' in answer)) return;
    if (typeof answer.id === 'string') this.made = { id: answer.id };
  }
}
