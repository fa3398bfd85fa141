/** What the tests of the JSON parser check a reading with. */
import { expect } from 'vitest';
import { type Code, Refusal } from '../../src/base/errors.ts';
import type { JsonBody } from '../../src/openai/body.ts';
import { parseJson } from '../../src/openai/json.ts';
import { leafText, pointer } from '../../src/openai/json-place.ts';

/** Our reading of a text. */
export const parse = (text: string): JsonBody => parseJson(Buffer.from(text));

/** The code a text is refused with, if it is. */
export function refusal(text: string | Buffer): Code | undefined {
  try {
    parseJson(typeof text === 'string' ? Buffer.from(text) : text);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** Follows a JSON pointer by the book, to check ours against. */
function resolve(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = Object.getOwnPropertyDescriptor(Object(at), key)?.value;
  }
  return at;
}

/** Everything a leaf promises. */
export function checkLeaves(body: JsonBody): void {
  let last = 0;
  for (const leaf of body.leaves) {
    expect(leaf.start).toBeGreaterThanOrEqual(last);
    last = leaf.end;
    expect(JSON.parse(leafText(body, leaf))).toBe(leaf.value);
    expect(leaf.isKey ? leaf.at?.key : resolve(body.value, pointer(leaf.at))).toBe(leaf.value);
  }
}

/** How many leaves a value has, keys among them. */
export const strings = (value: unknown): number => {
  if (typeof value === 'string') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, item) => sum + strings(item), own);
};
