/**
 * What says a text of an answer again: the tokens of log probabilities, the words of a transcript. They are read together as
 * the text is, and go where some of it is cut out.
 */
import type { AnswerEvent } from '../../openai/answer-texts.ts';
import type { Place } from '../../openai/body.ts';
import { type Edit, replaceMember } from '../../openai/json-edit.ts';

/** As keys of lists: of log probabilities, of a transcript's words, and of numbers that stand for its tokens. */
const ECHOES = new Set(['logprobs', 'words', 'tokens']);

function isWithinEcho(place: Place | undefined): boolean {
  for (let at = place; at; at = at.parent) if (ECHOES.has(String(at.key))) return true;
  return false;
}
/** The edits, and those that empty every such list of the event, for one of whose texts is told otherwise. */
export function withoutEchoes({ body, texts }: AnswerEvent, edits: readonly Edit[]): Edit[] {
  const gone = texts.flatMap(({ leaf }) => {
    if (!leaf.isKey || !ECHOES.has(leaf.value) || isWithinEcho(leaf.at?.parent)) return [];
    const edit = replaceMember(body, leaf, 'null');
    const isList = body.source.charAt(edit.start) === '[';
    if (isList) return [{ ...edit, text: '[]' }];
    return leaf.value === 'logprobs' ? [edit] : [];
  });
  const outside = edits.filter(
    (edit) => !gone.some(({ start, end }) => start <= edit.start && edit.end <= end),
  );
  return [...outside, ...gone].sort((a, b) => a.start - b.start);
}
/** What the tokens of each list of log probabilities say together, or the words of a transcript. */
export function echoedTexts({ texts }: AnswerEvent): readonly string[] {
  if (!texts.some(({ kind, channel }) => kind === 'echo' && channel === '')) return NOTHING;
  const lists = new Map<unknown, string>();
  for (const { leaf, kind, channel } of texts) {
    if (kind !== 'echo' || channel !== '') continue;
    let list = leaf.at;
    while (list && list.key !== 'logprobs' && list.key !== 'words') list = list.parent;
    const between = list?.key === 'words' ? ' ' : '';
    lists.set(list, (lists.get(list) ?? '') + between + leaf.value);
  }
  return [...lists.values()];
}
const NOTHING: readonly string[] = [];
