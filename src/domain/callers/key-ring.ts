/**
 * Finds and changes keys. A cached copy is never older than 5 s, nor than the newest version heard of; a change
 * is told to the ledger, which refuses older versions everywhere. Whoever changes a key has put it on record.
 */
import { hash } from 'node:crypto';
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import { keyIdOf } from '../../base/secret.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { KeyRecord, Store } from '../../ports/store.ts';
import type { OpenedKeys } from './key-use.ts';
import {
  digestSecret,
  type IssuedKey,
  isLive,
  makeKey,
  type NewKey,
  opens,
  parseKey,
  redigested,
  rotateKey,
  type Shown,
} from './keys.ts';

/** A copy is read again in the background from this age on, and not used beyond the other. */
const refreshMs = 2_500;
const staleMsMax = 5_000;
/** How long an id stays unknown without asking again. */
const unknownMsMax = 1_000;
/** With the store away: how long a known key still opens, since the ledger refuses a changed one. */
const outageMsMax = 600_000;
const cachedMax = 10_000;
/** Others may change the same key at the same time; each try starts from what they wrote. */
const triesMax = 5;

type Awaitable<T> = T | Promise<T>;
/** `readAt`: before the read began, so that age is never understated. */
interface Slot {
  readonly record: KeyRecord | undefined;
  readonly readAt: number;
  readonly confirmedAt: number;
}

/** The keys as this process knows them. */
export interface KeyRing {
  /** Names the present pepper. */
  readonly pepperId: string;
  /** At once where cached. @throws store.unavailable */
  find(id: string): Awaitable<KeyRecord | undefined>;
  /**
   * The record of the key with this text. Unknown, wrong, expired and revoked are all undefined and take the
   * same time; garbage is undefined without a look-up.
   * @throws store.unavailable
   */
  verify(text: string): Awaitable<KeyRecord | undefined>;
  /** The next find reads the store: for when the ledger says the version is stale. */
  forget(id: string): void;
  /** Called when a key may have changed, here or elsewhere: open streams check theirs again. */
  onChanged(listener: (id: string) => void): void;

  /** A new key, not stored yet: record it, then `add` it. */
  mint(input: NewKey): IssuedKey;
  /** @throws store.unavailable */
  add(record: KeyRecord): Promise<void>;
  /** Oldest first. @throws store.unavailable */
  list(): Promise<readonly KeyRecord[]>;
  /**
   * From now on refused everywhere: the ledger first, so that it holds before the store has it. Again is no
   * fault and changes nothing. An outage of the ledger alone does not stop it: copies end within 5 s.
   * @throws access.not_found, store.unavailable
   */
  revoke(id: string): Promise<KeyRecord>;
  /** @throws access.not_found, request.invalid_field for a key that is revoked or expired, store.unavailable */
  rotate(id: string, overlapMs: number): Promise<IssuedKey>;
  /** Its secret was sent in clear, which its next rotation ends. A key that is being changed is left alone. @throws store.unavailable */
  markExposed(id: string): Promise<void>;
}

/** Where keys are kept, and who is told of their changes. */
export interface KeyRingOptions {
  readonly store: Pick<Store, 'getKey' | 'putKey' | 'amendKey' | 'listKeys'>;
  /** Without one a change is known elsewhere after 5 s. */
  readonly ledger?: Pick<Ledger, 'setKeyVersion' | 'onKeyChanged' | 'health'> | undefined;
  readonly pepper: Buffer;
  /** The one before it, while the house secret is being rotated. */
  readonly previousPepper?: Buffer | undefined;
  readonly clock: Clock;
  /** Told of each key that opens. */
  readonly opened?: Pick<OpenedKeys, 'note'> | undefined;
}

/** Nothing is read before it is asked for; at most 10,000 keys are held. */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  return new CachedKeyRing(options);
}

/** Who a key says it is, and the keyed digests of its secret. */
interface Opened extends Shown {
  readonly id: string;
}

class CachedKeyRing implements KeyRing {
  readonly pepperId: string;
  readonly #options: KeyRingOptions;
  readonly #known = new BoundedMap<string, Slot>(cachedMax);
  readonly #unknown = new BoundedMap<string, Slot>(cachedMax);
  readonly #loading = new Map<string, Promise<KeyRecord | undefined>>();
  /** Of keys that opened, by a hash of their text: an HMAC costs 12 us, a hash 0.3. Never a secret. */
  readonly #opened = new BoundedMap<string, Opened>(cachedMax);
  /** Newest version heard of, by id. */
  readonly #newest = new BoundedMap<string, number>(cachedMax);
  readonly #listeners: ((id: string) => void)[] = [];

  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.pepperId = keyIdOf(options.pepper);
    options.ledger?.onKeyChanged((id, version) => this.#changed(id, version));
  }

  find(id: string): Awaitable<KeyRecord | undefined> {
    const slot = this.#known.get(id) ?? this.#unknown.get(id);
    if (slot === undefined) return this.#load(id);
    const age = this.#options.clock.now() - slot.readAt;
    if (age < 0 || age > (slot.record ? staleMsMax : unknownMsMax)) return this.#load(id);
    if (slot.record && age > refreshMs) this.#load(id).catch(() => {});
    return slot.record;
  }

  verify(text: string): Awaitable<KeyRecord | undefined> {
    const name = hash('sha256', text, 'base64');
    const known = this.#opened.get(name);
    const presented = known ?? this.#opening(text);
    if (presented === undefined) return undefined;
    const { id } = presented;
    const check = (record: KeyRecord | undefined): KeyRecord | undefined => {
      if (!opens(record, presented, this.#options.clock.now())) {
        // A revoked key that once opened must take as long as any other.
        this.#opened.delete(name);
        return undefined;
      }
      if (known === undefined) {
        this.#opened.set(name, presented);
        if (record) this.#redigest(record, presented);
      }
      this.#options.opened?.note(id);
      return record;
    };
    const found = this.find(id);
    return found instanceof Promise ? found.then(check) : check(found);
  }

  #opening(text: string): Opened | undefined {
    const parsed = parseKey(text);
    if (parsed === undefined) return undefined;
    const { pepper, previousPepper } = this.#options;
    const { id, secret } = parsed;
    const digestBefore = previousPepper && digestSecret(previousPepper, id, secret);
    return { id, digest: digestSecret(pepper, id, secret), digestBefore };
  }

  /** In the background, at the first use in this process; a store that is away leaves it to the next. */
  #redigest(record: KeyRecord, shown: Shown): void {
    const next = redigested(record, shown, this.pepperId);
    if (next === undefined) return;
    const { store } = this.#options;
    store.amendKey(next).then(
      () => this.forget(next.id),
      () => undefined,
    );
  }

  forget(id: string): void {
    this.#known.delete(id);
    this.#unknown.delete(id);
    this.#loading.delete(id);
  }

  onChanged(listener: (id: string) => void): void {
    this.#listeners.push(listener);
  }

  mint(input: NewKey): IssuedKey {
    return makeKey(this.#options.pepper, input, this.#options.clock.now());
  }

  async add(record: KeyRecord): Promise<void> {
    if (!(await this.#options.store.putKey(record)))
      throw new Refusal('gateway.fault', { detail: 'id in use' });
    this.#changed(record.id, record.version);
  }

  list(): Promise<readonly KeyRecord[]> {
    return this.#options.store.listKeys();
  }

  async revoke(id: string): Promise<KeyRecord> {
    return await this.#change(id, async (old) => {
      if (old.revokedAt !== undefined) return { result: old };
      const record = { ...old, version: old.version + 1, revokedAt: this.#options.clock.now() };
      await this.#tellLedger(record);
      return { record, result: record };
    });
  }

  async rotate(id: string, overlapMs: number): Promise<IssuedKey> {
    const issued = await this.#change(id, async (old) => {
      const now = this.#options.clock.now();
      if (!isLive(old, now)) {
        throw new Refusal('request.invalid_field', {
          param: 'id',
          message: 'This key is revoked or expired.',
        });
      }
      const result = rotateKey(this.#options.pepper, old, overlapMs, now);
      return { record: result.record, result };
    });
    // After the store: told earlier, the ledger would refuse the only version that can be read.
    await this.#tellLedger(issued.record);
    return issued;
  }

  async markExposed(id: string): Promise<void> {
    const { store, clock } = this.#options;
    const record = await store.getKey(id);
    if (record && (await store.amendKey({ ...record, exposedAt: clock.now() }))) this.forget(id);
  }

  /** Read, change, write if nobody else did meanwhile; `step` without a record changes nothing. */
  async #change<T>(
    id: string,
    step: (old: KeyRecord) => Promise<{ record?: KeyRecord; result: T }>,
  ): Promise<T> {
    for (let tries = 0; tries < triesMax; tries++) {
      const old = await this.#options.store.getKey(id);
      if (old === undefined) throw new Refusal('access.not_found');
      const { record, result } = await step(old);
      if (record === undefined) return result;
      if (await this.#options.store.putKey(record)) {
        this.#changed(id, record.version);
        return result;
      }
    }
    throw new Refusal('store.unavailable', { detail: `key ${id} is being changed by others` });
  }

  async #tellLedger(record: KeyRecord): Promise<void> {
    this.#changed(record.id, record.version);
    await this.#options.ledger?.setKeyVersion(record.id, record.version).catch(() => {});
  }

  #changed(id: string, version: number): void {
    this.#newest.set(id, Math.max(version, this.#newest.get(id) ?? 0));
    this.forget(id);
    for (const listener of this.#listeners) listener(id);
  }

  #load(id: string): Promise<KeyRecord | undefined> {
    const running = this.#loading.get(id);
    if (running) return running;
    const loading = this.#read(id).finally(() => {
      if (this.#loading.get(id) === loading) this.#loading.delete(id);
    });
    this.#loading.set(id, loading);
    return loading;
  }

  async #read(id: string): Promise<KeyRecord | undefined> {
    const readAt = this.#options.clock.now();
    try {
      let record = await this.#options.store.getKey(id);
      // Heard of a newer one while reading: the store has it by now, or the change is not finished.
      if (this.#isOld(record)) record = await this.#options.store.getKey(id);
      if (this.#isOld(record)) return undefined;
      (record ? this.#known : this.#unknown).set(id, { record, readAt, confirmedAt: readAt });
      (record ? this.#unknown : this.#known).delete(id);
      return record;
    } catch (error) {
      return this.#lastKnown(id, readAt, error);
    }
  }

  /** A store that is away stops no key that is known, as long as the ledger can tell of its changes. */
  #lastKnown(id: string, now: number, error: unknown): KeyRecord | undefined {
    const slot = this.#known.get(id);
    const usable = slot && now - slot.confirmedAt < outageMsMax && !this.#isOld(slot.record);
    if (!usable || !this.#options.ledger?.health().usable) throw error;
    // Asked again after a second, not at every call.
    this.#known.set(id, { ...slot, readAt: now - staleMsMax + 1_000 });
    return slot.record;
  }

  #isOld(record: KeyRecord | undefined): boolean {
    return record !== undefined && record.version < (this.#newest.get(record.id) ?? 0);
  }
}
