/** JSON as nobody would write it: odd spaces, needless escapes, numbers in every form, keys that look like one another. */
import * as fc from 'fast-check';

const blank = fc.stringMatching(/^[ \n\r\t]{0,3}$/);

/** A character as it is, or in one of the ways JSON has for it. */
function written(unit: string, way: number): string {
  const code = unit.charCodeAt(0);
  const hex = code.toString(16).padStart(4, '0');
  if (way === 0) return `\\u${hex}`;
  if (way === 1) return `\\u${hex.toUpperCase()}`;
  if (way === 2 && unit === '/') return '\\/';
  return JSON.stringify(unit).slice(1, -1);
}

const letters = fc.constantFrom(
  'a',
  'b',
  '/',
  '\\',
  '"',
  '\n',
  '\u2028',
  'é',
  '\u0000',
  ' ',
  '{',
  ':',
  ',',
  '😀',
);

/** A string token. */
const oddString = fc
  .array(fc.tuple(letters, fc.nat({ max: 5 })), { maxLength: 8 })
  .map((units) =>
    units
      .map(([unit, way]) =>
        unit
          .split('')
          .map((half) => (unit.length > 1 ? half : written(half, way)))
          .join(''),
      )
      .join(''),
  )
  .map((inner) => `"${inner}"`);

const oddNumber = fc.constantFrom(
  '0',
  '-0',
  '1',
  '-1',
  '1.0',
  '1e5',
  '1E+5',
  '0.1e-2',
  '12345678901234567890',
  '0.30000000000000004',
  '1e308',
  '4e-400',
  '-0.0',
);

const word = fc.constantFrom('true', 'false', 'null');

/** Keys that differ, if only by a hair. */
const KEYS = [
  'a',
  'A',
  'á',
  'a ',
  '',
  '__proto__',
  'constructor',
  'toString',
  '0',
  'a/b',
  'a~b',
  'content',
  'note',
];

const spaced = (token: fc.Arbitrary<string>) => fc.tuple(blank, token, blank).map((parts) => parts.join(''));

/** A value of up to four levels, with the given string tokens among its strings. */
export function oddValue(strings: fc.Arbitrary<string> = oddString): fc.Arbitrary<string> {
  return fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      oddNumber,
      word,
      strings,
      fc.array(spaced(tie('value')), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
      fc
        .tuple(
          fc.shuffledSubarray(KEYS, { maxLength: 4 }),
          fc.array(fc.tuple(blank, spaced(tie('value')), fc.boolean()), { minLength: 4, maxLength: 4 }),
        )
        .map(([keys, values]) => `{${keys.map((key, at) => member(key, values[at])).join(',')}}`),
    ),
  })).value;
}

function member(
  key: string,
  [space, value, isEscaped]: [string, string, boolean] = ['', '1', false],
): string {
  const plain = JSON.stringify(key);
  const token = isEscaped
    ? `"${key
        .split('')
        .map((unit) => written(unit, 0))
        .join('')}"`
    : plain;
  return `${space}${token}${space}:${value}`;
}

/** The number tokens of a source, in order, as written. */
export function numbersIn(source: string): string[] {
  return [...source.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/-?\d[\d.eE+-]*/g)].map(([token]) => token);
}
