/** A map with room for so many: for whatever callers can make grow. */

/** What was set longest ago falls out first; setting again makes it the newest, reading does not. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #sizeMax: number;
  constructor(sizeMax: number) {
    super();
    this.#sizeMax = sizeMax;
  }
  override set(key: K, value: V): this {
    this.delete(key);
    if (this.size >= this.#sizeMax) {
      for (const oldest of this.keys()) {
        this.delete(oldest);
        break;
      }
    }
    return super.set(key, value);
  }
}
