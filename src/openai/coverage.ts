/**
 * What the gateway does with each operation and each field of it, from the tables that it works by: for operators and
 * auditors. What nobody inspects is said as plainly as the rest.
 */
import { describedFields } from './check-fields.ts';
import { costingFields } from './costing.ts';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/index.ts';
import { fieldClass, FREE_FORM, SCHEMAS } from './fields.ts';
import { referredKind, URL_FIELDS } from './objects.ts';
import { heardIn } from './texts.ts';

/** One field at the top of a body, or one part of what a request has beside its body. */
export interface FieldCoverage {
  readonly name: string;
  /**
   * How its strings are read; those inside of it go by their own names. `prose`: personal data and secrets, replaced or
   * blocked. `token`: the same, blocked or observed, never rewritten. `content`: unread where it is long base64, else a
   * token. `schema`: descriptions are prose, the rest tokens. `file`: text is prose, anything else as `unread` says.
   * `number`: holds none, by its type.
   */
  readonly read: 'prose' | 'token' | 'content' | 'schema' | 'file' | 'number';
  /** Whose words an injection is looked for in; `none` in tokens, and in what only operators write. */
  readonly injection: 'user' | 'tool' | 'by role' | 'none';
  /** The kind of object it refers to, which must be the caller's. */
  readonly owner?: string;
  /** Its address must be on `references.urlAllow`. */
  readonly address?: true;
  /** It decides what the call costs, and is bounded before anything is reserved, or refused. */
  readonly cost?: true;
}

export interface CoverageRow {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly group: string;
  /** `relayed`, or why not. */
  readonly decision: string;
  readonly retired: string | undefined;
  readonly cost: string;
  /** How its text is found; every string leaf is screened in any shape. */
  readonly shape: string;
  readonly fields: readonly FieldCoverage[];
  /** What nothing here reads. */
  readonly unread: readonly string[];
  readonly note: string | undefined;
}

const DOCUMENTS = 'uploaded documents that are not text of up to 4 MiB, if request.unreadFiles is relay';
const ENCODED = 'what is encoded within a text three times, in pieces, or in rare ways';

/** Content that passes unread, by what the operation takes. */
function unreadOf({ body, shape, files, path, refused }: Endpoint): string[] {
  if (refused !== undefined || body === 'none') return [];
  if (body === 'sdp') return ['media past the gateway', ENCODED];
  const unread = [ENCODED];
  if (files === 'documents') unread.unshift('pixels of images', DOCUMENTS);
  if (files === 'media') unread.unshift(path.startsWith('/audio') ? 'audio' : 'pixels of images and films');
  if (shape === 'chat' || shape === 'responses' || shape === 'items')
    unread.unshift('pixels of images', 'audio', 'bytes of files (file_data)', 'encrypted_content');
  return unread;
}

/** Parts of forms that are files. */
const FILES: ReadonlySet<string> = new Set(
  'file files image mask audio_sample recording video input_reference'.split(' '),
);

const NUMERIC = new Set(['number', 'boolean']);
const UNHEARD = new Set<FieldCoverage['read']>(['token', 'content', 'number']);

function fieldOf(endpoint: Endpoint, name: string, types: readonly string[]): FieldCoverage {
  const isFile = endpoint.body !== 'json' && (FILES.has(name) || endpoint.id === 'uploads.parts.create');
  const own = fieldClass(name);
  let read: FieldCoverage['read'] = own === 'prose' || own === 'token' ? own : 'content';
  if (isFile) read = 'file';
  else if (types.length > 0 && types.every((type) => NUMERIC.has(type))) read = 'number';
  else if (SCHEMAS.has(name)) read = 'schema';
  else if (FREE_FORM.has(name)) read = 'prose';
  const heard = isFile ? 'tool' : heardIn(name);
  // A prompt is kept upstream where it is an object, and nothing but text elsewhere.
  const owner = name === 'prompt' && !types.includes('object') ? undefined : referredKind(name);
  return {
    name,
    read,
    injection: heard === 'system' || UNHEARD.has(read) ? 'none' : heard,
    ...(owner !== undefined && { owner }),
    ...(URL_FIELDS.has(name) && { address: true }),
    ...(costingFields(endpoint).has(name) && { cost: true }),
  };
}

/** Path parameters and query keys: tokens, as they go up decoded and encoded anew. */
function targetFields({ path, query, objects = {} }: Endpoint): FieldCoverage[] {
  const params = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return [
    ...params.map((name) => [`{${name}}`, objects[name]] as const),
    ...query.map((key) => [`?${key}`, referredKind(key)] as const),
  ].map(([name, owner]) => ({
    name,
    read: 'token',
    injection: 'none',
    ...(owner !== undefined && { owner }),
  }));
}

export function coverage(): readonly CoverageRow[] {
  return ENDPOINTS.map((row) => ({
    id: row.id,
    method: row.method,
    path: row.path,
    group: row.group,
    decision: row.refused === undefined ? 'relayed' : `refused: ${row.refused}`,
    retired: row.retired,
    cost: row.cost,
    shape: row.shape,
    fields:
      row.refused === undefined
        ? [
            ...targetFields(row),
            ...[...describedFields(row)].map(([name, types]) => fieldOf(row, name, types)),
          ]
        : [],
    unread: unreadOf(row),
    note: row.note,
  }));
}
