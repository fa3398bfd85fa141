/** What the thread runs that counts the text of answers: the tokenizer alone, so that nobody's end loads all guardrails again. */
import type { Encoding } from '../openai/price-table.ts';
import { countTokens } from '../openai/tokens.ts';

/** A text in UTF-8, whose tokens are counted. */
export interface CountJob {
  readonly text: Uint8Array;
  readonly encoding: Encoding;
}

// The vocabulary of nearly all models comes with the thread: that takes none of the time of the first count.
countTokens([]);

/** One job, synchronously: an upper bound of the text's tokens. */
export default function run({ text, encoding }: CountJob): number {
  return countTokens([Buffer.from(text).toString()], encoding);
}
