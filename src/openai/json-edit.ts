/**
 * Changes to a parsed JSON body by splicing its text: every byte that is not meant to change stays as it came.
 * Never re-serialises a value, so numbers, order and escapes of the caller survive.
 */
import type { JsonBody, Leaf, Place } from './body.ts';
import { isRecord } from './child.ts';

/** Replaces a half-open range of the source, in UTF-16 units; an empty range inserts. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The source with all edits made. They come sorted by start and do not overlap; insertions at one place keep their order.
 * @throws RangeError for edits that are not, a fault of ours
 */
export function splice(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits) {
    checkOrder(edit.start >= at && edit.end >= edit.start && edit.end <= source.length);
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}

/**
 * As `splice`, in bytes. Where a place in the text is the same place in its bytes they are copied, and nothing is decoded
 * or encoded anew: of text that is ASCII, or up to its first edit and no further than its opening brace.
 * @param bytes of the source, where they are at hand
 */
export function splicedBytes(
  source: string,
  bytes: Uint8Array | undefined,
  edits: readonly Edit[],
): Uint8Array {
  const isAscii = bytes?.length === source.length;
  const last = edits.at(-1)?.end ?? 0;
  if (!bytes || !(isAscii || last <= pastBlank(source, 0) + 1)) return Buffer.from(splice(source, edits));
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    checkOrder(start >= at && end >= start && end <= bytes.length);
    pieces.push(bytes.subarray(at, start), Buffer.from(text));
    at = end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}

function checkOrder(holds: boolean): void {
  if (!holds) throw new RangeError('edits overlap or are out of order');
}

/** New members of an object that was empty, as one edit: those of `setMember` would overlap. */
export function membersOfEmpty(edits: readonly Edit[]): Edit[] {
  const [first] = edits;
  if (!first || edits.length === 1) return [...edits];
  return [{ ...first, text: `{${edits.map(({ text }) => text.slice(1, -1)).join(',')}}` }];
}

/** Those that change nothing of what others take out or set anew. */
export function outside(others: readonly Edit[], edits: readonly Edit[]): readonly Edit[] {
  if (others.length === 0) return edits;
  return edits.filter(({ start, end }) => !others.some((other) => start >= other.start && end <= other.end));
}

/** A string as a JSON token. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/**
 * Gives the member at the path this value: instead of the one it has, or as the first of its object. What stands on
 * the way and is not an object becomes one. Two new members of one object that was empty overlap: set them as one.
 * @param at keys from the root, at least one
 * @param json the value, valid JSON
 * @throws RangeError where the body is not an object, a fault of ours
 */
export function setMember(body: JsonBody, at: readonly string[], json: string): Edit {
  const { source } = body;
  let value = body.value;
  let start = pastBlank(source, 0);
  if (!isRecord(value)) throw new RangeError('the body is not an object');
  let place: Place | undefined;
  for (const [depth, key] of at.entries()) {
    if (!isRecord(value)) return { start, end: endOf(source, start), text: nested(at.slice(depth), json) };
    if (!Object.hasOwn(value, key)) {
      const member = `${quote(key)}:${nested(at.slice(depth + 1), json)}`;
      if (Object.keys(value).length > 0) return { start: start + 1, end: start + 1, text: `${member},` };
      return { start, end: endOf(source, start), text: `{${member}}` };
    }
    const parent = place;
    const leaf = body.leaves.find((each) => each.isKey && each.at?.key === key && each.at.parent === parent);
    if (!leaf) throw new RangeError('no leaf for a key');
    place = leaf.at;
    start = pastBlank(source, pastBlank(source, leaf.end) + 1);
    value = value[key];
  }
  return { start, end: endOf(source, start), text: json };
}

/** The keys of the object that is an element of the array at a place, in their order. One pass over all leaves. */
export function keysOfElement({ leaves }: JsonBody, list: Place | undefined, index: number): readonly Leaf[] {
  return leaves.filter(({ isKey, at }) => isKey && at?.parent?.key === index && at.parent.parent === list);
}

/**
 * Takes members out of an object; ranges do not touch one another.
 * @param members all its keys, in their order
 * @param names those it does not have change nothing
 */
export function dropMembers(
  { source }: JsonBody,
  members: readonly Leaf[],
  names: ReadonlySet<string>,
): Edit[] {
  const edits: Edit[] = [];
  let kept: Leaf | undefined;
  for (const [index, member] of members.entries()) {
    if (!names.has(member.value)) {
      kept = member;
      continue;
    }
    // What stands between two that go goes with the first.
    if (names.has(members[index - 1]?.value ?? '')) continue;
    const next = members.slice(index).find(({ value }) => !names.has(value));
    const start = next || !kept ? member.start : endOfMember(source, kept);
    edits.push({ start, end: next?.start ?? endOfMember(source, members.at(-1) ?? member), text: '' });
  }
  return edits;
}

/** Where the value of a key ends. */
function endOfMember(source: string, key: Leaf): number {
  return endOf(source, pastBlank(source, pastBlank(source, key.end) + 1));
}

/** Gives the member that a key names another value. */
export function setValue({ source }: JsonBody, key: Leaf, json: string): Edit {
  const start = pastBlank(source, pastBlank(source, key.end) + 1);
  return { start, end: endOf(source, start), text: json };
}

/**
 * Puts an element before all others of the array at a path, which is there and has one.
 * @param json the element, valid JSON
 * @throws RangeError where no member stands at the path, a fault of ours
 */
export function prepend(body: JsonBody, at: readonly (string | number)[], json: string): Edit {
  const leaf = leafAt(body, at, true);
  if (!leaf) throw new RangeError('no leaf for a key');
  const start = pastBlank(body.source, pastBlank(body.source, leaf.end) + 1) + 1;
  return { start, end: start, text: `${json},` };
}

/** The string at a path, or the key that names what stands there. */
export function leafAt(
  { leaves }: JsonBody,
  at: readonly (string | number)[],
  isKey = false,
): Leaf | undefined {
  return leaves.find((leaf) => leaf.isKey === isKey && isAt(leaf.at, at));
}

function isAt(place: Place | undefined, at: readonly (string | number)[]): boolean {
  let step = place;
  for (let i = at.length - 1; i >= 0; i--) {
    if (step?.key !== at[i]) return false;
    step = step?.parent;
  }
  return step === undefined;
}

/** Gives the member that this key names another value, valid JSON. */
export function replaceMember({ source }: JsonBody, key: Leaf, json: string): Edit {
  const start = pastBlank(source, pastBlank(source, key.end) + 1);
  return { start, end: endOf(source, start), text: json };
}

/** The value inside objects of one member each. */
function nested(keys: readonly string[], json: string): string {
  return keys.reduceRight((inner, key) => `{${quote(key)}:${inner}}`, json);
}

function pastBlank(source: string, at: number): number {
  let i = at;
  while (' \n\r\t'.includes(source.charAt(i)) && i < source.length) i++;
  return i;
}

/** Where the value that starts here ends; the source is known to be well formed. */
function endOf(source: string, start: number): number {
  let depth = 0;
  for (let i = start; i < source.length; i++) {
    const c = source.charAt(i);
    if (c === '"') i = closingQuote(source, i);
    else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    else if (depth > 0 || !isLastOfScalar(source, i)) continue;
    if (depth === 0) return i + 1;
  }
  return source.length;
}

function isLastOfScalar(source: string, at: number): boolean {
  return ',}] \n\r\t'.includes(source.charAt(at + 1));
}

function closingQuote(source: string, opening: number): number {
  let i = opening + 1;
  while (source.charAt(i) !== '"') i += source.charAt(i) === '\\' ? 2 : 1;
  return i;
}
