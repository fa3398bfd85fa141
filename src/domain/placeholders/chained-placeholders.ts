/**
 * Placeholders of calls that go on from each other: which objects of upstream's hold them, and how their values are
 * kept. Values open for the user who gave them and in the object they were given to; never for anybody else.
 */
import { z } from 'zod';
import type { Seal } from '../../base/seal.ts';
import type { ChainPlaceholders, PlaceholderNumbers, VaultEntry } from '../../guardrails/placeholders.ts';
import type { Endpoint, ObjectKind } from '../../openai/endpoint.ts';
import type { PlaceholderRow } from '../../ports/store.ts';
import type { Reference } from '../objects/objects.ts';

/** What later calls go on from, or read again: files too, and what they are put together of. */
const CONTINUED: ReadonlySet<string> = new Set<ObjectKind>([
  'file',
  'upload_part',
  'response',
  'conversation',
  'conversation_item',
  'chat_completion',
  'thread',
]);
/** What further calls write into. */
const GROWING: ReadonlySet<string> = new Set<ObjectKind>(['conversation', 'chat_completion', 'thread']);

/** Whether placeholders of such a call may come back in a later one. */
export function canBeContinued({ makes, objects, reveals }: Endpoint): boolean {
  const named = [...Object.values(objects ?? {}), ...Object.values(reveals ?? {})];
  return holdsPlaceholders(makes) || named.some(holdsPlaceholders);
}

/** Whether placeholders stand in an object of this kind. */
export function holdsPlaceholders(kind: string | undefined): boolean {
  return kind !== undefined && CONTINUED.has(kind);
}

/** The objects that a call goes on from, each once. */
export function continuedBy(references: readonly Reference[]): readonly Reference[] {
  const found = references.filter(({ kind }) => CONTINUED.has(kind));
  return found.length < 2 ? found : [...new Map(found.map((each) => [each.id, each])).values()];
}

/** Whether a call that names such an object writes into it. */
export function isGrowing({ kind }: Reference): boolean {
  return GROWING.has(kind);
}

/** The same text for the same numbers. */
export function numbersText(numbers: PlaceholderNumbers): string {
  return JSON.stringify(Object.fromEntries(Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1))));
}

const numbersSchema = z.record(z.string(), z.int().min(0));

/** What `numbersText` wrote. */
export function numbersFrom(text: string): PlaceholderNumbers {
  return numbersSchema.parse(JSON.parse(text));
}

/** An object, and whose. */
export interface OwnObject {
  readonly id: string;
  readonly user: string;
}

/**
 * A chain as it is kept with an object: no values where `days` is 0.
 * @param now given to values that are of this call
 */
export function sealChain(
  seal: Seal,
  { numbers, entries }: ChainPlaceholders,
  { id, user }: OwnObject,
  { now, days }: { readonly now: number; readonly days: number },
): PlaceholderRow {
  const placeholders = numbersText(numbers);
  const kept = entries.filter(({ at = now }) => at > now - days * DAY_MS);
  if (kept.length === 0) return { placeholders };
  const list = kept.map(({ placeholder, value, at = now }) => [placeholder, value, at]);
  const since = list.reduce((oldest, [, , at]) => Math.min(oldest, Number(at)), now);
  const sealed = seal.seal(JSON.stringify(list), belongsTo(id, user)).toString('base64');
  return { placeholders, sealed, since };
}

const DAY_MS = 86_400_000;
const entriesSchema = z.array(z.tuple([z.string(), z.string(), z.number()]));

/** Values kept with an object that are no older than `since`; none for what does not open: they stay placeholders. */
export function openEntries(
  seal: Seal,
  sealed: string | undefined,
  { id, user }: OwnObject,
  since: number,
): readonly VaultEntry[] {
  const plain =
    sealed === undefined ? undefined : seal.open(Buffer.from(sealed, 'base64'), belongsTo(id, user));
  if (!plain) return [];
  return entriesSchema
    .parse(JSON.parse(plain.toString()))
    .filter(([, , at]) => at > since)
    .map(([placeholder, value, at]) => ({ placeholder, type: typeOf(placeholder), value, at }));
}

const belongsTo = (id: string, user: string): readonly string[] => ['placeholders', user, id];

/** `<TYPE_n>` */
const typeOf = (placeholder: string): string => placeholder.slice(1, placeholder.lastIndexOf('_'));

/** Several chains as one: a placeholder that stands for different values in them stands for none. */
export function joinChains(chains: readonly ChainPlaceholders[]): ChainPlaceholders {
  const numbers: Record<string, number> = {};
  const entries = new Map<string, VaultEntry>();
  const unclear = new Set<string>();
  for (const chain of chains) {
    for (const [type, number] of Object.entries(chain.numbers))
      numbers[type] = Math.max(numbers[type] ?? 0, number);
    for (const entry of chain.entries) {
      const known = entries.get(entry.placeholder);
      if (known && known.value !== entry.value) unclear.add(entry.placeholder);
      entries.set(entry.placeholder, entry);
    }
  }
  return { numbers, entries: [...entries.values()].filter(({ placeholder }) => !unclear.has(placeholder)) };
}
