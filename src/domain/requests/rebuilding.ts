/** What goes upstream instead of a body as it came: every change that a call's preparation makes, spliced into it. */
import type { Screening } from '../../guardrails/screening.ts';
import type { Body, JsonBody, Leaf, MultipartBody, Text } from '../../openai/body.ts';
import { child, isRecord } from '../../openai/child.ts';
import type { Endpoint, RequestFacts } from '../../openai/endpoint.ts';
import { tokensRewritten } from '../../openai/given-tokens.ts';
import {
  membersOfEmpty,
  outside,
  quote as quoteText,
  setMember,
  splice,
  splicedBytes,
  type Edit,
} from '../../openai/json-edit.ts';
import { buildMultipart } from '../../openai/multipart.ts';
import type { BatchPlan } from './batch.ts';
import type { Quote } from '../limits/budgets.ts';
import { cacheEdits } from '../upstreams/cache-names.ts';
import { hintPlace, PLACEHOLDER_HINT } from '../placeholders/placeholder-hint.ts';
import type { RequestTools } from '../tools/request-tools.ts';
import { safetyEdits, safetyParts } from '../callers/safety-identifiers.ts';

/** What goes up. */
export interface Built {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** What goes up in the place of names that callers give. */
export interface OwnNames {
  /** What names of caches are digested with; they go up as they are where left out. */
  readonly cacheScope?: string | undefined;
  /** Written into every body that has a field for it; left out: what its caller gives goes up. */
  readonly safetyIdentifier?: string | undefined;
}

/** All that decides what is changed in a body. */
export interface Rebuilding {
  readonly endpoint: Endpoint;
  readonly texts: readonly Text[];
  /** Those that were given as tokens: the last of all. */
  readonly given: readonly Text[];
  readonly screening: Screening;
  readonly facts: RequestFacts;
  readonly quoted: Quote | undefined;
  readonly batch: BatchPlan | undefined;
  readonly tools: RequestTools;
  readonly names: OwnNames;
}

/** The body with all changes spliced into it; the bytes as they came where there are none. */
export function rebuild(body: Body, rebuilding: Rebuilding, bytes: Uint8Array | undefined): Built {
  if (body.kind === 'multipart') return rebuildForm(body, rebuilding);
  const { endpoint, texts, given, screening, facts, quoted, tools } = rebuilding;
  const rewritten = [
    ...rewriteEdits(endpoint, body, texts, screening),
    ...tokensRewritten(endpoint, body, given, screening.rewrites, texts.length - given.length),
  ];
  const edits = [
    ...outside(tools.edits, rewritten),
    ...tools.edits,
    ...memberEdits(endpoint, body, facts, quoted),
    ...cacheEdits(body, [], rebuilding.names.cacheScope),
    ...safetyEdits(endpoint, body, [], rebuilding.names.safetyIdentifier),
  ];
  const contentType = 'application/json';
  if (edits.length === 0 && bytes) return { bytes, contentType };
  const isEmpty = isRecord(body.value) && Object.keys(body.value).length === 0;
  const made = isEmpty ? membersOfEmpty(edits) : sorted(edits);
  return { bytes: splicedBytes(body.source, bytes, made), contentType };
}

function sorted(edits: Edit[]): Edit[] {
  return edits.sort((a, b) => a.start - b.start || a.end - b.end);
}

function rebuildForm(body: MultipartBody, rebuilding: Rebuilding): Built {
  const { endpoint, texts, screening, batch, names } = rebuilding;
  const { safetyIdentifier } = names;
  const edits = new Map([...(batch?.edits ?? [])].map(([part, ofLines]) => [part, [...ofLines]]));
  for (const { textIndex, text } of screening.rewrites) {
    const { index, token } = texts[textIndex] ?? {};
    const part = body.parts[index ?? -1];
    if (!part || index === undefined) continue;
    const whole = 'value' in part ? part.value : (part.text ?? '');
    const [start, end] = token ?? [0, whole.length];
    const ofPart = edits.get(index) ?? [];
    ofPart.push({ start, end, text: token ? quoteText(text) : text });
    edits.set(index, ofPart);
  }
  const identifying = new Set(safetyIdentifier === undefined ? [] : safetyParts(endpoint, body));
  const parts = body.parts.map((part, index) => {
    if (identifying.has(index) && safetyIdentifier !== undefined)
      return { name: part.name, value: safetyIdentifier };
    const ofPart = sorted(edits.get(index) ?? []);
    if (ofPart.length === 0) return part;
    if ('value' in part) return { ...part, value: splice(part.value, ofPart) };
    return { ...part, bytes: Buffer.from(splice(part.text ?? '', ofPart)) };
  });
  return buildMultipart({ kind: 'multipart', parts });
}

/** What the screening replaced, and the hint where placeholders stand in its place. */
function rewriteEdits(
  endpoint: Endpoint,
  body: JsonBody,
  texts: readonly Text[],
  screening: Screening,
): Edit[] {
  const place = screening.hasIssued ? hintPlace(endpoint, body) : undefined;
  const hinted = place && 'leaf' in place ? place.leaf : undefined;
  const written = new Map<Leaf, string>(hinted ? [[hinted, hinted.value]] : []);
  for (const { textIndex, text } of screening.rewrites) {
    const leaf = body.leaves[texts[textIndex]?.index ?? -1];
    if (leaf) written.set(leaf, text);
  }
  const edits = Array.from(written, ([leaf, text]) => ({
    start: leaf.start,
    end: leaf.end,
    text: quoteText(leaf === hinted ? `${PLACEHOLDER_HINT}\n\n${text}` : text),
  }));
  return place && 'edit' in place ? [...edits, place.edit] : edits;
}

/** The cap that makes the reservation a bound, and the request for usage that makes the bill exact. */
function memberEdits(
  endpoint: Endpoint,
  body: JsonBody,
  facts: RequestFacts,
  quoted: Quote | undefined,
): Edit[] {
  const edits: Edit[] = [];
  if (quoted?.setCap && quoted.capField !== undefined && quoted.outputCap !== undefined) {
    edits.push(setMember(body, quoted.capField.split('.'), String(quoted.outputCap)));
  }
  if (quoted?.maxToolCalls !== undefined)
    edits.push(setMember(body, ['max_tool_calls'], String(quoted.maxToolCalls)));
  if (facts.stream && hasUsageChunk(endpoint) && !facts.includeUsage) {
    const edit = isRecord(child(body.value, 'stream_options'))
      ? setMember(body, ['stream_options', 'include_usage'], 'true')
      : setMember(body, ['stream_options'], '{"include_usage":true}');
    edits.push(edit);
  }
  return edits;
}

/** Chat and completions send usage in a stream only when asked to; the other endpoints always do. */
export function hasUsageChunk(endpoint: Endpoint): boolean {
  return endpoint.id === 'chat.completions.create' || endpoint.id === 'completions.create';
}
