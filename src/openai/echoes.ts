/**
 * Log probabilities tell each token twice, as a text and as bytes. What is screened is the text, so the bytes may say nothing
 * else. Numbers are no strings, and nothing else looks at them.
 */
import { Refusal } from '../base/errors.ts';
import type { JsonBody, Place } from './body.ts';
import { child } from './child.ts';
import { valueAt } from './json-place.ts';

/** @throws upstream.invalid_answer where the bytes of a token are another text's */
export function checkEchoes(body: JsonBody): void {
  for (const { isKey, value, at } of body.leaves) {
    if (!isKey || value !== 'bytes' || !at || !isEcho(at)) continue;
    const bytes = valueAt(body.value, at);
    if (!Array.isArray(bytes) || saysSame(child(valueAt(body.value, at.parent), 'token'), bytes)) continue;
    throw new Refusal('upstream.invalid_answer', { detail: 'bytes of another token' });
  }
}

function isEcho(place: Place): boolean {
  for (let at = place.parent; at; at = at.parent) if (at.key === 'logprobs') return true;
  return false;
}

/** Half a character is no text: its token is written by escapes, or as what stands for it. */
function saysSame(token: unknown, numbers: readonly unknown[]): boolean {
  const bytes = Buffer.from(numbers.map(Number));
  const text = typeof token === 'string' ? token : '';
  if (bytes.equals(Buffer.from(text))) return true;
  const halves = text.replace(/^bytes:/, '');
  if (bytes.equals(Buffer.concat(halves.split(/(\\x[0-9a-f]{2})/i).map(half)))) return true;
  return !/[A-Za-z0-9]/.test(bytes.toString('latin1'));
}

function half(text: string): Buffer {
  return /^\\x[0-9a-f]{2}$/i.test(text) ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text);
}
