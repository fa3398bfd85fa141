/**
 * Text that is given as the numbers of its tokens, as embeddings and completions take it and frameworks send it. It is
 * read like any other; where it must be rewritten, all of it goes up as strings. Never passes on a number it cannot read.
 */
import { createRequire } from 'node:module';
import { Refusal } from '../base/errors.ts';
import type { Body, JsonBody, Text } from './body.ts';
import { child } from './child.ts';
import type { Endpoint } from './endpoint.ts';
import { type Edit, setMember } from './json-edit.ts';

/** Where each operation takes them. All its models have one vocabulary, cl100k_base. */
const FIELDS: Readonly<Record<string, string>> = {
  'embeddings.create': 'input',
  'completions.create': 'prompt',
};

/** By the number of a token: its text, or its bytes where they are no whole characters. */
type Vocabulary = readonly (string | readonly number[])[];

const require = createRequire(import.meta.url);
let loaded: Vocabulary | undefined;

/** Loaded with the first use, and shared with the counter. */
function vocabulary(): Vocabulary {
  if (!loaded) {
    const module: { default: Vocabulary } = require('gpt-tokenizer/cjs/bpeRanks/cl100k_base');
    loaded = module.default;
  }
  return loaded;
}

/**
 * One text for each list of tokens, in their order, of no leaf; none where the field holds strings.
 * @throws request.invalid_field for a number that is no ordinary token, and for a list of several kinds
 */
export function tokenTexts(endpoint: Endpoint, body: Body | undefined): readonly Text[] {
  const field = FIELDS[endpoint.id];
  if (field === undefined || body?.kind !== 'json') return [];
  const value = child(body.value, field);
  if (!Array.isArray(value) || !value.some((item) => typeof item === 'number' || Array.isArray(item)))
    return [];
  const lists: readonly unknown[] = typeof value[0] === 'number' ? [value] : value;
  return lists.map((tokens, turn) => ({
    text: decoded(tokens, field),
    trust: 'user',
    class: 'prose',
    pointer: `/${field}`,
    index: -1,
    turn,
  }));
}

/**
 * What goes up where some of the texts were rewritten: all of them, as strings.
 * @param texts as `tokenTexts` told them
 * @param rewrites of all texts of the call, by index
 * @param first index of the first of those
 */
export function tokensRewritten(
  endpoint: Endpoint,
  body: JsonBody,
  texts: readonly Text[],
  rewrites: readonly { readonly textIndex: number; readonly text: string }[],
  first: number,
): Edit[] {
  const field = FIELDS[endpoint.id];
  const written = texts.map(({ text }) => text);
  const own = rewrites.filter(({ textIndex }) => textIndex >= first);
  if (field === undefined || own.length === 0) return [];
  for (const { textIndex, text } of own) written[textIndex - first] = text;
  return [setMember(body, [field], JSON.stringify(written))];
}

function decoded(tokens: unknown, field: string): string {
  const known = vocabulary();
  const invalid = (): Refusal => new Refusal('request.invalid_field', { param: field });
  if (!Array.isArray(tokens)) throw invalid();
  const list: readonly unknown[] = tokens;
  const bytes = list.map((token) => {
    const found = typeof token === 'number' ? known[token] : undefined;
    if (found === undefined) throw invalid();
    return typeof found === 'string' ? Buffer.from(found) : Buffer.from(found);
  });
  return Buffer.concat(bytes).toString('utf8');
}
