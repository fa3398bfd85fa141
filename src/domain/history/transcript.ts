/**
 * What the history keeps of an exchange: the texts that went up and what was said back, without personal data and secrets
 * in either, whatever a tier lets pass. Pure, on plain data, so that a large one is read in a worker.
 */
import { type Screening, screen, type ScreenPolicy } from '../../guardrails/screening.ts';
import { readWholeAnswer } from '../../openai/answer-texts.ts';
import { endpointOf } from '../../openai/endpoints/index.ts';
import { parseAnswer, parseJson } from '../../openai/json.ts';
import { findTexts } from '../../openai/texts.ts';

/** What is read. Plain data. */
export interface TranscriptJob {
  readonly endpointId: string;
  /** The body as it went up, with placeholders. */
  readonly sent: Uint8Array;
  /** The answer as upstream gave it, placeholders not restored; none where nothing may be kept of it. */
  readonly said: { readonly text: string; readonly isJson: boolean; readonly isTorn: boolean } | undefined;
  readonly policy: ScreenPolicy;
}

/** A text as it is kept. */
export interface KeptPart {
  readonly text: string;
  /** There was more: of what was asked the end is kept, of the answer the beginning. */
  readonly cut: boolean;
}

/** Both sides. */
export interface Transcript {
  readonly asked: KeptPart;
  readonly answered: KeptPart | undefined;
}

/** Longest text that is kept, UTF-16 units. */
export const TEXT_CHARS_MAX = 65_536;
/** Read beyond it and thrown away, where more follows: what is cut in two is not recognised. */
const MARGIN_CHARS = 4096;

/** Where the words of a conversation stand, at the top of a body or one below. */
const SPOKEN = new Set(['messages', 'input', 'instructions', 'prompt']);
/** Credentials for somebody else's server. */
const NEVER = /\/(?:authorization|headers)(?:\/|$)/;

/** @throws what is no JSON; nothing of what is read stands in the error */
export function transcribe({ endpointId, sent, said, policy }: TranscriptJob): Transcript {
  return {
    asked: kept(askedIn(endpointId, sent), 'end', false, policy),
    answered: said && kept(said.isJson ? saidIn(said.text) : said.text, 'start', said.isTorn, policy),
  };
}

function askedIn(endpointId: string, sent: Uint8Array): string {
  const endpoint = endpointOf(endpointId);
  if (!endpoint) return '';
  const body = parseJson(Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength));
  const texts = findTexts(endpoint, body).filter((text) => {
    if (text.class !== 'prose' || text.text === '') return false;
    const [, first = '', second = ''] = text.pointer.split('/');
    return (SPOKEN.has(first) || SPOKEN.has(second)) && !NEVER.test(text.pointer);
  });
  return texts.map(({ text }) => text).join('\n\n');
}

function saidIn(source: string): string {
  const { texts } = readWholeAnswer(parseAnswer(source));
  return texts
    .filter(({ kind, leaf }) => kind === 'text' && !leaf.isKey && leaf.value !== '')
    .map(({ leaf }) => leaf.value)
    .join('\n\n');
}

function kept(whole: string, side: 'start' | 'end', isTorn: boolean, policy: ScreenPolicy): KeptPart {
  const most = TEXT_CHARS_MAX + MARGIN_CHARS;
  const isLong = whole.length > most;
  const read = isLong ? (side === 'end' ? whole.slice(-most) : whole.slice(0, most)) : whole;
  const clean = cleaned(read, screen([{ text: read, trust: 'tool', class: 'prose' }], policy));
  const torn = isLong || isTorn;
  const room = torn ? Math.min(TEXT_CHARS_MAX, Math.max(0, clean.length - MARGIN_CHARS)) : TEXT_CHARS_MAX;
  const cut = torn || clean.length > room;
  if (!cut) return { text: clean, cut };
  const text = side === 'end' ? clean.slice(clean.length - room) : clean.slice(0, room);
  return { text: text.toWellFormed(), cut };
}

function cleaned(text: string, { rewrites, block }: Screening): string {
  return block ? '[REDACTED]' : (rewrites[0]?.text ?? text);
}
