/** Records whose the object is that a call made, before the caller learns its id. */
import type { Exchange } from '../domain/exchange.ts';
import type { ObjectsSettings } from '../domain/objects.ts';
import { OWNED } from '../domain/objects.ts';
import type { Store } from '../ports/store.ts';

/** Returns nothing where there is nothing to record. Never rejects: the call is done and paid for. */
export type RecordObject = (exchange: Exchange, made: unknown) => Promise<void> | undefined;

export function recordObject(
  store: Store,
  settings: ObjectsSettings,
  onFailure: (error: unknown) => void,
): RecordObject {
  return (exchange, made) => {
    const kind = exchange.endpoint.makes;
    if (settings.isolation === 'off' || kind === undefined || !OWNED.has(kind)) return undefined;
    if (typeof made !== 'object' || made === null || !('id' in made) || typeof made.id !== 'string')
      return undefined;
    const { usage } = exchange.answer;
    const owner = {
      id: made.id,
      kind,
      user: exchange.caller.user,
      team: exchange.caller.team,
      createdAt: Date.now(),
      tokens: usage && usage.inputTokens + usage.outputTokens,
    };
    return store.putOwner(owner).then(
      () => undefined,
      (error: unknown) => onFailure(error),
    );
  };
}
