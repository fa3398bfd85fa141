/** Whether the operation exists, is relayed at all, and is open to this caller. */
import { Refusal } from '../base/errors.ts';
import { permit } from '../domain/permissions.ts';
import { allowedBy } from '../openai/endpoints/index.ts';
import type { Endpoint } from '../openai/endpoint.ts';
import { matchRoute } from '../openai/route.ts';
import type { Guard } from './stage.ts';

/** @throws access.unknown_operation, access.operation_refused, access.operation_not_allowed, request.path, request.query */
export function authoriseRoute(allow: readonly string[]): Guard {
  const allowed = allowedBy(allow);
  const ofKeys = new Map<string, (endpoint: Endpoint) => boolean>();
  return function authoriseRoute(exchange) {
    const match = matchRoute(exchange.arrival.method, exchange.arrival.target);
    exchange.match = match;
    permit(exchange.caller.role, 'query');
    if (match.endpoint.refused !== undefined) throw new Refusal('access.operation_refused');
    const own = exchange.caller.key?.endpoints;
    if (!allowed(match.endpoint) || (own && !narrowed(ofKeys, own)(match.endpoint))) {
      throw new Refusal('access.operation_not_allowed');
    }
  };
}

/** A key's own list, compiled once; bounded, since keys come and go. */
function narrowed(
  cache: Map<string, (endpoint: Endpoint) => boolean>,
  allow: readonly string[],
): (endpoint: Endpoint) => boolean {
  const name = allow.join(',');
  let found = cache.get(name);
  if (!found) {
    if (cache.size >= 1000) cache.clear();
    found = allowedBy(allow);
    cache.set(name, found);
  }
  return found;
}
