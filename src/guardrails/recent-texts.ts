/**
 * What was found in texts that came before: callers send their history, system prompt and tools again with every call.
 * Holds digests and findings, never a text; a digest that cannot be forged (SHA-256), since a hit is not read again.
 */
import { hash } from 'node:crypto';
import { BoundedMap } from '../base/bounded-map.ts';
import type { Finding } from '../base/finding.ts';

/** About 3 MB where nothing was found. */
const TEXTS_MAX = 16_384;
/** A text with more is read again. */
const FINDINGS_MAX = 16;
/**
 * From so many characters on a text is recognised faster than it is read; shorter ones could be guessed, and the time of
 * an answer would tell whether somebody sent them.
 */
export const RECALLED_CHARS_MIN = 32;
/** Ids are as long, and new in every answer: they would only push texts out. */
export const RECALLED_TOKEN_CHARS_MIN = 128;

const found = new BoundedMap<string, readonly Finding[]>(TEXTS_MAX);

const readers = new WeakMap<object, { readonly name: string; readonly of: string[] }>();

/**
 * What findings depend on beside the text; the same for policies that say the same, on every thread.
 * @param way how it is read under this policy: a small number
 */
export function readerOf(policy: object, way: number): string {
  let known = readers.get(policy);
  if (!known)
    readers.set(policy, (known = { name: hash('sha256', JSON.stringify(policy), 'base64'), of: [] }));
  return (known.of[way] ??= `${known.name} ${way} `);
}

/**
 * The findings of `read`, or those of the last time.
 * @param reader of `readerOf`: everything else that the findings depend on
 */
export function recall(text: string, reader: string, read: () => readonly Finding[]): readonly Finding[] {
  const name = reader + hash('sha256', text, 'base64');
  const known = found.get(name);
  if (known) return known;
  const findings = read();
  if (findings.length <= FINDINGS_MAX) found.set(name, findings);
  return findings;
}
