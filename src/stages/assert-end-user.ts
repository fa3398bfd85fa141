/** Whom the caller speaks for, where it says so: known from here on by a digest alone. */
import { Refusal } from '../base/errors.ts';
import type { Containment } from '../domain/callers/containment.ts';
import { END_USER_HEADER, type EndUsers } from '../domain/callers/end-users.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import type { Guard } from './stage.ts';

/** Who knows the rules. */
export interface EndUserDeps {
  readonly endUsers: EndUsers;
  readonly limiting: Pick<Limiting, 'tier'>;
  readonly containment: Pick<Containment, 'isActive' | 'checkCaller'>;
}

/** @throws access.end_user, request.end_user, access.banned, auth.invalid */
export function assertEndUser(deps: EndUserDeps): Guard {
  return function assertEndUser(exchange) {
    exchange.caller = callerSpeaking(deps, exchange.caller, exchange.arrival.headers);
  };
}

/** The caller, for whom its headers name. @throws as the guard */
export function callerSpeaking(
  { endUsers, limiting, containment }: EndUserDeps,
  caller: Exchange['caller'],
  headers: Exchange['arrival']['headers'],
): Exchange['caller'] {
  const said = headers[END_USER_HEADER];
  // A client secret says for whom it was made.
  const rule = caller.granted ? 'off' : limiting.tier(caller).endUsers;
  if (said === undefined) {
    if (rule === 'required') throw new Refusal('request.end_user');
    return caller;
  }
  // To go on without would mix up those whom the caller takes for kept apart.
  if (rule === undefined || rule === 'off') throw new Refusal('access.end_user');
  const speaking = endUsers.callerFor(caller, String(said));
  if (containment.isActive) containment.checkCaller(speaking);
  return speaking;
}
