/** The operator's own rules for what callers write: lengths, characters, unknown fields. */
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import { fieldAt } from '../../base/field-name.ts';
import { patternOf, patternSchema } from '../../base/pattern.ts';
import type { Text } from '../../openai/body.ts';

/** The section `request` of the configuration. */
export const requestSchema = z.strictObject({
  /** Longest single text, in UTF-16 units. */
  textCharsMax: z.int().min(1).max(100_000_000).default(4_000_000),
  /** A pattern (RE2 syntax) that every prose text must match as a whole; off unless given. */
  characters: patternSchema.optional(),
  /** Fields the endpoint table does not know: screened like all others, or refused. */
  unknownFields: z.enum(['screen', 'refuse']).default('screen'),
  /**
   * Uploaded documents that cannot be read (archives, PDF, over 4 MiB, not UTF-8, put together of pieces): refused, or
   * relayed unseen, with or without a finding.
   */
  unreadFiles: z.enum(['refuse', 'relay', 'flag']).default('refuse'),
});
/** The section after its schema; the pattern compiles. */
export type RequestRules = z.infer<typeof requestSchema>;

/**
 * Checks all texts of a request.
 * @throws request.too_long, request.characters
 */
export function checkTexts(texts: readonly Text[], rules: RequestRules): void {
  const pattern = rules.characters === undefined ? undefined : patternOf(rules.characters);
  for (const found of texts) {
    // The pointer is made when it is read, and only a refusal needs it.
    const { text, class: kind } = found;
    if (kind === 'opaque') continue;
    if (text.length > rules.textCharsMax)
      throw new Refusal('request.too_long', { param: fieldAt(found.pointer) });
    if (pattern && kind === 'prose' && !pattern.matches(text)) {
      throw new Refusal('request.characters', { param: fieldAt(found.pointer) });
    }
  }
}
