/**
 * What a call refers to rather than says: objects kept upstream, and addresses that upstream would fetch.
 * Errs towards finding too much: an id that is missed opens another caller's object.
 */
import { Refusal } from '../base/errors.ts';
import { describedFields } from './check-fields.ts';
import { child } from './child.ts';
import { type Body, documentsOf, type JsonBody, type Leaf, type Place } from './body.ts';
import { type Endpoint, LISTED, type ObjectKind } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/index.ts';
import { FREE_FORM, SCHEMAS } from './fields.ts';
import { pointer, valueAt } from './json-place.ts';
import { kindOfWholeId } from './object-ids.ts';
import { SEALED_FIELD, sealedId } from './sealed.ts';

/** Different objects in one call; upstream takes no more files at once. Each is a row that is looked up. */
export const OBJECTS_MAX = 2_000;

export interface ObjectReference {
  readonly kind: ObjectKind;
  readonly id: string;
  /** JSON pointer, name of a multipart part, or name of a path or query parameter. */
  readonly pointer: string;
}

export interface UrlReference {
  readonly url: string;
  readonly pointer: string;
}

/** Fields that hold an id, or an array of ids. */
const FIELDS = new Map<string, ObjectKind>([
  ['previous_response_id', 'response'],
  ['response_id', 'response'],
  ['conversation', 'conversation'],
  ['conversation_id', 'conversation'],
  ['file_id', 'file'],
  ['file_ids', 'file'],
  ['input_file_id', 'file'],
  ['training_file', 'file'],
  ['validation_file', 'file'],
  ['upload_id', 'upload'],
  ['part_ids', 'upload_part'],
  ['batch_id', 'batch'],
  ['vector_store_id', 'vector_store'],
  ['vector_store_ids', 'vector_store'],
  ['container', 'container'],
  ['container_id', 'container'],
  ['skill_id', 'skill'],
  ['assistant_id', 'assistant'],
  ['thread_id', 'thread'],
  ['run_id', 'run'],
  ['eval_id', 'eval'],
  ['video_id', 'video'],
  ['consent', 'voice_consent'],
  ['fine_tuning_job_id', 'fine_tuning_job'],
]);

/** The kind of object that a field of this name refers to. */
export function referredKind(name: string): ObjectKind | undefined {
  return FIELDS.get(name) ?? HOLDERS.get(name);
}

/** Objects whose `id` is one of upstream's, by the field they stand in. */
const HOLDERS = new Map<string, ObjectKind>([
  ['conversation', 'conversation'],
  ['prompt', 'prompt'],
  ['audio', 'audio'],
  ['voice', 'voice'],
  ['video', 'video'],
  ['characters', 'video_character'],
  ['workflow', 'workflow'],
]);

/** Query keys that name a place in a list by the object that stands there. */
const CURSORS = new Set(['after', 'before']);

/** Of a live session these are its own, and no name opens those of another. */
const OF_SESSION: ReadonlySet<ObjectKind> = new Set(['response', 'conversation', 'conversation_item']);

/** Fields with an address that upstream would fetch or call. */
export const URL_FIELDS: ReadonlySet<string> = new Set([
  'image_url',
  'file_url',
  'server_url',
  'audio_url',
  'video_url',
  'target_uri',
]);

/**
 * Every object of upstream's that a call names: in its path, its query and anywhere in its body, by the field's name, and
 * in fields that nobody knows yet by what an id looks like. Not found: names inside of one conversation (`call_id`, `approval_request_id`), which open nothing
 * without the object that holds them; connectors, which are not objects; strings of schemas and metadata.
 * @throws request.too_complex for more than OBJECTS_MAX different ones
 */
export function findReferences(
  endpoint: Endpoint,
  params: Readonly<Record<string, string>>,
  body?: Body,
  query: readonly (readonly [string, string])[] = [],
): readonly ObjectReference[] {
  const found: ObjectReference[] = [];
  for (const [name, id] of Object.entries(params)) {
    const kind = endpoint.objects?.[name] ?? tuned(name, id);
    // The number of a version is the same for every skill.
    if (kind && kind !== 'skill_version') found.push({ kind, id, pointer: name });
  }
  for (const [name, id] of query) {
    const kind = FIELDS.get(name) ?? tuned(name, id) ?? (CURSORS.has(name) ? listedBy(endpoint) : undefined);
    if (kind) found.push({ kind, id, pointer: name });
  }
  const described = describedFields(endpoint);
  if (body?.kind === 'json') inJson(body, found, described);
  else if (body) {
    inMultipart(body.parts, found, described);
    const ofLine = linesDescribed();
    for (const document of documentsOf(body)) inJson(document, found, ofLine(document), 1);
  }
  const others = endpoint.shape === 'realtime' ? found.filter(({ kind }) => !OF_SESSION.has(kind)) : found;
  return others.length > OBJECTS_MAX ? different(others) : others;
}

/** What stands in its list: of the caller's own objects, or within one that the path names. */
function listedBy({ lists, reveals }: Endpoint): ObjectKind | undefined {
  return lists ?? reveals?.[LISTED];
}

/** Each once: many lines may name the same. @throws request.too_complex */
function different(found: readonly ObjectReference[]): readonly ObjectReference[] {
  const known = new Map<string, ObjectReference>();
  for (const reference of found) {
    if (!known.has(reference.id)) known.set(reference.id, reference);
  }
  if (known.size > OBJECTS_MAX) throw new Refusal('request.too_complex');
  return [...known.values()];
}

function tuned(name: string, id: string): ObjectKind | undefined {
  return name === 'model' && id.startsWith('ft:') ? 'fine_tuned_model' : undefined;
}

type Described = ReadonlyMap<string, unknown>;
const NOTHING_KNOWN: Described = new Map();

/** Which fields the call in a line of a batch has, by its `url`; of other documents nothing is known. */
function linesDescribed(): (line: JsonBody) => Described {
  const known = new Map<unknown, Described>();
  return ({ value }) => {
    const url = child(value, 'url');
    let described = known.get(url);
    if (described === undefined) {
      const row = ENDPOINTS.find(({ method, path }) => method === 'POST' && url === `/v1${path}`);
      described = row ? describedFields(row) : NOTHING_KNOWN;
      known.set(url, described);
    }
    return described;
  };
}

/**
 * @param described fields that are known; none: nothing is known of them
 * @param depth how far down they stand
 */
function inJson(body: JsonBody, found: ObjectReference[], described: Described, depth = 0): void {
  for (const leaf of body.leaves) {
    if (leaf.isKey) continue;
    const name = nameOf(leaf.at);
    if (name === SEALED_FIELD && leaf.value !== '' && !isCallersOwn(leaf.at))
      found.push({ kind: 'sealed', id: sealedId(leaf.value), pointer: pointer(leaf.at) });
    const kind =
      (name === 'id' ? kindOfId(body, leaf) : (FIELDS.get(name) ?? tuned(name, leaf.value))) ??
      kindInNewField(name, leaf, described, depth);
    if (kind && !isCallersOwn(leaf.at)) found.push({ kind, id: leaf.value, pointer: pointer(leaf.at) });
  }
}

/** Callers number the lines of a batch as they like. */
const CALLERS_IDS: ReadonlySet<string> = new Set(['custom_id']);

/** A field that OpenAI has added since, or writes in another case, may name an object: its value says so. */
function kindInNewField(
  name: string,
  { value, at }: Leaf,
  described: Described,
  depth: number,
): ObjectKind | undefined {
  const kind = kindOfWholeId(value);
  if (kind === undefined || CALLERS_IDS.has(name)) return undefined;
  const top = described.size > 0 ? topOf(at, depth) : undefined;
  const isNew = top !== undefined && !described.has(top);
  return isNew || NAMES_ID.test(name) ? kind : undefined;
}

/** In any spelling: `file_id`, `FILE_IDS`, `fileId`. */
const NAMES_ID = /_[iI][dD][sS]?$|[a-z]I[dD]s?$/;

/** The name so far down on the way to a place; undefined where it is not so deep. */
function topOf(place: Place | undefined, depth: number): string | undefined {
  const names: string[] = [];
  for (let at = place; at; at = at.parent) names.push(String(at.key));
  return names.at(-1 - depth);
}

/** The nearest name on the way up: elements of an array go by the array's. */
function nameOf(place: Place | undefined): string {
  let at = place;
  while (at && typeof at.key === 'number') at = at.parent;
  return at ? String(at.key) : '';
}

/** An `id` means what it stands in: a holder, a source of a type, or an item that says nothing but its id. */
function kindOfId(body: JsonBody, leaf: Leaf): ObjectKind | undefined {
  const holder = leaf.at?.parent;
  const name = nameOf(holder);
  const known = HOLDERS.get(name);
  if (known) return known;
  const item = valueAt(body.value, holder);
  const type = child(item, 'type');
  if (type === 'item_reference') return 'conversation_item';
  if (type === 'file_id') return 'file';
  // Upstream takes what it thought from what it keeps, unless the caller brings it along, sealed.
  if (type === 'reasoning') return isText(child(item, 'encrypted_content')) ? undefined : 'conversation_item';
  if (type === 'image_generation_call') return isText(child(item, 'result')) ? undefined : 'image_generation';
  const bare = type === undefined || type === null;
  const isItem = (name === 'input' || name === 'items') && typeof holder?.key === 'number';
  return bare && isItem && child(item, 'content') === undefined ? 'conversation_item' : undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Inside of a schema, or a direct value of metadata: the caller's own words, which upstream never looks up. */
export function isCallersOwn(place: Place | undefined): boolean {
  const parent = place?.parent;
  if (holds(FREE_FORM, parent)) return true;
  for (let at = parent; at; at = at.parent) if (holds(SCHEMAS, at)) return true;
  return false;
}

/** By its name, where that is upstream's: what a caller calls `schema` among the variables of a prompt is none. */
function holds(names: ReadonlySet<string>, at: Place | undefined): boolean {
  const around = at?.parent?.key;
  const isCallersName = typeof around === 'string' && FREE_FORM.has(around);
  return typeof at?.key === 'string' && names.has(at.key) && !isCallersName;
}

function inMultipart(
  parts: readonly { readonly name: string; readonly value?: string; readonly documents?: unknown }[],
  found: ObjectReference[],
  described: Described,
): void {
  for (const { name, value, documents } of parts) {
    if (value === undefined || documents !== undefined) continue;
    const path = name
      .replaceAll(']', '')
      .split('[')
      .filter((step) => step !== '' && !/^\d+$/.test(step));
    const field = path.at(-1) ?? '';
    const isNew = described.size > 0 && !described.has(path[0] ?? '');
    const kind =
      (field === 'id' ? HOLDERS.get(path.at(-2) ?? '') : (FIELDS.get(field) ?? tuned(field, value))) ??
      (isNew ? kindOfWholeId(value) : undefined);
    if (kind && !FREE_FORM.has(path.at(-2) ?? '')) found.push({ kind, id: value, pointer: name });
  }
}

/**
 * Addresses that upstream would fetch or call: `image_url`, `file_url`, `server_url` and their like, whatever their
 * scheme. `data:` URLs are content and left out; so are citations, which nobody follows.
 */
export function findUrls(body: Body): readonly UrlReference[] {
  if (body.kind === 'multipart') {
    const inParts = body.parts.flatMap((part) => {
      const fields = part.name.replaceAll(']', '').split('[');
      return 'value' in part && fields.some((name) => URL_FIELDS.has(name)) && !isData(part.value)
        ? [{ url: part.value, pointer: part.name }]
        : [];
    });
    return [...inParts, ...documentsOf(body).flatMap(findUrls)];
  }
  return body.leaves
    .filter((leaf) => !leaf.isKey && namesUrl(leaf.at) && !isData(leaf.value) && !isCallersOwn(leaf.at))
    .map((leaf) => ({ url: leaf.value, pointer: pointer(leaf.at) }));
}

function namesUrl(place: Place | undefined): boolean {
  const name = nameOf(place);
  return URL_FIELDS.has(name) || (name === 'url' && URL_FIELDS.has(nameOf(place?.parent)));
}

function isData(url: string): boolean {
  return /^data:/i.test(url);
}
