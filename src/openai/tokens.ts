/**
 * How many tokens an input can be: by its bytes where that decides, else counted. Never under what upstream counts;
 * the exact count is linear in the text, but slow enough (1 ms for 16 KiB of prose, 25 ms of noise) to be avoided.
 */
import { createRequire } from 'node:module';
import type { RequestFacts } from './endpoint.ts';
import type { Encoding } from './price-table.ts';
import type { Price } from './prices.ts';

/** Largest piece that is counted at once, in UTF-16 units: a tokenizer's time is quadratic in an unbroken run. */
const PIECE_CHARS_MAX = 256;

/** A cut inside a run of letters hid up to 2 tokens in 400,000 random ones; before a space, hardly any. */
const CUT_TOKENS = 3;

/** What a request has beside the text of its messages: start of the answer, names, formats. */
const REQUEST_TOKENS = 16;
/** What a message, an item or a tool has beside its text; OpenAI's cookbook counts 3 or 4 and the name. */
const MESSAGE_TOKENS = 8;
/** OpenAI, audio guide: 10 tokens a second heard. */
const AUDIO_TOKENS_PER_SECOND = 10;
/** A page of a document goes up as its text and as a picture; pages are hardly below this size. */
const PAGE_BYTES_MIN = 1024;

type Count = (text: string, options: { disallowedSpecial: Set<string> }) => number;

const require = createRequire(import.meta.url);
const loaded = new Map<Encoding, Count>();
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>() };

/** Loaded with the first count: the vocabularies cost 70 MB and 0.2 s. */
function counter(encoding: Encoding): Count {
  let count = loaded.get(encoding);
  if (!count) {
    const module: { countTokens: Count } = require(`gpt-tokenizer/cjs/encoding/${encoding}`);
    count = module.countTokens;
    loaded.set(encoding, count);
  }
  return count;
}

/**
 * An upper bound of the tokens of these texts, within a few percent of exact for prose. A mark such as
 * `<|endoftext|>` is counted as the text it is.
 */
export function countTokens(texts: readonly string[], encoding: Encoding = 'o200k_base'): number {
  const count = counter(encoding);
  let tokens = 0;
  for (const text of texts) tokens += countText(text, count);
  return tokens;
}

/** Cut before a space, a piece has the tokens it has in the whole. */
function countText(text: string, count: Count): number {
  let tokens = 0;
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + PIECE_CHARS_MAX);
    if (end < text.length) {
      // No further back than it may be: else a text without spaces is read from its start for each piece.
      const from = start + PIECE_CHARS_MAX / 2 + 1;
      const space = text.slice(from, end + 1).lastIndexOf(' ');
      const atSpace = space >= 0;
      if (atSpace) end = from + space;
      else if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
      tokens += atSpace ? 1 : CUT_TOKENS;
    }
    tokens += count(text.slice(start, end), NOTHING_SPECIAL);
    start = end;
  }
  return tokens;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

type InputFacts = Pick<RequestFacts, 'images' | 'audioBytes' | 'fileBytes' | 'messages'>;

/** Seconds of sound that so many bytes can hold, at the least bytes a second that are configured. */
export function audioSeconds(audioBytes: number, bytesPerSecondMin: number): number {
  return Math.ceil(audioBytes / bytesPerSecondMin);
}

/**
 * An upper bound of a request's input tokens.
 * @param textTokens of all its text: `byteBound`, or as counted
 */
export function inputTokensBound(
  textTokens: number,
  facts: InputFacts,
  price: Pick<Price, 'imageTokensMax'>,
  bytesPerSecondMin = 750,
): number {
  const pages = Math.ceil(facts.fileBytes / PAGE_BYTES_MIN);
  return (
    textTokens +
    REQUEST_TOKENS +
    MESSAGE_TOKENS * (facts.messages ?? 1) +
    (facts.images + pages) * price.imageTokensMax +
    audioSeconds(facts.audioBytes, bytesPerSecondMin) * AUDIO_TOKENS_PER_SECOND +
    facts.fileBytes
  );
}

/** No token is shorter than a byte of UTF-8: the bound that costs nothing. */
export function byteBound(textBytes: number): number {
  return textBytes;
}
