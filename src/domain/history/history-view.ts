/** History as it is shown to whom it belongs, or to who may read it: opened, searched within a bound, newest first. */
import type { Seal } from '../../base/seal.ts';
import { z } from 'zod';
import type { HistoryPage, HistoryRecord, HistoryStore } from '../../ports/history-store.ts';
import { belongsTo } from './history.ts';

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** What can be asked for: a text, times (a date is its start in UTC), a page. */
export const historyQuerySchema = z.strictObject({
  q: z.string().min(1).max(200).optional(),
  from: time.optional(),
  to: time.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** The id of the last one of the page before. */
  before: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,128}$/)
    .optional(),
});
/** As it was asked. */
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

const part = z.object({ text: z.string(), cut: z.boolean() });
const contentSchema = z.object({ model: z.string().optional(), asked: part, answered: part.optional() });

/** One page. */
export interface HistoryList {
  readonly object: 'list';
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** Whether older ones may match: ask with `before`. */
  readonly has_more: boolean;
  /** Of the next page: the oldest that was looked at, which need not be among those shown. */
  readonly next_before?: string | undefined;
}

/** Rows that are opened for one search. */
export const SCANNED_MAX = 2000;
const PAGE = 100;

/** Whose. */
export type HistoryOwner = Pick<HistoryPage, 'user' | 'endUsers'>;
/** A page of what a user said, opened. @throws store.unavailable */
export type ReadHistory = (of: HistoryOwner, query: HistoryQuery) => Promise<HistoryList>;

/** Of theirs. A row whose secret is not known any more is shown without texts. @throws store.unavailable */
export async function historyOf(
  { history, seal }: { readonly history: HistoryStore; readonly seal: Seal },
  whose: HistoryOwner,
  { q, from, to, limit, before }: HistoryQuery,
): Promise<HistoryList> {
  const times = {
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
  const wanted = q?.toLowerCase();
  const data: Record<string, unknown>[] = [];
  let last = before;
  for (let scanned = 0; scanned < SCANNED_MAX; scanned += PAGE) {
    const rows = await history.list({ ...whose, ...times, before: last, limit: PAGE });
    for (const row of rows) {
      const shown = opened(seal, row);
      if (wanted === undefined || shown.searched.includes(wanted)) {
        if (data.length === limit) return { object: 'list', data, has_more: true, next_before: last };
        data.push(shown.view);
      }
      last = row.id;
    }
    if (rows.length < PAGE) return { object: 'list', data, has_more: false };
  }
  return { object: 'list', data, has_more: true, next_before: last };
}

function opened(seal: Seal, row: HistoryRecord): { view: Record<string, unknown>; searched: string } {
  const { id, user, team, endUser, at, operation, inputTokens, outputTokens, sealed } = row;
  const text = seal.open(Buffer.from(sealed, 'base64'), belongsTo(user, id))?.toString();
  const content = text === undefined ? undefined : contentSchema.parse(JSON.parse(text));
  const view = {
    id,
    user,
    team,
    endUser,
    at: new Date(at).toISOString(),
    operation,
    model: content?.model,
    inputTokens,
    outputTokens,
    asked: content?.asked ?? null,
    answered: content?.answered ?? null,
  };
  return { view, searched: `${content?.asked.text ?? ''}\n${content?.answered?.text ?? ''}`.toLowerCase() };
}
