/**
 * Whether a word for a secret ends at a place of a text: its letters are hashed from the last to the first and looked
 * up in a small table, so that `:`, `=` and "is" in ordinary text cost nanoseconds and no pattern is tried there.
 */

/** The last letters of every label the patterns of labelled.ts know; without accents. */
const WORDS =
  'password passwort passwords passworts passwd psk passphrase passcode passkey pwd psw pass pw contrasena clave passe mdp kennwort senha wachtwoord haslo losenord passord adgangskode parola sifre salasana secret secrets token tokens key apikey credential credentials authorization auth salt nonce creds login fernet jsessionid phpsessid sessionid sid dsn code phrase string';
/** What may follow such a word in a name, and ends of names that hold a vendor's. */
const ADDITIONS = 'value base hash plain text new old prod dev test live staging login api pat';
const WORD_MAX = 14;
const MASK = 0xffff;
const known = new Uint8Array(MASK + 1);
const WORD = 1;
const ADDITION = 2;

const grow = (hash: number, unit: number): number => (Math.imul(hash, 0x2b2e3d5) + (unit | 0x20)) | 0;
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & MASK;

function learn(words: string, bit: number): void {
  for (const word of words.split(' ')) {
    let hash = 0;
    for (let i = word.length - 1; i >= 0; i--) hash = grow(hash, word.charCodeAt(i));
    known[slotOf(hash)] = (known[slotOf(hash)] ?? 0) | bit;
  }
}
learn(WORDS, WORD);
learn(ADDITIONS, ADDITION);

/** Whether the letters that end at `end` may end a label; scripts other than Latin always may. */
export function mayEndLabel(units: Uint16Array, end: number, bits: number = WORD | ADDITION): boolean {
  let hash = 0;
  for (let at = end - 1; at >= 0 && end - at <= WORD_MAX; at--) {
    const unit = units[at] ?? 0;
    if (unit >= 0x400) return true;
    const letter = unit | 0x20;
    if (letter < 0x61 || letter > 0x7a) return false;
    hash = grow(hash, unit);
    if (((known[slotOf(hash)] ?? 0) & bits) !== 0) return true;
  }
  return false;
}

/** What may stand between a name and its operator: control characters, a space, quotes, brackets, digits, `*`, `\\`, `_`. */
const PASSED_OVER = new Uint8Array(0x80).fill(1, 0, 0x21);
for (const char of '"\'`]*}\\_0123456789') PASSED_OVER[char.charCodeAt(0)] = 1;

/** The end of the name before an operator at `at`: what may stand between them is passed over. */
export function endOfName(units: Uint16Array, at: number): number {
  let end = at;
  while (at - end < 12 && PASSED_OVER[units[end - 1] ?? 0x7f] === 1) end--;
  return end;
}

/** Whether one of the words in the 72 units before `end` may be a label: "the password for the router". */
export function mayHoldLabel(units: Uint16Array, end: number): boolean {
  let isEnd = true;
  for (let at = end; at > 0 && end - at < 72; at--) {
    const letter = (units[at - 1] ?? 0) | 0x20;
    const isLetter = letter >= 0x61 && letter <= 0x7a;
    if (letter >= 0x400) return true;
    if (isLetter && isEnd && mayEndLabel(units, at, WORD)) return true;
    isEnd = !isLetter;
  }
  return false;
}
