/**
 * From a raw request target to one row of the endpoint table, and from there to upstream's path.
 * What cannot be read in exactly one way is refused; nothing of the raw target ever goes upstream.
 */
import { Refusal } from '../base/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { ADMINISTRATION as ADMINISTERED } from './endpoints/administration.ts';
import { ENDPOINTS } from './endpoints/index.ts';

export interface Match {
  readonly endpoint: Endpoint;
  /** Decoded path parameters, each 1–256 characters of `[A-Za-z0-9._:-]`, never `.` or `..`. */
  readonly params: Readonly<Record<string, string>>;
  /** Decoded query, in the order it came; keys with their brackets: `include[]`, `metadata[x]`. */
  readonly query: readonly (readonly [string, string])[];
}

/** Longest request target, in characters. */
export const TARGET_CHARS_MAX = 8192;
const QUERY_PAIRS_MAX = 64;

const PREFIX = '/v1/';
/** Segments of the alphabet of ids and `%`; never empty but for the last, never only one or two dots. */
const CANONICAL = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._:%-]+)*\/?$/;
/** What may stand percent-encoded: the alphabet of ids without the dot, which is never worth encoding honestly. */
const ENCODED = /%([0-9A-Fa-f]{2})/g;
const PARAM = /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,256}$/;
const KEY = /^([a-z_]+)(?:\[([^[\]]{0,64})\])?$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const CONTROL = /[\u0000-\u001f\u007f]/;
/** Keys that may occur more than once, and keys that name a member in brackets. */
const ARRAYS = new Set(['include']);
const MAPS = new Set(['metadata']);

interface Row {
  readonly endpoint: Endpoint;
  readonly names: readonly string[];
}

interface Node {
  readonly fixed: Map<string, Node>;
  param: Node | undefined;
  readonly rows: Map<string, Row>;
}

const newNode = (): Node => ({ fixed: new Map(), param: undefined, rows: new Map() });
const root = newNode();
for (const endpoint of ENDPOINTS) plant(endpoint);
/** Where administration lives: what is added there is no more relayed than what is known of it. */
const ADMINISTRATION = new Set(ADMINISTERED.map((row) => row.path.split('/')[1]));

function plant(endpoint: Endpoint): void {
  const names: string[] = [];
  let node = root;
  for (const segment of endpoint.path.slice(1).split('/')) {
    let next: Node | undefined;
    if (segment.startsWith('{')) {
      names.push(segment.slice(1, -1));
      next = node.param ??= newNode();
    } else {
      next = node.fixed.get(segment);
      if (!next) node.fixed.set(segment, (next = newNode()));
    }
    node = next;
  }
  node.rows.set(endpoint.method, { endpoint, names });
}

/**
 * The row a request names, with its parameters. A fixed segment wins over a parameter, without a second try.
 * @throws request.path for a target that is not canonical; access.unknown_operation for what has no row, and
 *   access.operation_refused if it would be administration; request.query for a query key the row does not list, a repeated one, or one that cannot be decoded
 */
export function matchRoute(method: string, rawTarget: string): Match {
  const mark = rawTarget.indexOf('?');
  const path = mark < 0 ? rawTarget : rawTarget.slice(0, mark);
  if (rawTarget.length > TARGET_CHARS_MAX || !CANONICAL.test(path)) throw new Refusal('request.path');
  if (!path.startsWith(PREFIX)) throw unknown();
  const values: string[] = [];
  const row = find(path, values)?.rows.get(method);
  if (!row) {
    throw ADMINISTRATION.has(path.split('/')[2]) ? new Refusal('access.operation_refused') : unknown();
  }
  const params: Record<string, string> = {};
  for (const [i, name] of row.names.entries()) params[name] = values[i] ?? '';
  // What is not relayed needs no reading: its refusal says more than a complaint about its query.
  const unread = mark < 0 || row.endpoint.refused !== undefined;
  const query = unread ? [] : readQuery(row.endpoint, rawTarget.slice(mark + 1));
  return { endpoint: row.endpoint, params, query };
}

function unknown(): Refusal {
  return new Refusal('access.unknown_operation');
}

function find(path: string, values: string[]): Node | undefined {
  let node: Node | undefined = root;
  let from = PREFIX.length;
  while (node && from <= path.length) {
    const slash: number = path.indexOf('/', from);
    const to: number = slash < 0 ? path.length : slash;
    const segment = path.slice(from, to);
    const fixed: Node | undefined = node.fixed.get(segment);
    if (fixed) node = fixed;
    else if (segment === '') return undefined;
    else {
      const value = decodeParam(segment);
      // A fixed segment in disguise would be another operation once it is rebuilt.
      if (node.fixed.has(value)) throw new Refusal('request.path');
      values.push(value);
      node = node.param;
    }
    from = to + 1;
  }
  return node;
}

function decodeParam(segment: string): string {
  const value = segment.includes('%') ? segment.replace(ENCODED, decodeOctet) : segment;
  if (!PARAM.test(value)) throw new Refusal('request.path');
  return value;
}

function decodeOctet(octet: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return /[A-Za-z0-9_:-]/.test(character) ? character : octet;
}

function readQuery(endpoint: Endpoint, text: string): readonly (readonly [string, string])[] {
  if (text === '') return [];
  const pieces = text.split('&');
  if (pieces.length > QUERY_PAIRS_MAX) throw new Refusal('request.query');
  const seen = new Set<string>();
  return pieces.map((piece) => {
    const equals = piece.indexOf('=');
    const key = decodeQuery(equals < 0 ? piece : piece.slice(0, equals));
    const value = equals < 0 ? '' : decodeQuery(piece.slice(equals + 1));
    const [, base = '', member] = KEY.exec(key) ?? [];
    const repeats = ARRAYS.has(base) && (member ?? '') === '';
    const wellFormed = member === undefined || repeats || (MAPS.has(base) && member !== '');
    if (!endpoint.query.includes(base) || !wellFormed || (seen.has(key) && !repeats)) {
      throw new Refusal('request.query');
    }
    seen.add(key);
    return [key, value] as const;
  });
}

function decodeQuery(text: string): string {
  // Printable ASCII but `#`, which no target holds; the rest must come encoded.
  if (!/^[!"$-~]*$/.test(text)) throw new Refusal('request.query');
  let value: string;
  try {
    value = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Refusal('request.query');
  }
  if (CONTROL.test(value)) throw new Refusal('request.query');
  return value;
}

/**
 * Upstream's path and query: the row's template, its parameters, its query, encoded anew.
 * `basePath` is the path of upstream's base URL: '' or `/v1`, with or without a slash at its end.
 * @throws gateway.fault for a parameter that no match can hold
 */
export function upstreamPath(basePath: string, match: Match): string {
  const path = match.endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = match.params[name];
    if (value === undefined || !PARAM.test(value)) throw new Refusal('gateway.fault');
    return value;
  });
  const base = basePath.endsWith('/') ? basePath.slice(0, -1) : basePath;
  if (match.query.length === 0) return base + path;
  const pairs = match.query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return `${base}${path}?${pairs.join('&')}`;
}
