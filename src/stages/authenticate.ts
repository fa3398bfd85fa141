/** Who calls: exactly one credential, in one place, or nothing is said. */
import type { Authenticator } from '../domain/authentication.ts';
import type { Guard } from './stage.ts';

/** @throws auth.missing, auth.invalid, auth.several, access.address, rate.source */
export function authenticate(authenticator: Authenticator): Guard {
  return function authenticate(exchange) {
    const found = authenticator.authenticate(exchange.arrival);
    if (!(found instanceof Promise)) {
      exchange.caller = found;
      return;
    }
    return found.then((caller) => {
      exchange.caller = caller;
    });
  };
}
