/**
 * An injection that was found in the result of a tool, or in a document, is still there when a later call goes on from it: the
 * mark goes with the object, to whatever is made of it, and into what a marked call writes to. Never taken away.
 */
import { Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { ObjectOwner, Store } from '../ports/store.ts';
import type { Closing, Guard } from './stage.ts';

/** What calls add to, which others read from. */
const WRITTEN: ReadonlySet<string> = new Set(['conversation', 'thread', 'vector_store']);

/** Marks a call that names marked objects: its tools are judged anew when it is prepared again. */
export function inheritTaint(): Guard {
  return function inheritTaint(exchange) {
    if (!ownersOf(exchange).some(({ tainted }) => tainted)) return;
    exchange.isTainted = true;
    if (exchange.received === undefined) exchange.prepared = { ...exchange.prepared, tainted: true };
  };
}

/** @throws tool.* for what a marked call may not declare, or not without a person */
export function checkTaintedTools(): Guard {
  return function checkTaintedTools({ isTainted, prepared: { toolFault } }) {
    if (isTainted && toolFault) throw new Refusal(toolFault.code, { param: toolFault.param });
  };
}

/** Durable before anything is sent, so that no later call is faster. @throws store.unavailable */
export function passOnTaint(store: Pick<Store, 'putOwner'>): Guard {
  return function passOnTaint(exchange) {
    const { prepared, endpoint } = exchange;
    if (!prepared.tainted || endpoint.method === 'GET' || endpoint.method === 'DELETE') return undefined;
    const owners = ownersOf(exchange).filter(({ kind, tainted }) => WRITTEN.has(kind) && !tainted);
    return owners.length === 0 ? undefined : mark(store, owners);
  };
}

/** The same of what was tainted by the answer itself. Never rejects: the call is over. */
export function passOnResults(store: Pick<Store, 'putOwner'>): Closing {
  const pass = passOnTaint(store);
  return function passOnResults(exchange) {
    // A store that is away refuses whatever would go on from it, too.
    return exchange.answer.hasTainted ? pass(exchange)?.catch(() => undefined) : undefined;
  };
}

async function mark(store: Pick<Store, 'putOwner'>, owners: readonly ObjectOwner[]): Promise<void> {
  await Promise.all(owners.map((owner) => store.putOwner({ ...owner, tainted: true })));
}

/** Where everything is everybody's, they were looked up for what stands in them alone. */
function ownersOf({ owners, recalled }: Exchange): readonly ObjectOwner[] {
  return owners.length > 0 ? owners : (recalled?.owners ?? []);
}
