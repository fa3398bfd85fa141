/**
 * What a JSON string with escapes stands for (RFC 8259, section 7), or nothing if it is not well formed.
 * Gives a string that UTF-8 cannot carry only to who asks for it.
 */

/** From here on the native parser's speed is worth its call. */
const LONG = 64;

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** What the character after a backslash stands for, by its code. */
const ESCAPES: readonly (string | undefined)[] = Object.assign(Array.from<undefined>({ length: 128 }), {
  0x22: '"',
  0x2f: '/',
  0x5c: '\\',
  0x62: '\b',
  0x66: '\f',
  0x6e: '\n',
  0x72: '\r',
  0x74: '\t',
});

/**
 * Decodes the token of `source` from its opening quote at `start` to after its closing quote at `end`.
 * Undefined for a control character, an unknown or cut escape, or a lone surrogate unless `halves` allows it. Linear.
 */
export function decodeString(source: string, start: number, end: number, halves = false): string | undefined {
  const text = end - start > LONG ? natively(source.slice(start, end)) : byHand(source, start + 1, end - 1);
  return halves || text?.isWellFormed() ? text : undefined;
}

function natively(token: string): string | undefined {
  try {
    const text: unknown = JSON.parse(token);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

function byHand(source: string, start: number, end: number): string | undefined {
  let text = '';
  let run = start;
  for (let i = start; i < end; i++) {
    const c = source.charCodeAt(i);
    if (c < 0x20) return undefined;
    if (c !== BACKSLASH) continue;
    text += source.slice(run, i);
    const letter = source.charCodeAt(++i);
    const unit = letter === LETTER_U ? codeUnit(source, i + 1) : undefined;
    const plain = unit === undefined ? ESCAPES[letter] : String.fromCharCode(unit);
    if (plain === undefined) return undefined;
    text += plain;
    if (unit !== undefined) i += 4;
    run = i + 1;
  }
  return text + source.slice(run, end);
}

/** Four hexadecimal digits; a closing quote among them is not one. */
function codeUnit(source: string, at: number): number | undefined {
  let unit = 0;
  for (let i = at; i < at + 4; i++) {
    const c = source.charCodeAt(i);
    const lower = c | 0x20;
    if (c >= 0x30 && c <= 0x39) unit = unit * 16 + c - 0x30;
    else if (lower >= 0x61 && lower <= 0x66) unit = unit * 16 + lower - 0x57;
    else return undefined;
  }
  return unit;
}
