/** Whether this caller may use the model, the tools, the objects and the addresses that the call names. */
import { Refusal } from '../base/errors.ts';
import { coversHost } from '../base/hosts.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limiting.ts';
import { checkReferences, type ObjectsSettings } from '../domain/objects.ts';
import { checkTools, type ToolsSettings } from '../domain/tools.ts';
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

/** @throws access.model, tool.denied */
export function authoriseModelAndTools(limiting: Limiting, tools: ToolsSettings): Guard {
  return function authoriseModelAndTools({ caller, prepared, match }) {
    const model = prepared.facts.model ?? match.params['model'];
    for (const list of [limiting.tier(caller).models, caller.key?.models]) {
      if (!list) continue;
      checkModel(match.endpoint, model, list);
      for (const call of prepared.calls) checkModel(endpointOf(call.endpointId), call.model, list);
    }
    checkTools(caller, prepared.tools, tools);
  };
}

/** Nothing in front of the host, nothing escaped in it, and an end that all parsers see (RFC 3986, section 3.2). */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/([a-z0-9.-]+)(?::\d{1,5})?(?:[/?#][^\s\\]*)?$/i;

/** The host of an address that has one reading; another parser than ours will follow it. */
function hostOf(url: string): string | undefined {
  return ADDRESS.exec(url)?.[1]?.toLowerCase();
}

/** @throws request.reference for a host that is not listed, or an address that can be read in two ways */
export function authoriseAddresses(allow: readonly string[]): Guard {
  const any = allow.includes('*');
  return function authoriseAddresses({ prepared }) {
    if (any) return;
    for (const { url, pointer } of prepared.urls) {
      const host = hostOf(url);
      if (host === undefined || !allow.some((entry) => coversHost(entry, host))) {
        throw new Refusal('request.reference', { param: pointer });
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
  exchange.owners = await checkReferences(store, exchange.caller, exchange.prepared.references, settings);
}
