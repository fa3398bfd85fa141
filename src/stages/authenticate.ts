/** Who calls: exactly one credential, in one place, or nothing is said. */
import type { Authenticator } from '../domain/callers/authentication.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Guard } from './stage.ts';

/** @throws auth.missing, auth.invalid, auth.several, access.address, rate.source */
export function authenticate(authenticator: Authenticator): Guard {
  return function authenticate(exchange) {
    const { arrival, within } = exchange;
    const found = within?.granted
      ? authenticator.authenticateWithin(within.granted, arrival.source)
      : authenticator.authenticate(arrival);
    // At once for a cached key: a call that is known costs no turn of the event loop here.
    if (found instanceof Promise) return wait(exchange, found);
    exchange.caller = found;
    return undefined;
  };
}

async function wait(exchange: Exchange, found: Promise<Caller>): Promise<void> {
  exchange.caller = await found;
}
