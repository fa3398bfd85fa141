/** Single events of a stream: read, told anew, recognised by their bytes. */
import { asRefusal, Refusal } from '../base/errors.ts';
import { type AnswerEvent, readAnswerEvent } from '../openai/answer-texts.ts';
import type { JsonBody } from '../openai/body.ts';
import type { EventPattern } from '../openai/event-pattern.ts';
import { type Edit, splice } from '../openai/json-edit.ts';
import { parseAnswer } from '../openai/json.ts';
import type { HeldEvent } from './held-events.ts';

/** Of an event whose texts stay. */
export const NO_EDITS = [] as const;

/** An event that was recognised: its text, and where that stands in its data, quotes included. */
export interface Recognised {
  readonly pattern: EventPattern;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The event as one that is like another before it, but for its text; undefined for any other. */
export function recognised(patterns: readonly EventPattern[], data: string): Recognised | undefined {
  for (const pattern of patterns) {
    const end = pattern.textEnd(data);
    if (end < 0) continue;
    const text = decoded(data, pattern.start, end);
    return text === undefined ? undefined : { pattern, text, start: pattern.start - 1, end: end + 1 };
  }
  return undefined;
}

/** What leaves as it came. */
export function silent(raw: Buffer): HeldEvent {
  const nothing = { data: undefined, pieces: [], edits: NO_EDITS, told: undefined };
  return { raw, ...nothing, isAway: false, hidesUsage: false };
}

/** @throws upstream.invalid_answer */
export function readEvent(data: string): AnswerEvent {
  try {
    return readAnswerEvent(parseAnswer(data));
  } catch (error) {
    throw new Refusal('upstream.invalid_answer', { detail: asRefusal(error).message });
  }
}

/** An event with what is put back in its whole texts, or cut out of them. */
export function bodyAsTold({ body }: AnswerEvent, edits: readonly Edit[]): JsonBody {
  return edits.length === 0 ? body : parseAnswer(splice(body.source, edits));
}

/** The string between two quotes; undefined where it is none. */
function decoded(data: string, start: number, end: number): string | undefined {
  const text = data.slice(start, end);
  if (!text.includes('\\')) return text;
  try {
    const value: unknown = JSON.parse(data.slice(start - 1, end + 1));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
