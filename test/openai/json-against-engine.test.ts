import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLeaves, parse, refusal, strings } from './json-checks.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`json-against-engine.test.ts: SEED=${seed}`);

/** What the engine's own parser says, and whether it says anything. */
function native(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Writes some characters of strings as \u escapes, whole surrogate pairs included. */
function escaped(text: string, rate: number): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/gs, (token) =>
    token.replace(/\\u[0-9a-f]{4}|\\.|[^"\\]/gsu, (unit, at: number) =>
      unit.startsWith('\\') || ((at * 7919) % 97) / 97 >= rate
        ? unit
        : Array.from({ length: unit.length }, (_, i) => hex(unit.charCodeAt(i))).join(''),
    ),
  );
}

const hex = (codeUnit: number): string => `\\u${codeUnit.toString(16).padStart(4, '0')}`;

/** What is wrong with our verdict, given the engine's; '' if nothing. Lenient it may be, but not otherwise. */
function complaint(text: string): string {
  const told = native(Buffer.from(text).toString());
  const code = refusal(text);
  if (code === undefined)
    return told && isDeepStrictEqual(told.value, parse(text).value) ? '' : 'read otherwise';
  if (!told || code === 'request.duplicate_key' || code === 'request.number') return '';
  return code === 'request.invalid_json' && /\\u[dD][89a-fA-F]/.test(text) ? '' : `refused: ${code}`;
}

describe('against the engine', () => {
  const key = fc.oneof(
    fc.constantFrom('a', 'b', '__proto__', 'toString', '', '0', 'a/b', '~'),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => text.isWellFormed()),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 12 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  /** The same value, written in one of its many ways. */
  const written = fc
    .tuple(tree, fc.constantFrom(undefined, 1, '\t'), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([value, indent, rate]) => escaped(JSON.stringify(value, undefined, indent), rate));

  test('what is well formed is read alike, and its leaves are where they say', () => {
    fc.assert(
      fc.property(written, (text) => {
        const body = parse(text);
        expect(body.value).toStrictEqual(JSON.parse(text));
        expect(body.leaves).toHaveLength(strings(body.value));
        checkLeaves(body);
      }),
      { seed, numRuns: 400 },
    );
  });

  /** A well-formed text with a few characters taken out, put in or changed. */
  const broken = fc
    .tuple(
      written,
      fc.array(
        fc.tuple(
          fc.nat(10_000),
          fc.nat(1),
          fc.constantFrom(
            '"',
            '\\',
            '{',
            '}',
            '[',
            ']',
            ',',
            ':',
            '0',
            '-',
            '.',
            'e',
            'u',
            ' ',
            '\n',
            '\u0010',
            '\ud800',
            'é',
          ),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    )
    .map(([text, edits]) => {
      let out = text;
      for (const [at, cut, put] of edits) {
        const i = at % (out.length + 1);
        out = out.slice(0, i) + put + out.slice(i + cut);
      }
      return Buffer.from(out).toString();
    });

  test('what the engine refuses is refused, and what is accepted is read alike', () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(broken, fc.json({ stringUnit: 'binary' }), fc.string()), (text) => {
        if (refusal(text) === undefined) accepted++;
        else refused++;
        expect(complaint(text)).toBe('');
      }),
      { seed, numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  test('numbers are the same double, however they are written', () => {
    const token = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 20n }).map(String)),
        fc.option(fc.stringMatching(/^[0-9]{1,20}$/), { nil: undefined }),
        fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.nat(330)), { nil: undefined }),
      )
      .map(([sign, whole, part, exponent]) => {
        return `${sign}${whole}${part === undefined ? '' : `.${part}`}${exponent ? exponent.join('') : ''}`;
      });
    fc.assert(
      fc.property(token, (text) => {
        const expected = Number(text);
        const finite = Number.isFinite(expected);
        expect(finite ? parse(text).value : refusal(text)).toBe(finite ? expected : 'request.number');
      }),
      { seed, numRuns: 3_000 },
    );
  });
});
