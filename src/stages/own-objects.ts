/** Records whose the objects are that a call made, before the caller learns their ids; shows nobody those of others. */
import { holdsPlaceholders } from '../domain/chained-placeholders.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { KeptPlaceholders } from '../domain/kept-placeholders.ts';
import { firstPageQuery, ownPage, type AskPage } from '../domain/object-lists.ts';
import { idsShown, type ObjectsSettings } from '../domain/objects.ts';
import type { Store } from '../ports/store.ts';

/** What the relay of an answer asks about objects. */
export interface OwnObjects {
  /** Undefined where there is nothing to record. Never rejects: the call is done and paid for. */
  record(exchange: Exchange, answer: unknown): Promise<void> | undefined;
  /** What goes upstream as the query: of lists that are filtered, for a page with room. */
  query(exchange: Exchange): Exchange['match']['query'];
  /**
   * Undefined where the answer is no list of objects.
   * @param ask for further pages of it
   * @throws store.unavailable, upstream.*
   */
  filter(exchange: Exchange, answer: unknown, ask: AskPage): Promise<unknown> | undefined;
}

/** What may put something into a conversation. */
const ADDING: ReadonlySet<string> = new Set(['POST', 'WEBSOCKET']);

/**
 * @param placeholders what is kept of those that stand in a new object, in one row with its owner: an id without the
 *   one has not the other
 * @param onFailure told of every owner that could not be recorded: its object is unknown from then on
 */
export function ownObjects(
  store: Store,
  settings: ObjectsSettings,
  placeholders: Pick<KeptPlaceholders, 'row'>,
  onFailure: (error: unknown) => void,
): OwnObjects {
  const isolated = settings.isolation !== 'off';
  return {
    record(exchange, answer) {
      const { makes, reveals } = exchange.endpoint;
      // Everybody's objects are recorded for what stands in them, if for anything.
      if (!isolated && !holdsPlaceholders(makes)) return undefined;
      const grows =
        ADDING.has(exchange.endpoint.method) && exchange.owners.some(({ kind }) => kind === 'conversation');
      if (grows && isOver(exchange)) void grow(store, exchange).catch(onFailure);
      if ((makes === undefined && reveals === undefined) || !exchange.prepared.facts.keeps) return undefined;
      return put(store, exchange, idsShown(answer, makes, reveals), placeholders).catch(onFailure);
    },
    query({ endpoint, match }) {
      return isolated && endpoint.lists !== undefined ? firstPageQuery(endpoint, match.query) : match.query;
    },
    filter(exchange, answer, ask) {
      if (!isolated || exchange.endpoint.lists === undefined) return undefined;
      return filtered(exchange, answer, ask);
    },
  };

  async function filtered(exchange: Exchange, answer: unknown, ask: AskPage): Promise<unknown> {
    const { caller, endpoint, match } = exchange;
    const view = { store, settings, caller, endpoint, query: match.query };
    const { list, items } = await ownPage(view, answer, ask);
    // What a listed object shows is usable by who sees it, as it is after a look at the object alone.
    if (endpoint.reveals) await putRevealed(store, exchange, items).catch(onFailure);
    return list;
  }
}

async function putRevealed(store: Store, exchange: Exchange, items: readonly unknown[]): Promise<void> {
  const shown = items.flatMap((item) => idsShown(item, undefined, exchange.endpoint.reveals));
  const known = new Set((await store.getOwners(shown.map(({ id }) => id))).map(({ id }) => id));
  await put(
    store,
    exchange,
    shown.filter(({ id }) => !known.has(id)),
  );
}

async function put(
  store: Store,
  exchange: Exchange,
  shown: readonly { readonly kind: string; readonly id: string }[],
  placeholders?: Pick<KeptPlaceholders, 'row'>,
): Promise<void> {
  const { caller, prepared, recalled } = exchange;
  const { user, team } = caller;
  const chain = recalled?.isKnown === false ? undefined : prepared.chain;
  const tokens = tokensHeld(exchange);
  const nano = exchange.prepared.batchNano;
  for (const { kind, id } of shown) {
    const kept = chain && holdsPlaceholders(kind) ? placeholders?.row(caller, chain, id) : undefined;
    await store.putOwner({ id, kind, user, team, createdAt: Date.now(), tokens, nano }, kept);
  }
}

/** What an object made here is known to hold; what upstream added to a call, and wrote, only a report tells. */
function tokensHeld({ answer: { usage }, endpoint, prepared: { facts } }: Exchange): number | undefined {
  if (usage) return usage.inputTokens + usage.outputTokens;
  return endpoint.cost === 'free' ? facts.textBytes : undefined;
}

/** Not while a stream is under way: what it comes to is not known. */
function isOver({ answer, refusal }: Exchange): boolean {
  return answer.complete || refusal !== undefined;
}

/** A conversation grows with what is put into it: the next call that continues it is priced by that. */
async function grow(store: Store, exchange: Exchange): Promise<void> {
  const { answer, owners, prepared } = exchange;
  const { facts, quote } = prepared;
  // Broken off: no more than it was allowed. Without a price nothing is written, and no token is less than a byte.
  const added = facts.textBytes + (quote ? quote.outputTokens * quote.n : 0);
  for (const owner of owners.filter(({ kind }) => kind === 'conversation')) {
    if (owner.tokens === undefined) continue;
    const tokens = answer.usage ? tokensHeld(exchange) : owner.tokens + added;
    await store.putOwner({ ...owner, tokens });
  }
}
