/** Whether this caller may use the model, the tools, the objects and the addresses that the call names. */
import { Refusal } from '../base/errors.ts';
import { fieldAt } from '../base/field-name.ts';
import { addressOf, coversHost } from '../base/hosts.ts';
import type { Containment } from '../domain/callers/containment.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import { checkReferences, unknownSealed, type ObjectsSettings } from '../domain/objects/objects.ts';
import type { Endpoint } from '../openai/endpoint.ts';
import { endpointOf } from '../openai/endpoints/index.ts';
import type { Store } from '../ports/store.ts';
import type { Guard } from './stage.ts';

/** A key's list may end in `*`. */
function inList(model: string, list: readonly string[]): boolean {
  return list.some((entry) => (entry.endsWith('*') ? model.startsWith(entry.slice(0, -1)) : entry === model));
}

/** @throws access.model */
function checkModel(
  endpoint: Endpoint | undefined,
  model: string | undefined,
  list: readonly string[],
): void {
  // Where upstream may choose the model itself, no list can allow it.
  const chosen = model !== undefined || (endpoint?.model === 'optional' && endpoint.cost !== 'free');
  if (chosen && !(model !== undefined && inList(model, list)))
    throw new Refusal('access.model', { param: 'model' });
}

/** @throws access.model, access.locked_down, tool.denied, tool.arguments, tool.calls */
export function authoriseModelAndTools(
  limiting: Limiting,
  containment: Pick<Containment, 'checkModel'>,
): Guard {
  return function authoriseModelAndTools({ caller, prepared, match }) {
    const model = prepared.facts.model ?? match.params['model'];
    containment.checkModel(model);
    for (const call of prepared.calls) containment.checkModel(call.model);
    for (const list of [limiting.tier(caller).models, caller.key?.models]) {
      if (!list) continue;
      checkModel(match.endpoint, model, list);
      for (const call of prepared.calls) checkModel(endpointOf(call.endpointId), call.model, list);
    }
    const { toolFault } = prepared;
    if (toolFault) throw new Refusal(toolFault.code, { param: fieldAt(toolFault.param) });
  };
}

/**
 * @param servers hosts of MCP servers, which the tool policy has let pass as such
 * @throws request.reference for a host that is not listed, or an address that can be read in two ways
 */
export function authoriseAddresses(allow: readonly string[], servers: readonly string[] = []): Guard {
  const any = allow.includes('*');
  return function authoriseAddresses({ prepared }) {
    if (any) return;
    for (const { url, pointer } of prepared.urls) {
      const host = addressOf(url)?.host;
      const list = pointer.endsWith('/server_url') ? [...allow, ...servers] : allow;
      if (host === undefined || !list.some((entry) => coversHost(entry, host))) {
        throw new Refusal('request.reference', { param: fieldAt(pointer) });
      }
    }
  };
}

/** @throws access.unknown_object, store.unavailable */
export function authoriseObjects(store: Store, settings: ObjectsSettings): Guard {
  return function authoriseObjects(exchange) {
    const { references } = exchange.prepared;
    if (references.length === 0 || settings.isolation === 'off') return undefined;
    return lookUp(store, exchange, settings);
  };
}

async function lookUp(store: Store, exchange: Exchange, settings: ObjectsSettings): Promise<void> {
  const { caller, prepared } = exchange;
  const objects = prepared.references.filter(({ kind }) => kind !== 'sealed');
  const sealed = prepared.references.filter(({ kind }) => kind === 'sealed');
  if (objects.length > 0) exchange.owners = await checkReferences(store, caller, objects, settings);
  if (sealed.length > 0)
    exchange.unknownSealed = await unknownSealed(store, caller, sealed, settings, Date.now());
}
