/** How a refusal is told over a socket: as an event, and as the code with which the socket closes, if it does. */
import { errorBody, errorHeaders, type Refusal } from '../base/errors.ts';

/** What ends the socket; after any other refusal it goes on without the event that was refused. */
const FINAL = /^(?:auth|edge|upstream|gateway)\.|^rate\.refusals$|^guardrail\.answer$|^access\.address$/;

export function endsSocket({ code }: Refusal): boolean {
  return FINAL.test(code);
}

/** RFC 6455, section 7.4.1, and what was registered since. */
export function closeCode(refusal: Refusal): number {
  if (refusal.code === 'edge.draining') return 1012;
  if (refusal.code === 'edge.expired') return 1001;
  const { blame } = refusal.row;
  if (blame === 'upstream') return 1014;
  if (blame === 'dependency') return 1013;
  if (blame === 'gateway') return 1011;
  if (refusal.status === 415) return 1003;
  return refusal.status === 413 ? 1009 : 1008;
}

/** A code of upstream's as it may be told; anything odd is a fault of upstream's. */
export function relayedCode(code: number): number {
  const isTold = code === 1000 || code === 1001 || code === 1011 || (code >= 3000 && code <= 4999);
  return isTold ? code : 1014;
}

/** The refusal as an event, in OpenAI's shape. */
export function errorEvent(refusal: Refusal): string {
  const { error } = errorBody(refusal);
  return JSON.stringify({
    type: 'error',
    status: refusal.status,
    error,
    headers: errorHeaders(refusal),
  });
}

/**
 * The same in the form of Realtime.
 * @param id of the socket
 * @param eventId of the event that was refused
 */
export function realtimeError(refusal: Refusal, id: string, eventId?: string): string {
  const error = { ...errorBody(refusal).error, event_id: eventId ?? null };
  return JSON.stringify({ type: 'error', event_id: `event_${id}`, error });
}
