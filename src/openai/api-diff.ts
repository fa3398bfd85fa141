/** What a newer description of OpenAI's API has that the endpoint table does not know, and the other way round. */
import { child, isRecord } from './child.ts';
import { ENDPOINTS } from './endpoints/index.ts';

export interface ApiDiff {
  /** `METHOD /path`, or `METHOD /path ?key` for a query key that the row does not list; sorted. */
  readonly added: string[];
  /** Rows that the description does not have any more; sorted. */
  readonly removed: string[];
}

/** Sockets stand in no description. */
const DESCRIBED = ENDPOINTS.filter(({ method }) => method !== 'WEBSOCKET');
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/**
 * Compares by method and path, whatever path parameters are called.
 * A query in the description's own path (`?beta=true`) counts as a query key of the plain path.
 * @throws TypeError for what is not an OpenAPI description
 */
export function apiDiff(openapi: unknown): ApiDiff {
  const paths = child(openapi, 'paths');
  if (!isRecord(paths)) throw new TypeError('not an OpenAPI description: it has no paths');
  const rows = new Map(DESCRIBED.map((row) => [shapeOf(row.method, row.path), row]));
  const missing = new Set(rows.keys());
  const added = new Set<string>();
  for (const [target, item] of Object.entries(paths)) {
    const [path = '', search = ''] = target.split('?');
    for (const method of METHODS) {
      const operation = child(item, method);
      if (!isRecord(operation)) continue;
      const name = `${method.toUpperCase()} ${path}`;
      const row = rows.get(shapeOf(method.toUpperCase(), path));
      missing.delete(shapeOf(method.toUpperCase(), path));
      if (!row) added.add(name);
      else if (row.refused === undefined) {
        const keys = [...new URLSearchParams(search).keys(), ...queryKeys(openapi, item, operation)];
        for (const key of keys) if (!row.query.includes(key)) added.add(`${name} ?${key}`);
      }
    }
  }
  const removed = [...missing].map((shape) => rows.get(shape)).map((row) => `${row?.method} ${row?.path}`);
  return { added: [...added].sort(), removed: removed.sort() };
}

function shapeOf(method: string, path: string): string {
  return `${method} ${path.replace(/\{[^}]*\}/g, '{}')}`;
}

/** Without the brackets that some descriptions write after the name of an array. */
function queryKeys(openapi: unknown, ...holders: readonly unknown[]): string[] {
  const parameters = holders.flatMap((holder) => {
    const list = child(holder, 'parameters');
    return Array.isArray(list) ? list.map((parameter) => resolve(openapi, parameter)) : [];
  });
  return parameters
    .filter((parameter) => child(parameter, 'in') === 'query')
    .map((parameter) => String(child(parameter, 'name')).replace(/\[\]$/, ''));
}

/** Follows one local reference (RFC 6901); a description that chains them is not one of OpenAI's. */
function resolve(openapi: unknown, parameter: unknown): unknown {
  const reference = child(parameter, '$ref');
  if (typeof reference !== 'string') return parameter;
  return reference.slice(2).split('/').reduce(child, openapi);
}
