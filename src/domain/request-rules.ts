/** The operator's own rules for what callers write: lengths, characters, unknown fields. */
import { RE2JS } from 're2js';
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import type { Text } from '../openai/body.ts';

function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

export const requestSchema = z.strictObject({
  /** Longest single text, in UTF-16 units. */
  textCharsMax: z.int().min(1).max(100_000_000).default(4_000_000),
  /** A pattern (RE2 syntax) that every prose text must match as a whole; off unless given. */
  characters: z.string().refine(compiles, 'is not a pattern of RE2 syntax').optional(),
  /** Fields the endpoint table does not know: screened like all others, or refused. */
  unknownFields: z.enum(['screen', 'refuse']).default('screen'),
});
export type RequestRules = z.infer<typeof requestSchema>;

/**
 * A check of all texts of a request.
 * @throws request.too_long, request.characters
 */
export function createTextCheck(rules: RequestRules): (texts: readonly Text[]) => void {
  const pattern = rules.characters === undefined ? undefined : RE2JS.compile(rules.characters);
  return (texts) => {
    for (const { text, class: kind, pointer } of texts) {
      if (kind === 'opaque') continue;
      if (text.length > rules.textCharsMax) throw new Refusal('request.too_long', { param: pointer });
      if (pattern && kind === 'prose' && !pattern.matches(text)) {
        throw new Refusal('request.characters', { param: pointer });
      }
    }
  };
}
