/** Ends the open calls of whom the kill switch or a ban shuts out, the moment that is known here. */
import { asRefusal } from '../base/errors.ts';
import type { Containment } from '../domain/callers/containment.ts';
import type { OpenCall } from '../domain/open-call.ts';

/** From now on; there is nothing to stop. */
export function endContained(containment: Containment, open: () => Iterable<OpenCall>): void {
  containment.onChanged(() => {
    if (!containment.isActive) return;
    for (const call of open()) {
      if (!call.caller) continue;
      try {
        containment.checkCaller(call.caller);
        containment.checkModel(call.model);
      } catch (error) {
        call.abort(asRefusal(error));
      }
    }
  });
}
