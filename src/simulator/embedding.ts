/** The simulator's embeddings: unit vectors that depend on the text alone, as floats or base64. */
import { createHash } from 'node:crypto';
import { countOf, modelOf, SimulatedError, type Json } from './json-input.ts';
import { countTokens } from './wording.ts';

const INPUTS_MAX = 2048;
const DIMENSIONS_MAX = 3072;

/** @throws SimulatedError 400 */
export function embedding(body: Json): Json {
  const model = modelOf(body);
  const inputs = inputsOf(body['input']);
  const usual = model.includes('large') ? DIMENSIONS_MAX : 1536;
  const dimensions = Math.min(countOf(body, ['dimensions']) ?? usual, DIMENSIONS_MAX);
  const base64 = body['encoding_format'] === 'base64';
  const data = inputs.map((input, index) => {
    const vector = vectorOf(String(input), dimensions);
    return {
      object: 'embedding',
      index,
      embedding: base64 ? Buffer.from(vector.buffer).toString('base64') : [...vector],
    };
  });
  const prompt_tokens = inputs.reduce<number>(
    (sum, input) => sum + (typeof input === 'string' ? countTokens(input) : input.length),
    0,
  );
  return { object: 'list', data, model, usage: { prompt_tokens, total_tokens: prompt_tokens } };
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token));
}

function isInput(value: unknown): value is string | number[] {
  return isTokens(value) || (typeof value === 'string' && value !== '');
}

/** A text, a list of texts, a list of tokens, or a list of lists of tokens. */
function inputsOf(input: unknown): readonly (string | readonly number[])[] {
  if (typeof input === 'string' && input) return [input];
  if (isTokens(input)) return [input];
  if (Array.isArray(input) && input.length > 0 && input.length <= INPUTS_MAX && input.every(isInput)) {
    return input;
  }
  throw new SimulatedError(400, "'$.input' is invalid.", { param: 'input' });
}

/** 32-bit floats, little-endian as OpenAI's base64 is; seeded by SHA-256 of the text, then xorshift. */
function vectorOf(text: string, dimensions: number): Float32Array {
  let state = createHash('sha256').update(text).digest().readUInt32LE(0) | 1;
  const vector = Float32Array.from({ length: dimensions }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  });
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}
