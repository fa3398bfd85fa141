/** The most that sound and pictures can cost, before the call: by seconds, characters, pictures, or their tokens. */
import type { NanoUsd } from '../base/money.ts';
import type { RequestFacts } from './endpoint.ts';
import { containerNano, type ModelsSettings, type Price, toolNano, unitsNano } from './prices.ts';
import { audioSeconds, byteBound, inputTokensBound } from './tokens.ts';

export interface MediaBound {
  /** Of all choices together. */
  readonly inputTokens: number;
  /** Of all choices together. */
  readonly outputTokens: number;
  /** What is paid by the unit, beside any tokens. */
  readonly unitNano: NanoUsd;
}

/** Speech has 20 tokens a second; 4 a byte of text allow for the slowest reading of digits and of Chinese. */
const SPEECH_TOKENS_PER_BYTE = 4;
/** A picture nobody knows the model of. */
const PICTURE_TOKENS_MAX = 16_000;
/** Three partial pictures of 100 tokens on the way to a streamed one. */
const PARTIAL_TOKENS = 300;
const STANDARD_SIDE_MAX = 1536;
const VIDEO_SECONDS_MAX = 20;

/** The dearest entry that fits what was asked for; what is left open, or not listed, fits them all. */
function pictureNano(nano: Readonly<Record<string, NanoUsd>>, facts: RequestFacts): NanoUsd {
  const entries = Object.entries(nano);
  const fitting = entries.filter(([kind]) => {
    const [quality, size] = kind.split(' ');
    return (facts.size ?? size) === size && (facts.quality ?? quality) === quality;
  });
  return Math.max(...(fitting.length > 0 ? fitting : entries).map(([, amount]) => amount));
}

function byUnit(price: Price, facts: RequestFacts, settings: ModelsSettings): NanoUsd {
  const { unit } = price;
  const n = Math.max(1, facts.n);
  switch (unit?.per) {
    case 'picture':
      return unitsNano(price, n, pictureNano(unit.nano, facts));
    case 'audio_second':
      return unitsNano(
        price,
        Math.max(1, audioSeconds(facts.audioBytes, settings.audioBytesPerSecondMin)),
        unit.nano,
      );
    case 'video_second':
      return unitsNano(price, n * Math.max(1, facts.seconds ?? VIDEO_SECONDS_MAX), unit.nano);
    case 'character':
      return unitsNano(price, Math.max(1, facts.textChars ?? facts.textBytes), unit.nano);
    default:
      return 0;
  }
}

function pictureTokens(price: Price, { size, quality }: RequestFacts): number {
  const table = price.pictureTokens;
  if (!table) return PICTURE_TOKENS_MAX;
  const sides = size?.split('x').map(Number) ?? [];
  // NaN, of a size that is none, is not over the standard, and is refused upstream.
  const large = sides.some((side) => side > STANDARD_SIDE_MAX);
  const kind = quality === 'low' || quality === 'medium' ? quality : 'high';
  return (large ? table.large : table[kind]) + PARTIAL_TOKENS;
}

/** @returns undefined for what is neither sound nor pictures and has no price by the unit */
export function mediaBound(
  path: string,
  price: Price,
  facts: RequestFacts,
  settings: ModelsSettings,
): MediaBound | undefined {
  if (price.unit) return { inputTokens: 0, outputTokens: 0, unitNano: byUnit(price, facts, settings) };
  const text = byteBound(facts.textBytes);
  const input = inputTokensBound(text, facts, price, settings.audioBytesPerSecondMin);
  const n = Math.max(1, facts.n);
  if (path === '/audio/speech') {
    const perByte = SPEECH_TOKENS_PER_BYTE / (facts.speed ?? 1);
    return { inputTokens: input, outputTokens: Math.ceil(perByte * Math.max(1, text)), unitNano: 0 };
  }
  if (path.startsWith('/audio/'))
    return { inputTokens: input, outputTokens: price.outputTokensMax, unitNano: 0 };
  if (path.startsWith('/images/')) {
    // Pictures asked for together are billed as if asked for one by one.
    return { inputTokens: input * n, outputTokens: pictureTokens(price, facts) * n, unitNano: 0 };
  }
  return undefined;
}

/** Operations that cost by the call and name no model; undefined for all others. */
export function callNano(path: string, facts: RequestFacts): NanoUsd | undefined {
  if (path === '/vector_stores/{vector_store_id}/search') return toolNano('file_search');
  if (path === '/containers') return containerNano(facts.memory);
  return undefined;
}
