/** Times and periods as admin routes take and tell them. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 366;

/** A time, or a date: its start in UTC. */
export const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** As times are told: ISO 8601, UTC. @param at milliseconds since 1970 */
export function iso(at: number): string;
export function iso(at: number | undefined): string | undefined;
export function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** What a route takes that tells of a period, as JSON or as CSV. */
export const periodInput = {
  from: time,
  /** Now, if left out. */
  to: time.optional(),
  format: z.enum(['json', 'csv']).default('json'),
};

/** From ≤ time < to, in milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** @param now the end of one that names none. @throws request.invalid_field for a backward one, and more than 366 days */
export function periodOf(
  input: { readonly from: string; readonly to?: string | undefined },
  now: number,
): Period {
  const period = { from: Date.parse(input.from), to: input.to === undefined ? now : Date.parse(input.to) };
  if (period.from >= period.to || period.to - period.from > DAYS_MAX * DAY_MS)
    throw new Refusal('request.invalid_field', { param: 'to' });
  return period;
}

/** As it is told with what was found in it. */
export function periodView({ from, to }: Period): { readonly from: string; readonly to: string } {
  return { from: iso(from), to: iso(to) };
}
