/**
 * Values back in an answer that comes in pieces: one restorer a channel. Holds back only what may still become a
 * placeholder that was issued; inside strings of JSON, however deep, values are escaped as their place needs.
 */

interface Issued {
  /** `<TYPE_n>`. */
  readonly placeholder: string;
  readonly value: string;
}

/** Longest spelling of a placeholder that is looked for, in units. */
const SPELLING_MAX = 128;
const NONE = 0;
const PARTIAL = -1;
/** `<` and `>`, plain, as HTML and as JSON write them; of the latter with the backslashes of three levels. */
const OPENERS = ['<', '&lt;', '\\u003c', '\\\\u003c', '\\\\\\\\u003c'];
const CLOSERS = ['>', '&gt;', '\\u003e', '\\\\u003e', '\\\\\\\\u003e'];
const BACKSLASH = '\\';
/** The escape that Markdown puts before a bracket, by how many strings of JSON are open. */
const ESCAPES = [1, 2, 4].map((count) => BACKSLASH.repeat(count));

/** What was issued by name, and every beginning of a name. */
interface Names {
  readonly values: ReadonlyMap<string, string>;
  readonly prefixes: ReadonlySet<string>;
}

/** Read once for all channels of an answer. */
const known = new WeakMap<readonly Issued[], Names>();

function namesOf(issued: readonly Issued[]): Names {
  let names = known.get(issued);
  if (!names) {
    const values = new Map(issued.map(({ placeholder, value }) => [placeholder.slice(1, -1), value]));
    const prefixes = new Set<string>(['']);
    for (const name of values.keys()) {
      for (let i = 1; i <= name.length; i++) prefixes.add(name.slice(0, i));
    }
    known.set(issued, (names = { values, prefixes }));
  }
  return names;
}

/** Restores one channel: a text, a refusal, the arguments of one tool call. */
export class Restorer {
  readonly #values: Names['values'];
  readonly #prefixes: Names['prefixes'];
  readonly #json: JsonPlace;
  #pending = '';
  #name = '';

  /** `isJson` where the channel is JSON by its nature; otherwise what begins with a bracket is read as JSON. */
  constructor(issued: readonly Issued[], isJson = false) {
    this.#json = new JsonPlace(isJson);
    const { values, prefixes } = namesOf(issued);
    this.#values = values;
    this.#prefixes = prefixes;
  }

  /** Some of what came waits for what comes next. */
  get isWaiting(): boolean {
    return this.#pending !== '';
  }

  /** What may leave of all that came so far. */
  push(chunk: string): string {
    return this.#run(this.#pending + chunk, false);
  }

  /** The rest; the channel is over. */
  end(): string {
    return this.#run(this.#pending, true);
  }

  #run(text: string, isLast: boolean): string {
    let out = '';
    let from = 0;
    let at = 0;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x3c || unit === 0x26 || unit === 0x5c) {
        const end = this.#placeholderAt(text, at);
        if (end === PARTIAL && !isLast) break;
        if (end > NONE) {
          out += text.slice(from, at) + escaped(this.#values.get(this.#name) ?? '', this.#json.depth);
          this.#json.pass(0x61);
          from = end;
          at = end - 1;
          continue;
        }
      }
      this.#json.pass(unit);
    }
    this.#pending = text.slice(at);
    return out + text.slice(from, at);
  }

  /** Where the placeholder at `at` ends, its name in #name; NONE, or PARTIAL where more text must tell. */
  #placeholderAt(text: string, at: number): number {
    const escape = ESCAPES[this.#json.depth];
    const escaped = escape === undefined ? NONE : oneOf([`${escape}<`], text, at);
    const opened = escaped === NONE ? oneOf(OPENERS, text, at) : escaped;
    if (opened <= NONE) return opened;
    let name = '';
    let i = opened;
    for (; i - at < SPELLING_MAX; i++) {
      if (i >= text.length) return PARTIAL;
      const char = text.charAt(i);
      if (/[A-Za-z0-9_]/.test(char)) {
        // `EMAIL_01` is `EMAIL_1`.
        if (!(char === '0' && name.endsWith('_'))) name += char.toUpperCase();
        if (!this.#prefixes.has(name)) return NONE;
        continue;
      }
      if (char !== BACKSLASH) break;
      const marks = /^\\{1,4}/.exec(text.slice(i, i + 5))?.[0].length ?? 0;
      if (i + marks >= text.length) return PARTIAL;
      if (text[i + marks] !== '_') break;
      i += marks - 1;
    }
    if (!this.#values.has(name)) return NONE;
    this.#name = name;
    // A backslash before the bracket may be the text's own: it goes with the one before the other bracket alone.
    const closed = escape === undefined ? NONE : oneOf([`${escape}>`], text, i);
    return closed === NONE && escaped === NONE ? oneOf(CLOSERS, text, i) : closed;
  }
}

/** Where one of the marks that begins at `at` ends; PARTIAL where the text ends within one. */
function oneOf(marks: readonly string[], text: string, at: number): number {
  const rest = text.slice(at, at + 10).toLowerCase();
  for (const mark of marks) if (rest.startsWith(mark)) return at + mark.length;
  return marks.some((mark) => mark.startsWith(rest)) ? PARTIAL : NONE;
}

function escaped(value: string, depth: number): string {
  let text = value;
  for (let i = 0; i < depth; i++) text = JSON.stringify(text).slice(1, -1);
  return text;
}

/** Levels of JSON within strings of JSON that are followed. */
const LEVELS_MAX = 4;

/**
 * How many strings of JSON are open at a place: 1 inside a string, 2 inside a string of a document that is itself a
 * string's content, as in the arguments of a call that passes JSON on. A quote of level n stands behind 2^(n-1) - 1
 * backslashes; deeper levels count only where the string around them begins with a bracket, so that quoted speech in a
 * string is no level.
 */
class JsonPlace {
  /** Of each open string: whether it holds a document; undefined until its first character is seen. */
  readonly #open: (boolean | undefined)[] = [];
  #isJson: boolean | undefined;
  #backslashes = 0;

  constructor(isJson: boolean) {
    this.#isJson = isJson || undefined;
  }

  get depth(): number {
    return this.#open.length;
  }

  pass(unit: number): void {
    if (this.#isJson === false) return;
    if (unit === 0x5c) {
      this.#backslashes++;
      return;
    }
    const backslashes = this.#backslashes;
    this.#backslashes = 0;
    if (unit === 0x22 && this.#isJson === true) this.#quote(backslashes);
    else if (unit > 0x20) this.#character(unit === 0x7b || unit === 0x5b);
  }

  #character(isBracket: boolean): void {
    this.#isJson ??= isBracket;
    const last = this.#open.length - 1;
    if (last >= 0) this.#open[last] ??= isBracket;
  }

  #quote(backslashes: number): void {
    const level = Math.log2(backslashes + 1) + 1;
    if (!Number.isInteger(level) || level > LEVELS_MAX) return;
    if (this.#open.length >= level) this.#open.length = level - 1;
    else if (this.#open.length === level - 1 && (level === 1 || this.#open[level - 2] === true))
      this.#open.push(undefined);
  }
}
