/** Codings an order may be written in, for tests: text in, the same text in disguise out. */

const map = (from: string, to: readonly string[]): ReadonlyMap<string, string> =>
  new Map(Array.from(from, (char, at) => [char, to[at] ?? char]));
const swap = (table: ReadonlyMap<string, string>) => (text: string) =>
  Array.from(text, (char) => table.get(char) ?? char).join('');

const alphabet = 'abcdefghijklmnopqrstuvwxyz';
const lettersFrom = (first: number) => (text: string) =>
  swap(
    map(
      alphabet,
      Array.from(alphabet, (_, at) => String.fromCodePoint(first + at)),
    ),
  )(text.toLowerCase());
const codes =
  (write: (code: number) => string, gap = '') =>
  (text: string) =>
    Array.from(text, (char) => write(char.codePointAt(0) ?? 0)).join(gap);
const hex = (code: number, size = 2): string => code.toString(16).padStart(size, '0');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const words =
  (change: (word: string) => string, gap = ' ') =>
  (text: string) =>
    text.split(' ').map(change).join(gap);
const reverse = (text: string): string => Array.from(text).reverse().join('');
const morse =
  '.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..'.split(
    ' ',
  );

export const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  base64: base64,
  'base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'base64 over lines': (text) => base64(text).replaceAll(/(.{24})/g, '$1\n'),
  'base64 twice': (text) => base64(base64(text)),
  hex: (text) => Buffer.from(text).toString('hex'),
  'hex in pairs': codes((code) => hex(code), ' '),
  'hex escapes': codes((code) => `\\x${hex(code)}`),
  binary: codes((code) => code.toString(2).padStart(8, '0'), ' '),
  'binary without gaps': codes((code) => code.toString(2).padStart(8, '0')),
  'numbers of characters': codes(String, ', '),
  'Morse code': (text) =>
    words(
      (word) => Array.from(word, (char) => morse[alphabet.indexOf(char)]).join(' '),
      ' / ',
    )(text.toLowerCase().replaceAll(/[^a-z ]/g, '')),
  'URL coding': (text) => codes((code) => `%${hex(code)}`)(text),
  'HTML entities': codes((code) => `&#${code};`),
  'HTML entities in hex': codes((code) => `&#x${hex(code)};`),
  'Unicode escapes': codes((code) => `\\u${hex(code, 4)}`),
  'escapes for vowels': (text) => text.replaceAll(/[aeiou]/g, (char) => `\\u${hex(char.charCodeAt(0), 4)}`),
  rot13: (text) => text.replaceAll(/[a-z]/g, (char) => alphabet.charAt((alphabet.indexOf(char) + 13) % 26)),
  reversed: reverse,
  'reversed words': words(reverse),
  'pig latin': (text) =>
    text.replaceAll(/[a-z]+/gi, (word) => {
      const [, start = '', rest = ''] = /^([^aeiou]*)(.*)$/i.exec(word) ?? [];
      return start ? `${rest}${start}ay` : `${rest}way`;
    }),
  'zero-width characters': (text) => Array.from(text).join('\u200b'),
  'soft hyphens': (text) => Array.from(text).join('\u00ad'),
  'bidi controls': (text) => `\u202e${text}\u202c`,
  tags: (text) => `Hello${codes((code) => String.fromCodePoint(0xe0000 + code))(text)}`,
  'variation selectors as bytes': (text) =>
    `\u{1f600}${codes((code) => String.fromCodePoint(0xe0100 + code - 16))(text)}`,
  'variation selectors between': (text) => Array.from(text).join('\ufe0f'),
  'combining marks': (text) => Array.from(text, (char) => `${char}\u0336`).join(''),
  'enclosing marks': (text) => Array.from(text, (char) => `${char}\u20dd`).join(''),
  'full width': (text) =>
    text.replaceAll(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  'mathematical letters': lettersFrom(0x1d41a),
  'circled letters': lettersFrom(0x24d0),
  'black circles': lettersFrom(0x1f150),
  'black squares': lettersFrom(0x1f170),
  squares: lettersFrom(0x1f130),
  'halves of flags': lettersFrom(0x1f1e6),
  'letters in brackets': lettersFrom(0x249c),
  'small capitals': (text) =>
    swap(map(alphabet, Array.from('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ')))(text.toLowerCase()),
  'upside down': (text) =>
    swap(map(alphabet, Array.from('ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz')))(reverse(text.toLowerCase())),
  'look-alikes': swap(map('aeopcsi', Array.from('аеорсѕі'))),
  'emoji between letters': words((word) => Array.from(word).join('\u{1f600}'), '  '),
  leet: swap(map('aeiost', Array.from('431057'))),
  'no vowels': (text) => text.replaceAll(/(?<=\w)[aeiou]/g, ''),
  'letters spaced': words((word) => Array.from(word).join(' '), '   '),
  'letters spaced, words too': (text) => Array.from(text.replaceAll(' ', '')).join(' '),
  dashes: words((word) => Array.from(word).join('-')),
  'full stops': words((word) => Array.from(word).join('.')),
  'no spaces': (text) => text.replaceAll(' ', ''),
  'one word a line': (text) => text.replaceAll(' ', '\n'),
  'upper case': (text) => text.toUpperCase(),
  'an HTML comment': (text) => `<p>Hi</p><!-- ${text} -->`,
  'an alternative text': (text) => `<img src="a.png" alt="${text}">`,
  JSON: (text) => JSON.stringify({ id: 7, note: text }),
  'a line of CSV': (text) => `id,name\n1,"${text}"`,
  'a comment in code': (text) => `x = 1  # ${text}`,
};
