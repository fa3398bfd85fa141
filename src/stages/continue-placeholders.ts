/**
 * Calls that go on from others know the placeholders that stand there: read before the call is prepared again, and
 * what it adds to an object that grows is durable before anything is sent, so that no number is given twice.
 */
import { Refusal } from '../base/errors.ts';
import { holdsPlaceholders } from '../domain/placeholders/chained-placeholders.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { KeptPlaceholders } from '../domain/placeholders/kept-placeholders.ts';
import type { ObjectsSettings } from '../domain/objects/objects.ts';
import type { Guard } from './stage.ts';

/** What these guards work with. */
export interface ContinueDeps {
  readonly keptPlaceholders: KeptPlaceholders;
  readonly objects: ObjectsSettings;
}

/** Puts on the exchange what it goes on from; a call without a body gets the values for its answer. @throws store.unavailable */
export function recallPlaceholders(deps: ContinueDeps): Guard {
  return function recallPlaceholders(exchange) {
    if (!exchange.prepared.references.some(({ kind }) => holdsPlaceholders(kind))) return undefined;
    // Owners were looked up already, unless everything is everybody's.
    return recall(deps, exchange, deps.objects.isolation !== 'off');
  };
}

async function recall(
  { keptPlaceholders }: ContinueDeps,
  exchange: Exchange,
  isFresh: boolean,
): Promise<void> {
  const { caller, prepared, endpoint, owners, received } = exchange;
  const writes = endpoint.method === 'POST' || endpoint.method === 'WEBSOCKET';
  const known = isFresh ? owners : undefined;
  const recalled = await keptPlaceholders.recall(caller, prepared.references, writes, known);
  exchange.recalled = recalled;
  if (received === undefined && recalled.earlier)
    exchange.prepared = { ...prepared, placeholders: recalled.earlier.entries };
}

/** Tried so often before a call is refused: others write into the same object all the time. */
const TRIES_MAX = 4;

/**
 * Prepares the call on what it goes on from, and keeps what it is about to write. Where the object has changed since it
 * was read, both again. Values of a call that is refused later on stay until their time is over.
 * @param prepareAgain with what is on the exchange, where that changes anything
 * @throws store.unavailable, also after four tries; what `prepareAgain` throws
 */
export function prepareAndKeep(deps: ContinueDeps, prepareAgain: Guard): Guard {
  return function prepareAndKeep(exchange) {
    const prepared = prepareAgain(exchange);
    if (!exchange.recalled || exchange.recalled.rows.size === 0) return prepared;
    return keep(deps, exchange, prepareAgain, prepared);
  };
}

async function keep(
  deps: ContinueDeps,
  exchange: Exchange,
  prepareAgain: Guard,
  prepared: void | Promise<void>,
): Promise<void> {
  await prepared;
  for (let tries = 1; !(await isKept(deps, exchange)); tries++) {
    if (tries === TRIES_MAX)
      throw new Refusal('store.unavailable', { detail: 'an object is written into all the time' });
    await recall(deps, exchange, false);
    await prepareAgain(exchange);
  }
}

async function isKept({ keptPlaceholders }: ContinueDeps, exchange: Exchange): Promise<boolean> {
  const { caller, prepared, recalled } = exchange;
  if (!recalled?.isKnown || !prepared.chain || prepared.blockedBy) return true;
  return await keptPlaceholders.keep(caller, prepared.chain, recalled.rows);
}
