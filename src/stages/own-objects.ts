/** Records whose the objects are that a call made, before the caller learns their ids; shows nobody those of others. */
import { holdsPlaceholders } from '../domain/placeholders/chained-placeholders.ts';
import { isOwn } from '../domain/callers/end-users.ts';
import type { Exchange } from '../domain/exchange.ts';
import { child } from '../openai/child.ts';
import type { KeptPlaceholders } from '../domain/placeholders/kept-placeholders.ts';
import { firstPageQuery, ownPage, type AskPage } from '../domain/objects/object-lists.ts';
import { idsShown, type ObjectsSettings, type ShownId } from '../domain/objects/objects.ts';
import type { VaultEntry } from '../guardrails/placeholders.ts';
import type { ObjectOwner, Store } from '../ports/store.ts';

/** What the relay of an answer asks about objects. */
export interface OwnObjects {
  /** Undefined where there is nothing to record. Never rejects: the call is done and paid for. */
  record(exchange: Exchange, answer: unknown): Promise<void> | undefined;
  /** The same of what events of a stream are. */
  recordShown(exchange: Exchange, shown: readonly ShownId[]): Promise<void> | undefined;
  /** What goes upstream as the query: of lists that are filtered, for a page with room. */
  query(exchange: Exchange): Exchange['match']['query'];
  /**
   * Undefined where the answer is no list of objects.
   * @param ask for further pages of it
   * @throws store.unavailable, upstream.*
   */
  filter(exchange: Exchange, answer: unknown, ask: AskPage): Promise<unknown> | undefined;
  /**
   * Puts on the exchange what the items of a list hold for its caller, where each has placeholders of its own. Never
   * rejects: what is not known stays a placeholder.
   */
  recallItems(exchange: Exchange, list: unknown): Promise<void>;
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
  placeholders: Pick<KeptPlaceholders, 'row' | 'derived' | 'entriesOf'>,
  onFailure: (error: unknown) => void,
): OwnObjects {
  const isolated = settings.isolation !== 'off';
  return {
    record(exchange, answer) {
      const { makes, locates = makes, madeFrom } = exchange.endpoint;
      // Everybody's objects are recorded for what stands in them, if for anything.
      if (!isolated && madeFrom === undefined && !holdsPlaceholders(makes)) return undefined;
      const grows =
        ADDING.has(exchange.endpoint.method) && exchange.owners.some(({ kind }) => kind === 'conversation');
      if (grows && isOver(exchange)) void grow(store, exchange).catch(onFailure);
      const shown = idsOf(exchange, answer, locates);
      if (shown.length === 0) return undefined;
      const from = madeFrom === undefined ? undefined : child(answer, madeFrom);
      return put({ store, placeholders, exchange, from }, shown).catch(onFailure);
    },
    recordShown(exchange, shown) {
      if (!isolated || shown.length === 0) return undefined;
      return put({ store, placeholders, exchange }, shown).catch(onFailure);
    },
    query({ endpoint, match }) {
      return isolated && endpoint.lists !== undefined ? firstPageQuery(endpoint, match.query) : match.query;
    },
    filter(exchange, answer, ask) {
      if (!isolated || exchange.endpoint.lists === undefined) return undefined;
      return filtered(exchange, answer, ask);
    },
    async recallItems({ endpoint: { quotes }, caller, answer }, list) {
      const items = child(list, 'data');
      if (quotes === undefined || !Array.isArray(items)) return;
      const ids = items.map((item: unknown) => child(item, quotes));
      const named = ids.filter((id) => typeof id === 'string');
      const kept = await placeholders.entriesOf(caller, named).catch((error: unknown) => {
        onFailure(error);
        return new Map<unknown, readonly VaultEntry[]>();
      });
      answer.ofItems = new Map(ids.map((id, at) => [at, kept.get(String(id)) ?? []]));
    },
  };

  async function filtered(exchange: Exchange, answer: unknown, ask: AskPage): Promise<unknown> {
    const { caller, endpoint, match } = exchange;
    const view = { store, settings, caller, endpoint, query: match.query };
    const { list, items } = await ownPage(view, answer, ask);
    // What a listed object shows is usable by who sees it, as it is after a look at the object alone.
    if (endpoint.reveals) await putListed({ store, placeholders, exchange }, items).catch(onFailure);
    return list;
  }
}

/** What exists whether or not upstream keeps the answer that shows it. */
const APART: ReadonlySet<string> = new Set(['audio', 'container', 'container_file', 'sealed']);

/** What is kept upstream of what an answer shows. */
function idsOf(
  { endpoint, prepared, owners }: Exchange,
  answer: unknown,
  makes?: string,
): readonly ShownId[] {
  if (makes === undefined && endpoint.reveals === undefined) return [];
  const shown = idsShown(answer, makes, endpoint.reveals);
  if (prepared.facts.keeps) return shown;
  // A conversation keeps what it was given, whatever becomes of the response.
  const isAdded = owners.some(({ kind }) => kind === 'conversation');
  return shown.filter(({ kind }) => APART.has(kind) || (isAdded && kind === 'conversation_item'));
}

type Whose = Pick<ObjectOwner, 'user' | 'team' | 'endUser'>;

/** One answer that shows objects. */
interface Showing {
  readonly store: Store;
  readonly placeholders: Pick<KeptPlaceholders, 'row' | 'derived'>;
  readonly exchange: Exchange;
  /** Of what it says that they were made. */
  readonly from?: unknown;
}

/** What the items of a list show belongs to the owner of each. */
async function putListed(
  { store, placeholders, exchange }: Showing,
  items: readonly unknown[],
): Promise<void> {
  const { caller, endpoint, upstream } = exchange;
  const shown = items.flatMap((item) => {
    const [holder] = idsShown(item, endpoint.lists);
    const from = endpoint.madeFrom === undefined ? undefined : child(item, endpoint.madeFrom);
    return idsShown(item, undefined, endpoint.reveals).map((one) => ({ ...one, holder: holder?.id, from }));
  });
  if (shown.length === 0) return;
  const ids = shown.flatMap(({ id, holder }) => (holder === undefined ? [id] : [id, holder]));
  const known = new Map((await store.getOwners([...new Set(ids)])).map((owner) => [owner.id, owner]));
  const missing = shown.filter(({ id }) => !known.has(id));
  await Promise.all(
    missing.map(async ({ id, kind, holder = '', from }) => {
      const { user, team, endUser, tainted }: Whose & Pick<ObjectOwner, 'tainted'> =
        known.get(holder) ?? caller;
      const owner = { id, kind, user, team, endUser, createdAt: Date.now(), upstream, tainted };
      const kept = typeof from === 'string' ? await placeholders.derived(from, owner) : undefined;
      return store.putOwner(owner, kept);
    }),
  );
}

/** What was made is its maker's; what else is shown of an object belongs to the owner of that. */
async function put(
  { store, placeholders, exchange, from }: Showing,
  shown: readonly ShownId[],
): Promise<void> {
  const { caller, prepared, recalled, endpoint, upstream, judgedBy } = exchange;
  const { makes, locates = makes } = endpoint;
  const holder: Whose = holderOf(exchange) ?? caller;
  const chain = recalled?.isKnown === false ? undefined : prepared.chain;
  const fresh = endpoint.method === 'GET' ? await unknownOf(store, shown) : shown;
  const keptOf = (id: string, kind: string, whose: Whose) => {
    if (!holdsPlaceholders(kind)) return undefined;
    if (endpoint.madeFrom !== undefined && kind !== locates)
      return typeof from === 'string' ? placeholders.derived(from, { id, ...whose }) : undefined;
    return chain && isOwn(caller, whose) ? placeholders.row(caller, chain, id) : undefined;
  };
  await Promise.all(
    fresh.map(async ({ kind, id }) => {
      const isMade = kind === locates;
      const { user, team, endUser } = isMade ? caller : holder;
      const kept = await keptOf(id, kind, { user, endUser });
      const known = isMade && { tokens: tokensHeld(exchange), nano: prepared.batchNano, judgedBy };
      const tainted = prepared.tainted ? (true as const) : undefined;
      const owner = { id, kind, user, team, endUser, createdAt: Date.now(), upstream, tainted, ...known };
      return store.putOwner(owner, kept);
    }),
  );
}

/** Of the object that the path names. */
function holderOf({ owners, match, endpoint }: Exchange): ObjectOwner | undefined {
  if (owners.length === 0 || endpoint.objects === undefined) return undefined;
  const [first] = Object.values(match.params);
  return owners.find(({ id }) => id === first);
}

/** Who only looks shows again and again what is known. */
async function unknownOf(store: Store, shown: readonly ShownId[]): Promise<readonly ShownId[]> {
  const known = new Set((await store.getOwners(shown.map(({ id }) => id))).map(({ id }) => id));
  return shown.filter(({ id }) => !known.has(id));
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
