/**
 * A list of upstream's objects as one caller may see it: all callers share one account, so pages are filled up from
 * further pages of upstream's until there is one of the caller's own. Never shows what others made, nor how much.
 */
import { Refusal } from '../../base/errors.ts';
import { child, isRecord } from '../../openai/child.ts';
import type { Endpoint } from '../../openai/endpoint.ts';
import type { ObjectOwner, Store } from '../../ports/store.ts';
import type { Caller } from '../callers/caller.ts';
import { mayUse, type ObjectsSettings } from './objects.ts';

/** Pages of upstream's that one page of a caller's may cost. */
export const PAGES_MAX = 10;
/** What OpenAI's lists have where their row says nothing else: items by default, and at most. */
const PAGE_ITEMS = [20, 100] as const;
/** Owners looked up at a time: databases bound the values of one statement. */
const IDS_MAX = 1000;
const CURSOR_CHARS_MAX = 256;

type Query = readonly (readonly [string, string])[];
type Pairs = readonly [string, string][];

/** Answers the page of upstream's that this query names. @throws upstream.* */
export type AskPage = (query: Query) => Promise<unknown>;

/** Who looks at what. */
export interface ListView {
  readonly store: Store;
  readonly settings: ObjectsSettings;
  readonly caller: Caller;
  readonly endpoint: Endpoint;
  /** As the caller sent it. */
  readonly query: Query;
}

interface Page {
  readonly whole: Readonly<Record<string, unknown>>;
  readonly items: readonly unknown[];
  readonly hasMore: boolean;
}

/** The query for the first page: one item more than asked for, so that whether there are more is known at once. */
export function firstPageQuery(endpoint: Endpoint, query: Query): Query {
  const wanted = itemsWanted(endpoint, query);
  return wanted === undefined
    ? query
    : withPair(query, 'limit', String(Math.min(wanted + 1, maxOf(endpoint))));
}

/**
 * The caller's page and what is theirs on it. After ten pages of upstream's it may be shorter than asked for; it says
 * `has_more` only with an item to go on from.
 * @throws store.unavailable; upstream.invalid_answer for what is no list; what `ask` throws
 */
export async function ownPage(
  view: ListView,
  first: unknown,
  ask: AskPage,
): Promise<{ readonly list: unknown; readonly items: readonly unknown[] }> {
  const wanted = itemsWanted(view.endpoint, view.query) ?? Infinity;
  const pagesMax = wanted === Infinity ? 1 : PAGES_MAX;
  const backwards = isBackwards(view.query);
  let page = pageOf(first);
  const { whole } = page;
  let own = await ownItems(view, page.items);
  for (let pages = 1; pages < pagesMax; pages++) {
    const cursor = idOf(backwards ? page.items[0] : page.items.at(-1));
    if (own.length > wanted || !page.hasMore || cursor === undefined || cursor.length > CURSOR_CHARS_MAX)
      break;
    page = pageOf(await ask(nextPageQuery(view, cursor, backwards)));
    const found = await ownItems(view, page.items);
    own = backwards ? [...found, ...own] : [...own, ...found];
  }
  const surplus = own.length - wanted;
  const items = surplus <= 0 ? own : backwards ? own.slice(surplus) : own.slice(0, wanted);
  const hasMore = surplus > 0 || (page.hasMore && items.length > 0);
  return { list: listOf(whole, items, hasMore), items };
}

/** Members that upstream's own list has; its counts and cursors of others' objects are replaced. */
function listOf(whole: Page['whole'], data: readonly unknown[], hasMore: boolean): unknown {
  const own: Record<string, unknown> = { data };
  if ('has_more' in whole) own['has_more'] = hasMore;
  if ('first_id' in whole) own['first_id'] = idOf(data[0]) ?? null;
  if ('last_id' in whole) own['last_id'] = idOf(data.at(-1)) ?? null;
  return { ...whole, ...own };
}

function pageOf(list: unknown): Page {
  if (!isRecord(list) || !Array.isArray(list['data'])) {
    throw new Refusal('upstream.invalid_answer', { detail: 'a list without data' });
  }
  return { whole: list, items: list['data'], hasMore: list['has_more'] === true };
}

async function ownItems(view: ListView, items: readonly unknown[]): Promise<readonly unknown[]> {
  const { store, caller, settings, endpoint } = view;
  const ids = items.flatMap((item) => {
    const id = idOf(item);
    return id === undefined || isEverybodys(endpoint, id) ? [] : [id];
  });
  const own = new Set<string>();
  for (let from = 0; from < ids.length; from += IDS_MAX) {
    const owners: readonly ObjectOwner[] = await store.getOwners(ids.slice(from, from + IDS_MAX));
    for (const owner of owners) if (mayUse(caller, owner, settings)) own.add(owner.id);
  }
  return items.filter((item) => {
    const id = idOf(item);
    return id !== undefined && (own.has(id) || isEverybodys(endpoint, id));
  });
}

/** Among the models are those that OpenAI made. */
function isEverybodys(endpoint: Endpoint, id: string): boolean {
  return endpoint.lists === 'fine_tuned_model' && !id.startsWith('ft:');
}

const maxOf = ({ pageItems }: Endpoint): number => (pageItems ?? PAGE_ITEMS)[1];

/** Undefined where there is nothing to fill up: lists without pages, and limits that upstream refuses by itself. */
function itemsWanted(endpoint: Endpoint, query: Query): number | undefined {
  if (!endpoint.query.includes('limit')) return undefined;
  const named = query.find(([name]) => name === 'limit')?.[1];
  if (named === undefined) return (endpoint.pageItems ?? PAGE_ITEMS)[0];
  const limit = /^\d{1,6}$/.test(named) ? Number(named) : 0;
  return limit >= 1 && limit <= maxOf(endpoint) ? limit : undefined;
}

/** `before` alone asks for the page that ends in front of it. */
function isBackwards(query: Query): boolean {
  const has = (name: string): boolean => query.some(([key]) => key === name);
  return has('before') && !has('after');
}

function nextPageQuery({ endpoint, query }: ListView, cursor: string, backwards: boolean): Query {
  const full = withPair(query, 'limit', String(maxOf(endpoint)));
  return withPair(full, backwards ? 'before' : 'after', cursor);
}

function withPair(query: Query, name: string, value: string): Pairs {
  const others = query.filter(([key]) => key !== name).map(([key, old]): [string, string] => [key, old]);
  return [...others, [name, value]];
}

function idOf(item: unknown): string | undefined {
  const id = child(item, 'id');
  return typeof id === 'string' ? id : undefined;
}
