/** What single characters above ASCII become before detectors read them. Tables only. */

/** Cyrillic, Greek and Armenian letters, in lower case, that pass for a Latin one (Unicode TR 39, confusables). */
const PAIRS =
  'аaвbсcԁdеeёeһhнhіiїiјjкkӏlмmпnоoрpԛqгrѕsтtцuѵvԝwхxуyαaβbϲcεeηnιiκkνvοoρpσoτtυuχxγyωwɡgɑaᴀaɪiոnօoսuհhɩiɾrʏy';

/** Code unit of the look-alike → code unit of the Latin letter; one unit for one, so that offsets stay. */
export const LOOK_ALIKE: ReadonlyMap<number, number> = new Map(
  Array.from({ length: PAIRS.length / 2 }, (_, i) => [PAIRS.charCodeAt(2 * i), PAIRS.charCodeAt(2 * i + 1)]),
);

/** Letters whose accent is no decomposition or is often left out, and punctuation that has an ASCII twin. */
const SIMPLE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ı: 'i',
    ł: 'l',
    Ł: 'L',
    ø: 'o',
    Ø: 'O',
    đ: 'd',
    Đ: 'D',
    ß: 'ss',
    æ: 'ae',
    œ: 'oe',
    й: 'и',
    ё: 'е',
    Й: 'и',
    Ё: 'е',
    '’': "'",
    ʼ: "'",
    '‐': '-',
    '‑': '-',
    '‒': '-',
    '–': '-',
    '—': '-',
    '―': '-',
    '−': '-',
  }),
);

/** Letters of phonetics and of upside-down writing: no language spells words with them, so they are read at once. */
const SHAPES = 'ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpǫqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢzɐaɔcǝeɟfƃgɥhᴉiɾjʞkɯmɹrʇtʌvʍwʎyꓘk';
const SHAPED: ReadonlyMap<string, string> = new Map(
  Array.from({ length: SHAPES.length / 2 }, (_, i) => [SHAPES.charAt(2 * i), SHAPES.charAt(2 * i + 1)]),
);

/** First of 26 letters in a row that NFKC leaves alone: in circles and squares of black, and as halves of flags. */
const ENCLOSED = [0x1f150, 0x1f170, 0x1f1e6];

/** Characters that show nothing: soft hyphen, joiners, bidi controls, fillers, variation selectors, tags, accents. */
const INVISIBLE: readonly (readonly [from: number, to: number])[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x180e, 0x180e],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x20d0, 0x20ff],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe01ef],
];

/** A ligature that stands for a sentence (U+FDFA) stays one character: views stay within bounds. */
const EXPANSION_MAX = 4;

/** What a code point above ASCII becomes: NFKC, Latin and Greek without accents, lower case unless ASCII; '' if invisible. */
function foldOnce(codePoint: number): string {
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return ' ';
  if (INVISIBLE.some(([from, to]) => codePoint >= from && codePoint <= to)) return '';
  const enclosed = ENCLOSED.find((first) => codePoint >= first && codePoint < first + 26);
  if (enclosed !== undefined) return String.fromCharCode(0x61 + codePoint - enclosed);
  const char = String.fromCodePoint(codePoint);
  if (/\p{Nd}/u.test(char)) return digitOf(codePoint);
  const isAccented =
    codePoint < 0x250 ||
    (codePoint >= 0x370 && codePoint < 0x400) ||
    (codePoint >= 0x1e00 && codePoint < 0x2000);
  const folded =
    SIMPLE.get(char) ??
    SHAPED.get(char) ??
    (isAccented ? char.normalize('NFKD').replace(/[\u0300-\u036f]/g, '') : char.normalize('NFKC'));
  if (folded.length > EXPANSION_MAX) return char;
  return folded.charCodeAt(0) < 0x80 ? folded : folded.toLowerCase();
}

/** Digits of a script stand in a row from its zero on: `٤`, `४`, `๔` are 4. Mathematical ones are NFKC's. */
function digitOf(codePoint: number): string {
  const composed = String.fromCodePoint(codePoint).normalize('NFKC');
  if (composed.charCodeAt(0) < 0x80) return composed;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(codePoint - value - 1))) value++;
  return String(value);
}

const bmp: (string | undefined)[] = Array.from({ length: 0x10000 });
const astral = new Map<number, string>();

/** The same, remembered: at most 64 Ki entries, and those astral blocks that NFKC changes. */
export function fold(codePoint: number): string {
  if (codePoint <= 0xffff) return (bmp[codePoint] ??= foldOnce(codePoint));
  const isChanged =
    (codePoint >= 0x1d173 && codePoint <= 0x1d7ff) ||
    (codePoint >= 0x1f100 && codePoint <= 0x1f251) ||
    (codePoint >= 0x1fbf0 && codePoint <= 0x1fbf9) ||
    (codePoint >= 0xe0000 && codePoint <= 0xe01ef);
  if (!isChanged) return String.fromCodePoint(codePoint);
  let folded = astral.get(codePoint);
  if (folded === undefined) astral.set(codePoint, (folded = foldOnce(codePoint)));
  return folded;
}
