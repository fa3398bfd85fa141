/** Whether the operation exists, is relayed at all, and is open to this caller. */
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { RouteMatch } from '../domain/exchange.ts';
import { permit } from '../domain/callers/permissions.ts';
import { allowedBy, endpointOf } from '../openai/endpoints/index.ts';
import type { Endpoint } from '../openai/endpoint.ts';
import { matchRoute } from '../openai/route.ts';
import type { Guard } from './stage.ts';

/**
 * @throws access.unknown_operation, access.operation_refused, access.operation_not_allowed, access.client_secret,
 *   access.model, request.path, request.query
 */
export function authoriseRoute(allow: readonly string[]): Guard {
  const checkOpen = openTo(allow);
  return function authoriseRoute(exchange) {
    const { arrival, caller } = exchange;
    const match = grantedRoute(matchRoute(arrival.method, arrival.target), caller);
    exchange.match = match;
    permit(exchange.caller.role, 'query');
    checkOpen(exchange.caller, match.endpoint);
  };
}

/** A client secret leads to its own session: with the model that it was made for, if it was made for one. */
function grantedRoute(match: RouteMatch, { granted }: Caller): RouteMatch {
  if (!granted) return match;
  if (match.endpoint.shape !== 'realtime') throw new Refusal('access.client_secret');
  const { model } = granted.session;
  const named = match.query.find(([name]) => name === 'model')?.[1];
  if (typeof model !== 'string' || model === named) return match;
  if (named !== undefined) throw new Refusal('access.model', { param: 'model' });
  return { ...match, query: [...match.query, ['model', model]] };
}

/**
 * The lines of a batch are calls of their own, which upstream makes: they are open to the caller, or the file is refused.
 * @throws access.operation_refused, access.operation_not_allowed
 */
export function authoriseBatch(allow: readonly string[]): Guard {
  const checkOpen = openTo(allow);
  return function authoriseBatch({ caller, prepared }) {
    for (const { endpointId } of prepared.calls) {
      const endpoint = endpointOf(endpointId);
      if (endpoint) checkOpen(caller, endpoint);
    }
  };
}

type CheckOpen = (caller: Caller, endpoint: Endpoint) => void;

function openTo(allow: readonly string[]): CheckOpen {
  const allowed = allowedBy(allow);
  const ofKeys = new Map<string, (endpoint: Endpoint) => boolean>();
  return (caller, endpoint) => {
    if (endpoint.refused !== undefined) throw new Refusal('access.operation_refused');
    const own = caller.key?.endpoints;
    if (!allowed(endpoint) || (own && !narrowed(ofKeys, own)(endpoint))) {
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
