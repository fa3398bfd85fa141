/**
 * Tells the model, once and before anything of the caller's, to keep the placeholders that stand for personal data.
 * Nothing is told where nothing was replaced: such a body goes up as it came.
 */
import type { Screening } from '../../guardrails/screening.ts';
import type { JsonBody, Leaf, Text } from '../../openai/body.ts';
import { child } from '../../openai/child.ts';
import type { Endpoint, RequestFacts } from '../../openai/endpoint.ts';
import { type Edit, leafAt, prepend, quote, setMember } from '../../openai/json-edit.ts';

/** Names no placeholder that could be issued. */
export const PLACEHOLDER_HINT =
  'Private values in this conversation are replaced by placeholders of the form <TYPE_n>. Wherever you would write such ' +
  'a value, write its placeholder exactly as it stands, angle brackets included. Do not alter, explain or invent any.';

/** Where the hint goes: before the text of a string that is there, or as a value of its own. */
export type HintPlace = { readonly leaf: Leaf } | { readonly edit: Edit };

/** The first system or developer message, or `instructions`; made where there is none. Other operations get no hint. */
export function hintPlace(endpoint: Endpoint, body: JsonBody): HintPlace | undefined {
  if (endpoint.id === 'chat.completions.create') return inMessages(body);
  if (endpoint.id !== 'responses.create' && endpoint.id !== 'sockets.responses') return undefined;
  const leaf = leafAt(body, ['instructions']);
  return leaf ? { leaf } : { edit: setMember(body, ['instructions'], quote(PLACEHOLDER_HINT)) };
}

function inMessages(body: JsonBody): HintPlace | undefined {
  const messages = child(body.value, 'messages');
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const index = messages.findIndex((message) =>
    ['system', 'developer'].includes(String(child(message, 'role'))),
  );
  const content = child(messages[index], 'content');
  const leaf = typeof content === 'string' ? leafAt(body, ['messages', index, 'content']) : undefined;
  if (leaf) return { leaf };
  if (Array.isArray(content) && content.length > 0) {
    const part = `{"type":"text","text":${quote(PLACEHOLDER_HINT)}}`;
    return { edit: prepend(body, ['messages', index, 'content'], part) };
  }
  return { edit: prepend(body, ['messages'], `{"role":"system","content":${quote(PLACEHOLDER_HINT)}}`) };
}

/** The texts that cost, as they came: a placeholder is about as long as what it stands for. */
export function countedTexts(texts: readonly Text[], { hasIssued }: Screening): string[] {
  const counted = texts.filter((text) => text.class !== 'opaque').map(({ text }) => text);
  return hasIssued ? [...counted, PLACEHOLDER_HINT] : counted;
}

/** The facts with the bytes that placeholders and their hint add. */
export function asSent(
  facts: RequestFacts,
  texts: readonly Text[],
  { rewrites, hasIssued }: Screening,
): RequestFacts {
  if (!hasIssued) return facts;
  const added = rewrites.reduce(
    (sum, { textIndex, text }) => sum + Math.max(0, text.length - (texts[textIndex]?.text.length ?? 0)),
    PLACEHOLDER_HINT.length,
  );
  return { ...facts, textBytes: facts.textBytes + added };
}
