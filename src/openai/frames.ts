/**
 * Cuts a stream of server-sent events into whole events without changing a byte (WHATWG HTML, section 9.2.6).
 * Works on bytes, so that what is relayed unchanged is exactly what came; keeps at most one unfinished event.
 */

const LF = 10;
const CR = 13;
const NOTHING = Buffer.alloc(0);

export interface Frame {
  /** The event with the empty line that ends it. */
  readonly raw: Buffer;
  /** Its data lines joined by a line feed; undefined for a comment or an event without data. */
  readonly data: string | undefined;
}

/** The `data` of one event, decoded. */
function dataOf(raw: Buffer): string | undefined {
  const text = raw.toString('utf8');
  if (text.startsWith('data:')) {
    // The usual case: one line of data.
    const end = text.search(/[\r\n]/);
    if (text.length - end <= 4) return text.slice(text.charCodeAt(5) === 32 ? 6 : 5, end);
  }
  let data: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
}

export class FrameSplitter {
  readonly #bytesMax: number;
  /** Where an unfinished event grows; what is in front of it was given away and is not written to. */
  #room: Buffer = NOTHING;
  #restStart = 0;
  #restEnd = 0;
  #searchedTo = 0;

  /** @param bytesMax largest single event */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * All events that are whole now, in order.
   * @throws RangeError when one event outgrows the bound
   */
  push(chunk: Buffer): Frame[] {
    const bytes = this.#withRest(chunk);
    const frames: Frame[] = [];
    let start = 0;
    let at = this.#searchedTo;
    for (;;) {
      const lineEnd = bytes.indexOf(LF, at);
      if (lineEnd < 0) {
        at = bytes.length;
        break;
      }
      let next = lineEnd + 1;
      if (bytes[next] === CR) next += 1;
      if (next >= bytes.length) {
        // Whether an empty line follows is not known yet: look at this line end again.
        at = lineEnd;
        break;
      }
      if (bytes[next] !== LF) {
        at = lineEnd + 1;
        continue;
      }
      const raw = bytes.subarray(start, next + 1);
      frames.push({ raw, data: dataOf(raw) });
      start = next + 1;
      at = start;
    }
    this.#searchedTo = Math.max(0, at - start);
    this.#keep(bytes, chunk, start);
    if (bytes.length - start > this.#bytesMax) throw new RangeError('an event is too large');
    return frames;
  }

  /** The unfinished event and what follows it, in one piece: copied a bounded number of times, however it is cut. */
  #withRest(chunk: Buffer): Buffer {
    const length = this.#restEnd - this.#restStart + chunk.length;
    if (length === chunk.length) return chunk;
    if (this.#restEnd + chunk.length > this.#room.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#restEnd = this.#room.copy(larger, 0, this.#restStart, this.#restEnd);
      this.#restStart = 0;
      this.#room = larger;
    }
    this.#restEnd += chunk.copy(this.#room, this.#restEnd);
    return this.#room.subarray(this.#restStart, this.#restEnd);
  }

  /** Holds on to a chunk only while there is something unfinished in it. */
  #keep(bytes: Buffer, chunk: Buffer, start: number): void {
    if (start === bytes.length) this.#forget();
    else if (bytes !== chunk) this.#restStart += start;
    else {
      this.#room = chunk;
      this.#restStart = start;
      this.#restEnd = chunk.length;
    }
  }

  #forget(): void {
    this.#room = NOTHING;
    this.#restStart = 0;
    this.#restEnd = 0;
  }

  /** What was left when the stream ended: an event without its empty line, or nothing. */
  end(): Frame | undefined {
    const raw = this.#room.subarray(this.#restStart, this.#restEnd);
    this.#forget();
    return raw.length > 0 ? { raw, data: dataOf(raw) } : undefined;
  }
}
