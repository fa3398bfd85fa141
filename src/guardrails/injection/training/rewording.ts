/**
 * The same text in other words, by rows of words that stand in for each other: heads shall hear what is asked for, whatever
 * it is called. Attacks and honest texts alike, so that a rare word is no sign in itself.
 */
import { formsOf, WORD_ROWS } from '../word-rows.ts';
import type { Example } from './corpus.ts';
import { pick, type Random, seeded } from './random.ts';

/** Share of texts that are said again, and of the words in them that are replaced where a row has them. */
const TEXTS = 0.3;
const WORDS = 0.6;

/** Word in lower case → what may stand in its place. */
function replacements(): Map<string, string[]> {
  const stands = new Map<string, string[]>();
  for (const { kind, terms } of WORD_ROWS) {
    const forms = terms.map((term) => formsOf(kind, term));
    for (const own of forms) {
      for (const [at, form] of own.entries()) {
        if (form.includes(' ')) continue;
        const others = forms.flatMap((other) => (other === own ? [] : (other[at] ?? [])));
        stands.set(form, [...(stands.get(form) ?? []), ...others]);
      }
    }
  }
  return stands;
}

/**
 * Some of the texts again in other words; each stays in the part of the one it comes from. Not for `untrusted`: what a
 * document asks and what it orders lies in the very word, and that head found less of either.
 */
export function reworded(examples: readonly Example[], seed: number): Example[] {
  const random = seeded(seed + 1);
  const stands = replacements();
  return examples.flatMap((example) => {
    const { kind, fold } = example;
    const { override, persona } = example.labels;
    const labels = { ...(override !== undefined && { override }), ...(persona !== undefined && { persona }) };
    if (random() >= TEXTS || Object.keys(labels).length === 0) return [];
    const text = inOtherWords(example.text, stands, random);
    return text === example.text ? [] : [{ text, source: 'composed:reworded', kind, fold, labels }];
  });
}

function inOtherWords(text: string, stands: ReadonlyMap<string, readonly string[]>, random: Random): string {
  return text.replaceAll(/[A-Za-z]+/g, (word) => {
    const others = stands.get(word.toLowerCase());
    if (!others || random() >= WORDS) return word;
    const other = pick(random, others);
    if (word === word.toUpperCase() && word.length > 1) return other.toUpperCase();
    return /^[A-Z]/.test(word) ? other.charAt(0).toUpperCase() + other.slice(1) : other;
  });
}
