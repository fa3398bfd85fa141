/**
 * What a running stream shows of its use: events and characters of content, and the usage report when it comes.
 * Reads every event, so it scans for a few keys and parses only the one event that reports, or an escaped string.
 */
import { child, isRecord } from './child.ts';
import type { Endpoint, TokenUsage } from './endpoint.ts';
import type { KeptText } from './kept-text.ts';
import { usageFromAnswer } from './usage.ts';

/**
 * Keys with generated text, the report or an error, and what their value begins with. Inside of a string a quote is escaped, so
 * that what looks like a key is one.
 */
const CHAT_KEYS =
  /"(?:content|refusal|reasoning_content|arguments|name|transcript|(usage)|(error))"\s*:\s*(["{])/g;
const COMPLETION_KEYS = /"(?:text|(usage)|(error))"\s*:\s*(["{])/g;
/** Events of Responses, of sound and of transcripts have it in `.delta` events alone. */
const DELTA_KEYS = /"(?:delta|(usage)|(error))"\s*:\s*(["{])/g;

const BACKSLASH = 92;

/** The closing quote of the string that begins at `start`, or the end of what there is. */
function stringEnd(data: string, start: number): number {
  let end = data.indexOf('"', start + 1);
  for (; end >= 0; end = data.indexOf('"', end + 1)) {
    let slashes = 0;
    while (data.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return data.length;
}

/** The string between these quotes, decoded where it can be. */
function decoded(data: string, start: number, end: number): string {
  const raw = data.slice(start + 1, end);
  if (!raw.includes('\\')) return raw;
  try {
    const text: unknown = JSON.parse(data.slice(start, end + 1));
    return typeof text === 'string' ? text : raw;
  } catch {
    return raw;
  }
}

interface Seen {
  /** Characters of generated text. */
  readonly chars: number;
  /** There is a usage report, not null. */
  readonly report: boolean;
  /** There is an error, not null. */
  readonly error: boolean;
}

function scan(data: string, keys: RegExp, kept: KeptText | undefined, heard: KeptText | undefined): Seen {
  let chars = 0;
  let report = false;
  let error = false;
  keys.lastIndex = 0;
  for (let found = keys.exec(data); found; found = keys.exec(data)) {
    const [, usage, wrong, sign] = found;
    if (wrong) error = true;
    else if (sign === '"' && !usage) {
      const start = keys.lastIndex - 1;
      const end = stringEnd(data, start);
      const text = decoded(data, start, end);
      chars += text.length;
      kept?.append(text);
      heard?.append(text);
      keys.lastIndex = end + 1;
    } else if (usage && sign === '{') report = true;
  }
  return { chars, report, error };
}

function parse(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : undefined;
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
const FLAT_ERROR = /"type"\s*:\s*"error"/;
const DELTA = /"type"\s*:\s*"[a-z_.]{1,80}\.delta"/;

/** A chat or completions chunk without choices: it exists only since `include_usage` was asked for. */
export function isUsageOnlyChunk(data: string): boolean {
  if (!/"choices"\s*:\s*\[\s*\]/.test(data) || !/"usage"\s*:\s*\{/.test(data)) return false;
  const chunk = parse(data);
  return Array.isArray(chunk?.['choices']) && chunk['choices'].length === 0 && chunk['usage'] !== null;
}

/** Where a spoken answer of chat begins, which has an id of its own. */
const SOUND = '"audio":{"id"';

function isMade(answer: object): answer is { readonly id: string } {
  return 'id' in answer && typeof answer.id === 'string';
}

export class StreamUsage {
  readonly #endpoint: Endpoint;
  readonly #responses: boolean;
  readonly #pictures: boolean;
  readonly #keys: RegExp;
  readonly #byDelta: boolean;
  readonly #isChat: boolean;
  readonly #heard: KeptText | undefined;
  /** The last report; undefined until one can be believed. */
  usage: TokenUsage | undefined;
  /** Events with generated text in them. */
  contentEvents = 0;
  /** UTF-16 units of generated text, as decoded; the envelopes of the events are not counted. */
  contentChars = 0;
  /** The object the stream made, as far as it is known: its id, at the end all of it. */
  made: { readonly id: string } | undefined;
  /** The last event is, or holds, an error of upstream's. */
  error = false;
  /** The text itself, while no report came. */
  kept: KeptText | undefined;

  /**
   * @param kept where generated text is to be kept until a report comes; none if nobody will count it
   * @param heard where it is to be kept whatever comes
   */
  constructor(endpoint: Endpoint, kept?: KeptText, heard?: KeptText) {
    this.#endpoint = endpoint;
    this.#heard = heard;
    this.kept = kept;
    this.#responses = endpoint.shape === 'responses';
    this.#isChat = endpoint.shape === 'chat';
    this.#pictures = endpoint.path.startsWith('/images/');
    this.#byDelta = endpoint.shape !== 'chat' && endpoint.shape !== 'completion';
    this.#keys = this.#byDelta ? DELTA_KEYS : endpoint.shape === 'chat' ? CHAT_KEYS : COMPLETION_KEYS;
  }

  /** @param data the `data` of one server-sent event; never throws, whatever it is */
  event(data: string): void {
    const generates = !this.#byDelta || DELTA.test(data);
    const { chars, report, error } = generates
      ? scan(data, this.#keys, this.kept, this.#heard)
      : scan(data, this.#keys, undefined, undefined);
    this.error = error || (!generates && FLAT_ERROR.test(data));
    if (generates && chars > 0) {
      this.contentEvents += 1;
      this.contentChars += chars;
    }
    if (this.#responses && !this.made && CREATED.test(data))
      this.#make({ id: child(parse(data)?.['response'], 'id') });
    if (this.#isChat && data.includes(SOUND)) this.#make(parse(data));
    if (report) this.#report(data);
  }

  /** An event that is known to be like one before, but for its text. */
  text(text: string): void {
    this.error = false;
    if (text.length === 0) return;
    this.contentEvents += 1;
    this.contentChars += text.length;
    this.kept?.append(text);
    this.#heard?.append(text);
  }

  /** As `isUsageOnlyChunk`, for the endpoints that have such chunks. */
  isUsageOnly(data: string): boolean {
    return !this.#byDelta && isUsageOnlyChunk(data);
  }

  #report(data: string): void {
    if (this.#responses && !FINAL.test(data)) return;
    const event = parse(data);
    const answer = this.#responses ? event?.['response'] : event;
    this.#make(answer);
    const read = usageFromAnswer(this.#endpoint, answer);
    // Each picture of a stream reports by itself; of a text's reports the last one holds.
    if (!read) return;
    this.usage = this.usage && this.#pictures ? sum(this.usage, read) : read;
    this.kept = undefined;
  }

  #make(answer: unknown): void {
    if (isRecord(answer) && isMade(answer)) this.made = answer;
  }
}
