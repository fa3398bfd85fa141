/** The generated text of a stream, kept as bytes until its usage is known; holds no event in memory, and is bounded. */

const FIRST_BYTES = 1024;
const BYTES_MAX = 256 * 1024;
/** A UTF-16 unit is at most three bytes of UTF-8. */
const UNIT_BYTES_MAX = 3;

export class KeptText {
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** Most tokens of what had no room. */
  tokensLeftOutMax = 0;

  /** Half a surrogate pair at a border counts as a replacement character, which is no fewer tokens. */
  append(text: string): void {
    const bytesMax = text.length * UNIT_BYTES_MAX;
    if (this.#makeRoom(bytesMax)) this.#length += this.#bytes.write(text, this.#length);
    else this.tokensLeftOutMax += bytesMax;
  }

  /** UTF-8, a copy of its own that may be given to another thread. */
  copy(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes.subarray(0, this.#length));
  }

  #makeRoom(bytes: number): boolean {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return true;
    if (needed > BYTES_MAX) return false;
    const larger = Buffer.alloc(Math.min(BYTES_MAX, Math.max(FIRST_BYTES, 2 * needed)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    return true;
  }
}
