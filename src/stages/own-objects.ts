/** Records whose the objects are that a call made, before the caller learns their ids; shows nobody those of others. */
import type { Exchange } from '../domain/exchange.ts';
import { idsShown, ownList, type ObjectsSettings } from '../domain/objects.ts';
import type { Store } from '../ports/store.ts';

export interface OwnObjects {
  /** Undefined where there is nothing to record. Never rejects: the call is done and paid for. */
  record(exchange: Exchange, answer: unknown): Promise<void> | undefined;
  /** Undefined where the answer is no list of objects. @throws store.unavailable */
  filter(exchange: Exchange, answer: unknown): Promise<unknown> | undefined;
}

export function ownObjects(
  store: Store,
  settings: ObjectsSettings,
  onFailure: (error: unknown) => void,
): OwnObjects {
  const isolated = settings.isolation !== 'off';
  return {
    record(exchange, answer) {
      const { makes, reveals } = exchange.endpoint;
      if (!isolated) return undefined;
      const grows =
        exchange.endpoint.method === 'POST' && exchange.owners.some(({ kind }) => kind === 'conversation');
      if (grows) void grow(store, exchange).catch(onFailure);
      if ((makes === undefined && reveals === undefined) || !exchange.prepared.facts.keeps) return undefined;
      return put(store, exchange, idsShown(answer, makes, reveals)).catch(onFailure);
    },
    filter(exchange, answer) {
      if (!isolated || exchange.endpoint.lists === undefined) return undefined;
      return ownList(store, exchange.caller, answer, settings);
    },
  };
}

async function put(
  store: Store,
  exchange: Exchange,
  shown: readonly { readonly kind: string; readonly id: string }[],
): Promise<void> {
  const { user, team } = exchange.caller;
  const tokens = tokensHeld(exchange);
  for (const { kind, id } of shown)
    await store.putOwner({ id, kind, user, team, createdAt: Date.now(), tokens });
}

/** What an object made here holds at most: what upstream counted, else no more tokens than bytes were sent. */
function tokensHeld({ answer: { usage }, prepared: { facts } }: Exchange): number {
  return usage ? usage.inputTokens + usage.outputTokens : facts.textBytes;
}

/** A conversation grows with what is put into it: the next call that continues it is priced by that. */
async function grow(store: Store, exchange: Exchange): Promise<void> {
  const { answer, owners } = exchange;
  for (const owner of owners.filter(({ kind }) => kind === 'conversation')) {
    if (owner.tokens === undefined) continue;
    const tokens = answer.usage ? tokensHeld(exchange) : owner.tokens + tokensHeld(exchange);
    await store.putOwner({ ...owner, tokens });
  }
}
