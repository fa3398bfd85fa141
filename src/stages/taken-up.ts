/**
 * A stream of a response that is taken up again in its middle. What a text or a call is shows from its beginning alone, and
 * where the caller wants to go on may be in the middle of either: so upstream is asked for all of it, all of it is screened,
 * and what the caller has had is left out.
 */
import { Refusal } from '../base/errors.ts';
import type { RouteMatch } from '../domain/exchange.ts';
import { child } from '../openai/child.ts';
import { FrameSplitter } from '../openai/frames.ts';

const AFTER = 'starting_after';
/** More is not looked for a number. */
const EVENT_BYTES_MAX = 64 * 1024 * 1024;

/** What upstream is asked with. @throws request.query for a place that is no number of an event */
export function wholeQuery({ endpoint }: RouteMatch, query: RouteMatch['query']): RouteMatch['query'] {
  const after = placeIn({ endpoint, query });
  if (after === undefined) return query;
  if (!/^\d{1,15}$/.test(after)) throw new Refusal('request.query', { param: AFTER });
  return query.filter(([name]) => name !== AFTER);
}

/** Which events of such a stream are told; undefined for any other. */
export function takenUp(match: RouteMatch): TakenUp | undefined {
  const after = placeIn(match);
  return after === undefined ? undefined : new TakenUp(Number(after));
}

/** Where a stream is to go on; undefined where none is asked for, which has no middle. */
function placeIn({ endpoint, query }: Pick<RouteMatch, 'endpoint' | 'query'>): string | undefined {
  if (!endpoint.query.includes(AFTER)) return undefined;
  const valueOf = (key: string): string | undefined => query.find(([name]) => name === key)?.[1];
  return (valueOf('stream') ?? 'false') === 'false' ? undefined : valueOf(AFTER);
}

export class TakenUp {
  readonly #after: number;
  #isPast = false;

  /** @param after number of the last event that the caller has had */
  constructor(after: number) {
    this.#after = after;
  }

  /** Those that the caller has not had, in their order; and what has no number. */
  left(events: readonly Buffer[]): readonly Buffer[] {
    return this.#isPast ? events : events.filter((event) => this.#isLeft(event));
  }

  #isLeft(event: Buffer): boolean {
    const number = this.#isPast ? undefined : numberOf(event);
    if (number === undefined) return true;
    this.#isPast = number > this.#after;
    return this.#isPast;
  }
}

function numberOf(event: Buffer): number | undefined {
  const [frame] = new FrameSplitter(EVENT_BYTES_MAX).push(event);
  if (frame?.data === undefined || frame.data.trim() === '[DONE]') return undefined;
  const number = child(JSON.parse(frame.data), 'sequence_number');
  return typeof number === 'number' ? number : undefined;
}
