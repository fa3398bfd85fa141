/**
 * What the names of OpenAI's fields say about the strings in them. A name that stands nowhere here is prose,
 * because prose is screened most: a mistake costs a rewritten token, never an unread text.
 */
import type { Text } from './body.ts';

/** `url`: opaque if it holds its content as long base64, else a token. `base64`: opaque if it is that itself, else as named. */
export type FieldClass = 'prose' | 'token' | 'url' | 'base64' | 'base64-or-prose';

const words = (list: string): string[] => list.trim().split(/\s+/);

/** Ids, enumerations, names. Every other name in one of the endings of `TOKEN_ENDING` is one as well. */
export const TOKENS: readonly string[] = words(`
  type role id model name status detail format mime_type content_type filename path voice size quality style
  background moderation service_tier user safety_identifier effort verbosity truncation include modalities tool_choice
  purpose endpoint completion_window anchor timestamp_granularities language languages timezone country region city
  namespace author recipient key keys operator op order object phase ranker variant seconds
  working_directory server_label tool_names allowed_tools allowed_domains domain authorization md5 fingerprint
  training_file validation_file container conversation consent tags chunking_strategy prompt_cache_retention
  search_context_size input_fidelity image_tag allowed_callers required default_version version target_uri
  generate_summary summary_format delivery execution syntax button model_sample finish_reason
`);
export const URLS: readonly string[] = words(
  'url image_url file_url server_url audio_url video_url input_reference image mask file',
);
export const BASE64: readonly string[] = words(
  'encrypted_content data file_data audio b64_json known_speaker_references partial_image_b64',
);
/** The same name holds an image in one item and text in another. */
export const BASE64_OR_PROSE: readonly string[] = words('result');

const TOKEN_ENDING = /_(?:ids?|key|name|type|format|status|uri)$/;

const FIELDS = new Map<string, FieldClass>([
  ...TOKENS.map((name) => [name, 'token'] as const),
  ...URLS.map((name) => [name, 'url'] as const),
  ...BASE64.map((name) => [name, 'base64'] as const),
  ...BASE64_OR_PROSE.map((name) => [name, 'base64-or-prose'] as const),
  ...words('content text input prompt instructions description arguments refusal output').map(
    (name) => [name, 'prose'] as const,
  ),
]);

export function fieldClass(name: string): FieldClass {
  return FIELDS.get(name) ?? (TOKEN_ENDING.test(name) ? 'token' : 'prose');
}

/** Objects with keys of the caller's own choice: their string values are prose whatever the key is called. */
export const FREE_FORM: ReadonlySet<string> = new Set(['metadata', 'attributes', 'variables']);

/** Objects that hold a JSON schema: nothing in them is prose but descriptions. */
export const SCHEMAS: ReadonlySet<string> = new Set([
  'parameters',
  'schema',
  'item_schema',
  'input_schema',
  'output_schema',
]);

/** Shorter content is read for what it may hold: no picture, sound or sealed text is, and every vendor's token. */
export const OPAQUE_CHARS_MIN = 512;
const BASE64_ALPHABET = /^[A-Za-z0-9+/_=\r\n-]*$/;
const DATA_URL = /^data:[a-z0-9.+/; =-]{0,128};base64,/i;

/** The class of a string in a field; what only claims to be opaque is read like the rest. */
export function textClass(field: FieldClass, value: string): Text['class'] {
  if (field === 'prose' || field === 'token') return field;
  const head = DATA_URL.exec(value)?.[0].length ?? 0;
  const content = head > 0 ? value.slice(head) : value;
  const isContent = content.length >= OPAQUE_CHARS_MIN && (head > 0 || field !== 'url');
  if (isContent && BASE64_ALPHABET.test(content)) return 'opaque';
  return field === 'base64-or-prose' ? 'prose' : 'token';
}
