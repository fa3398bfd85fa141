/** A plausible value for a JSON schema: arguments of simulated tool calls, and structured outputs. */
import { isJson } from './json-input.ts';

type Schema = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 8;

/** Strings by the name of their property, so that a demonstration reads well. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/city|location|place/i, 'Paris'],
  [/country/i, 'France'],
  [/path|file/i, 'notes.txt'],
  [/mail|^to$|recipient/i, 'someone@example.com'],
  [/url|link/i, 'https://example.com/'],
  [/expression|formula/i, '6 * 7'],
  [/date|day/i, '2026-01-01'],
  [/unit/i, 'celsius'],
];

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  time: '12:00:00Z',
  'date-time': '2026-01-01T12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** Gives a value that fits the usual schemas of tools; never throws, whatever is passed. */
export function sampleOfSchema(schema: unknown, name = ''): unknown {
  return sample(schema, name, isJson(schema) ? schema : {}, 0);
}

function sample(schema: unknown, name: string, root: Schema, depth: number): unknown {
  if (!isJson(schema) || depth > DEPTH_MAX) return null;
  if ('const' in schema) return schema['const'];
  if ('default' in schema) return schema['default'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (typeof schema['$ref'] === 'string') return sample(resolve(schema['$ref'], root), name, root, depth + 1);
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[key];
    if (Array.isArray(branches)) return sample(branches[0], name, root, depth + 1);
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type === 'object' || isJson(schema['properties'])) return sampleObject(schema, root, depth);
  if (type === 'array') return [sample(schema['items'], name, root, depth + 1)];
  if (type === 'integer' || type === 'number') return Number(schema['minimum'] ?? 1);
  if (type === 'boolean') return true;
  return type === 'null' ? null : sampleString(schema, name);
}

function sampleObject(schema: Schema, root: Schema, depth: number): Record<string, unknown> {
  const properties = isJson(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : Object.keys(properties);
  const entries = required
    .filter((key): key is string => typeof key === 'string')
    .map((key) => [key, sample(properties[key], key, root, depth + 1)] as const);
  return Object.fromEntries(entries);
}

function sampleString(schema: Schema, name: string): string {
  const byFormat = typeof schema['format'] === 'string' ? BY_FORMAT[schema['format']] : undefined;
  return byFormat ?? BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'sample';
}

/** Only references into the schema itself: `#/$defs/Step`. */
function resolve(reference: string, root: Schema): unknown {
  let found: unknown = reference.startsWith('#') ? root : undefined;
  for (const step of reference.split('/').slice(1)) {
    found = isJson(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}
