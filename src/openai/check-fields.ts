/**
 * The top of a request's body against the table of fields: what must be there, of which type, and what nobody knows.
 * As permissive as OpenAI's description: null is as good as absent, and forms carry everything as text.
 */
import { Refusal } from '../base/errors.ts';
import type { Body } from './body.ts';
import { isRecord } from './child.ts';
import type { Endpoint } from './endpoint.ts';
import { FIELDS } from './endpoints/fields.ts';

/** The fields of one operation. */
interface Table {
  /** Types by name; none: any. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly required: readonly string[];
}

const tables = new Map(
  Object.entries(FIELDS).map(([id, words]) => [id, tableFrom(words.trim().split(/\s+/))]),
);

/** @param words `name`, `name:type|type`, `name!:type` where it must be there */
function tableFrom(words: readonly string[]): Table {
  const fields = words.map((word) => word.split(':'));
  return {
    types: new Map(fields.map(([name = '', types]) => [name.replace('!', ''), types?.split('|') ?? []])),
    required: fields.flatMap(([name = '']) => (name.endsWith('!') ? [name.slice(0, -1)] : [])),
  };
}

/** The fields at the top of an operation's body, as the description has them; no types: any. */
export function describedFields(endpoint: Endpoint): ReadonlyMap<string, readonly string[]> {
  return tables.get(endpoint.id)?.types ?? new Map<string, readonly string[]>();
}

/**
 * @param unknown what happens to a field that the table does not know
 * @throws request.invalid_field (`param` says which; one that is missing says so in `code`), request.unknown_field
 */
export function checkFields(endpoint: Endpoint, body: Body | undefined, unknown: 'screen' | 'refuse'): void {
  const table = tables.get(endpoint.id);
  if (!table) return;
  if (unknown === 'refuse') refuseUnknown(namesOf(body), table.types);
  if (body?.kind === 'multipart') return;
  const values = body?.value ?? {};
  if (!isRecord(values)) throw new Refusal('request.invalid_field');
  for (const name of table.required) {
    if (Object.hasOwn(values, name) && values[name] !== null) continue;
    throw new Refusal('request.invalid_field', {
      param: name,
      message: 'A required field of the request is missing.',
      openaiCode: 'missing_required_parameter',
    });
  }
  for (const name of Object.keys(values)) {
    const types = table.types.get(name);
    if (types && values[name] !== null) checkType(name, values[name], types);
  }
}

/** Of a form, the name before the bracket: `include[]`, `expires_after[anchor]`. */
function namesOf(body: Body | undefined): string[] {
  if (body?.kind === 'multipart') return body.parts.map(({ name }) => name.replace(/\[.*$/s, ''));
  return isRecord(body?.value) ? Object.keys(body.value) : [];
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** A name is repeated to the caller only where it cannot be anything else than a name. */
function refuseUnknown(names: readonly string[], table: ReadonlyMap<string, unknown>): void {
  const name = names.find((each) => !table.has(each));
  if (name === undefined) return;
  throw new Refusal('request.unknown_field', IDENTIFIER.test(name) ? { param: name } : {});
}

function checkType(name: string, value: unknown, types: readonly string[]): void {
  if (types.length === 0) return;
  const own = Array.isArray(value) ? 'array' : typeof value;
  if (types.includes(own)) return;
  if (!Array.isArray(value) || !types.includes('objects')) {
    throw new Refusal('request.invalid_field', { param: name });
  }
  const odd = value.findIndex((each) => !isRecord(each));
  if (odd >= 0) throw new Refusal('request.invalid_field', { param: `${name}[${odd}]` });
}
