/**
 * Cuts a stream of server-sent events into whole events without changing a byte (WHATWG HTML, section 9.2.6).
 * Works on bytes, so that what is relayed unchanged is exactly what came; keeps at most one unfinished event.
 */

const LF = 10;
const CR = 13;
const SPACE = 32;
const NOTHING = Buffer.alloc(0);

export interface Frame {
  /** The event with the empty line that ends it. */
  readonly raw: Buffer;
  /** Its data lines joined by a line feed; undefined for a comment or an event without data. */
  readonly data: string | undefined;
  /** It has lines that no answer of OpenAI's has: see `tidied`. */
  readonly isOdd?: boolean | undefined;
}

/** Lines of data in an event: none, or not exactly one that is known. */
const NONE = -1;
const SEVERAL = -2;

/** The `data` of one event, line by line. */
function dataOf(raw: Buffer): string | undefined {
  let data: string | undefined;
  for (const line of raw.toString('utf8').split(/\r\n|\n|\r/)) {
    if (!line.startsWith('data:')) continue;
    const value = line.slice(line.charCodeAt(5) === SPACE ? 6 : 5);
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
}

function frameOf(raw: Buffer): Frame {
  return { raw, data: dataOf(raw), isOdd: hasOddLine(raw) };
}

/** Whether the line that begins here is `data:`. */
function isData(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 100 &&
    bytes[at + 1] === 97 &&
    bytes[at + 2] === 116 &&
    bytes[at + 3] === 97 &&
    bytes[at + 4] === 58
  );
}

/**
 * Lines beside data that say nothing of an answer: what keeps a connection alive, the name of an event, a counter. Whatever
 * else stands there is read by nobody here, and by some readers.
 */
const KNOWN_LINE =
  /^(?::(?: ?[A-Za-z][A-Za-z -]{0,31})?|event: ?[a-z][a-z_.]{0,79}|id: ?\d{1,6}|retry: ?\d{1,7})$/;
const KNOWN_LINE_BYTES_MAX = 96;

function isKnown(bytes: Buffer, at: number, end: number): boolean {
  if (end - at > KNOWN_LINE_BYTES_MAX) return false;
  return isName(bytes, at, end) || KNOWN_LINE.test(bytes.toString('latin1', at, end));
}

/** As nearly all of them are: byte by byte, since there is one an event. */
function isName(bytes: Buffer, at: number, end: number): boolean {
  for (let i = 0; i < NAME.length; i++) if (bytes[at + i] !== NAME[i]) return false;
  const from = at + NAME.length;
  for (let i = from; i < end; i++) {
    const byte = bytes[i] ?? 0;
    const isLetter = byte >= 97 && byte <= 122;
    if (!isLetter && (i === from || (byte !== 46 && byte !== 95))) return false;
  }
  return end > from && end <= from + NAME_CHARS_MAX;
}
const NAME = Buffer.from('event: ');
const NAME_CHARS_MAX = 80;

function hasOddLine(raw: Buffer): boolean {
  const lines = raw.toString('latin1').split(/\r\n|\n|\r/);
  return !lines.every((line) => line === '' || line.startsWith('data:') || KNOWN_LINE.test(line));
}

/**
 * An odd event as it may go on: without lines that clients are to ignore, since not all do; comments say nothing. A byte
 * order mark before a line is none of it: the standard drops one at the start of a stream, and some readers drop all.
 * Undefined where nothing is left.
 */
export function tidied(raw: Buffer): Frame | undefined {
  const lines = raw
    .toString('utf8')
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/^\ufeff+/, ''))
    .map((line) => (line.startsWith(':') && !KNOWN_LINE.test(line) ? ':' : line))
    .filter((line) => line.startsWith('data:') || KNOWN_LINE.test(line));
  if (lines.length === 0) return undefined;
  const told = Buffer.from([...lines, '', ''].join('\n'));
  return { raw: told, data: dataOf(told) };
}

/** The value of the one line of data, of which this is what stands behind the colon. */
function valueOf(bytes: Buffer, at: number, end: number): string | undefined {
  return at === NONE ? undefined : bytes.toString('utf8', bytes[at] === SPACE ? at + 1 : at, end);
}

const UNKNOWN = -1;

/** Infinity where there is none. */
function indexFrom(bytes: Buffer, byte: number, at: number): number {
  const found = bytes.indexOf(byte, at);
  return found < 0 ? Infinity : found;
}

/**
 * Where the empty line that begins at `next` ends; 0 if there is none. A carriage return that is the last byte so far
 * ends it only behind another one: behind a line feed, its own line feed is still to come.
 */
function emptyLineEnd(bytes: Buffer, lineEnd: number, next: number): number {
  if (next >= bytes.length) return UNKNOWN;
  if (bytes[next] === LF) return next + 1;
  if (bytes[next] !== CR) return 0;
  if (next + 1 < bytes.length) return bytes[next + 1] === LF ? next + 2 : next + 1;
  return next === lineEnd + 1 && bytes[lineEnd] === CR ? next + 1 : UNKNOWN;
}

/** The event with other data; its other lines stay. */
export function withData(raw: Buffer, data: string): Buffer {
  const lines = raw.toString('utf8').split(/\r\n|\n|\r/);
  const others = lines.filter((line) => line !== '' && !line.startsWith('data:'));
  const told = data.split('\n').map((line) => `data: ${line}`);
  return Buffer.from([...others, ...told, '', ''].join('\n'));
}

/** Whether it calls itself an error, whatever its data is. */
export function isNamedError(raw: Buffer): boolean {
  // Data comes first where nothing else is said.
  return raw[0] !== 100 && /^event: ?error$/m.test(raw.toString('latin1', 0, NAME_BYTES_MAX));
}
const NAME_BYTES_MAX = 1024;

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
    // Of an event that began in an earlier piece not every line was seen here.
    let dataAt = at > 0 ? SEVERAL : NONE;
    let dataEnd = 0;
    let isOdd = false;
    let lf = indexFrom(bytes, LF, at);
    let cr = indexFrom(bytes, CR, at);
    for (;;) {
      const lineEnd = Math.min(lf, cr);
      const next = bytes[lineEnd + 1] === LF && lineEnd === cr ? lineEnd + 2 : lineEnd + 1;
      const end = emptyLineEnd(bytes, lineEnd, next);
      if (end === UNKNOWN) {
        // Looked at again with what comes next.
        at = Math.min(lineEnd, bytes.length);
        break;
      }
      if (isData(bytes, at)) {
        dataAt = dataAt === NONE ? at + 5 : SEVERAL;
        dataEnd = lineEnd;
      } else if (lineEnd > at && !isKnown(bytes, at, lineEnd)) isOdd = true;
      at = next;
      if (end > 0) {
        const raw = bytes.subarray(start, end);
        frames.push(
          dataAt === SEVERAL ? frameOf(raw) : { raw, data: valueOf(bytes, dataAt, dataEnd), isOdd },
        );
        start = at = end;
        dataAt = NONE;
        isOdd = false;
      }
      if (lf < at) lf = indexFrom(bytes, LF, at);
      if (cr < at) cr = indexFrom(bytes, CR, at);
    }
    this.#searchedTo = at - start;
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
    return raw.length > 0 ? frameOf(raw) : undefined;
  }
}
