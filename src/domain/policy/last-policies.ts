/**
 * Which policy last held in each data directory of the house, so that a start knows what it is weaker than. Kept in the store, where
 * whoever writes a machine's files does not write. What holds by break-glass is never kept: it ends, also by a restart.
 */
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../ports/store.ts';

const lastSchema = z.strictObject({
  /** Version of the gateway: another one may know other fields. */
  product: z.string(),
  /** Milliseconds since 1970. */
  at: z.int(),
  /** What is compared, the sections of the policy among it. */
  compared: z.record(z.string(), z.unknown()),
});
/** As it held. */
export type LastPolicy = z.infer<typeof lastSchema>;

const PREFIX = 'policy.last:';
/** Folders that come and go would leave one each. */
const PLACES_MAX = 100;

/** Every operation may throw `store.unavailable`. */
export class LastPolicies {
  readonly #store: Pick<Store, 'listSettings' | 'putSetting' | 'changeSetting'>;
  readonly #name: string;
  readonly #clock: Clock;

  /** @param place name of this data directory */
  constructor(
    store: Pick<Store, 'listSettings' | 'putSetting' | 'changeSetting'>,
    place: string,
    clock: Clock,
  ) {
    this.#store = store;
    this.#name = PREFIX + place;
    this.#clock = clock;
  }

  /** What held here; in a new place what was last put in force anywhere in the house; undefined in a new house. */
  async find(): Promise<LastPolicy | undefined> {
    const all = await this.#store.listSettings(PREFIX);
    const own = all.get(this.#name);
    if (own !== undefined) return lastFrom(own);
    return [...all.values()].flatMap((text) => lastFrom(text) ?? []).sort((a, b) => b.at - a.at)[0];
  }

  /** From now on this is what held here. */
  async keep({ product, compared }: Omit<LastPolicy, 'at'>): Promise<void> {
    await this.#store.putSetting(
      this.#name,
      JSON.stringify({ product, at: this.#clock.now(), compared } satisfies LastPolicy),
    );
    const others = [...(await this.#store.listSettings(PREFIX))].filter(([name]) => name !== this.#name);
    others.sort(([, a], [, b]) => (lastFrom(b)?.at ?? 0) - (lastFrom(a)?.at ?? 0));
    for (const [name, text] of others.slice(PLACES_MAX))
      await this.#store.changeSetting(name, text, undefined);
  }
}

function lastFrom(text: string): LastPolicy | undefined {
  return lastSchema.safeParse(JSON.parse(text)).data;
}
