/** Chooses the upstream of a call, where there are several: after its objects are known to be the caller's. */
import { upstreamOfCall, upstreamOfCaller, type UpstreamChoice } from '../domain/upstreams/upstreams.ts';
import type { Guard } from './stage.ts';

/** @throws request.upstream, upstream.unreachable */
export function chooseUpstream(choice: UpstreamChoice): Guard {
  return function chooseUpstream(exchange) {
    const { caller, owners, within } = exchange;
    // The socket stands already.
    const own = within ? within.upstream : upstreamOfCaller(caller, choice);
    exchange.upstream = upstreamOfCall(own, owners, choice.names, within !== undefined);
  };
}
