/**
 * Paths a model wrote stay inside of their folders, whoever reads them. Checked against Node's own resolution, of POSIX and of
 * Windows, before and after URL decoding. Shown false by comparing texts instead of segments (`/data-evil` passes, and the
 * property says so) and by leaving out FOREIGN (the decoded ones leave).
 */
import { posix, win32 } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowedPath, pathRuleSchema } from '../../../src/domain/tools/path-rule.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`path-rule.test.ts: SEED=${seed}`);

const RULE = pathRuleSchema.parse({ allow: ['/data', '/srv/uploads/'], base: '/data' });
const ABSOLUTE = pathRuleSchema.parse({ allow: ['/data'] });

describe('inside', () => {
  test.each([
    ['/data', '/data'],
    ['/data/', '/data'],
    ['/data/a.txt', '/data/a.txt'],
    ['/data//a/./b', '/data/a/b'],
    ['/srv/uploads/x', '/srv/uploads/x'],
    ['a.txt', '/data/a.txt'],
    ['./a.txt', '/data/a.txt'],
    ['.', '/data'],
    // Two dots in a name go nowhere.
    ['/data/report..final.txt', '/data/report..final.txt'],
    ['/data/..hidden', '/data/..hidden'],
    ['/data/.env', '/data/.env'],
    ['/data/100% of it.txt', '/data/100% of it.txt'],
    ['/data/Übersicht 2026/naïve.txt', '/data/Übersicht 2026/naïve.txt'],
    ['/data/日本語.txt', '/data/日本語.txt'],
    ['/data/backup~', '/data/backup~'],
    ['/data/console.log', '/data/console.log'],
    ['/data/nullable', '/data/nullable'],
  ])('%j', (path, resolved) => {
    expect(allowedPath(path, RULE)).toBe(resolved);
  });
});

describe('refused', () => {
  test.each([
    ['another folder', '/etc/passwd'],
    ['the folder above', '/'],
    ['the same beginning', '/data-evil/a'],
    ['the same beginning, the folder itself', '/database'],
    ['another case', '/DATA/a'],
    ['up', '/data/../etc/passwd'],
    ['up and back', '/data/a/../b'],
    ['up at the end', '/data/..'],
    ['up from the base', '../etc/passwd'],
    ['more dots', '/data/.../a'],
    ['dots and a space', '/data/.. /a'],
    ['a space and dots', '/data/ ../a'],
    ['a dot at the end', '/data/a.'],
    ['a space at the end', '/data/a '],
    ['a parameter of a servlet', '/data/..;a=b/etc'],
    ['a parameter of a servlet, without dots to go by', '/data/.;/etc'],
    ['the end of the path of a URL', '/data/..?/a'],
    ['the same, for a fragment', '/data/..#a'],
    ['an escape', '/data/%2e%2e/etc'],
    ['an escape of an escape', '/data/%252e%252e/etc'],
    ['an escape of one half', '/data/.%2e/etc'],
    ['an escaped slash', '/data/..%2fetc'],
    ['an overlong escape', '/data/..%c0%afetc'],
    ['an escape of long ago', '/data/%u002e%u002e/'],
    ['NUL', '/data/a\0.txt'],
    ['a line', '/data/a\n/b'],
    ['a joiner', '/data/.\u200d./etc'],
    ['a mark of direction', '/data/a\u202etxt.exe'],
    ['half a character', '/data/\ud800'],
    ['a backslash', '/data/..\\..\\etc'],
    ['a drive', 'C:/data/a'],
    ['a drive of its own', 'C:a'],
    ['a stream', '/data/a.txt::$DATA'],
    ['a scheme', 'file:///data/a'],
    ['UNC', '\\\\host\\share'],
    ['UNC with slashes', '//host/data'],
    ['a home', '~/a'],
    ["somebody's home", '~root/a'],
    ['a home further on', '/data/~root'],
    ['a short name', '/data/PROGRA~1/a'],
    ['a device', '/data/CON'],
    ['a device with an ending', '/data/nul.txt'],
    ['a device with a digit', '/data/com1'],
    ['a device with another digit', '/data/LPT².log'],
    ['a full-width dot', '/data/．．/etc'],
    ['a dot that leads', '/data/․․/etc'],
    ['two in one', '/data/‥/etc'],
    ['an ideographic full stop', '/data/。。/etc'],
    ['a full-width slash', '/data/..／etc'],
    ['a slash of division', '/data/..∕etc'],
    ['a slash of fractions', '/data/..⁄etc'],
    ['a full-width backslash', '/data/..＼etc'],
    ['a backslash of sets', '/data/..∖etc'],
    ['yen', '/data/..¥etc'],
    ['nothing', ''],
    ['too much', `/data/${'a/'.repeat(2100)}`],
  ])('%s', (_name, path) => {
    expect(allowedPath(path, RULE)).toBeUndefined();
  });

  test('a relative path, where nobody said from where', () => {
    expect(allowedPath('a.txt', ABSOLUTE)).toBeUndefined();
    expect(allowedPath('/data/a.txt', ABSOLUTE)).toBe('/data/a.txt');
  });
});

test.each(['data', '/data/../x', '/data/%2e', 'C:/data', '', '//data'])('no folder: %j', (folder) => {
  expect(pathRuleSchema.safeParse({ allow: [folder] }).success).toBe(false);
  expect(pathRuleSchema.safeParse({ allow: ['/x'], base: folder }).success).toBe(false);
});

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const isInside = (path: string): boolean => within(path, '/data') || within(path, '/srv/uploads');
const odd = fc.constantFrom(
  ...'.. . data srv uploads etc data-evil a %2e %2e%2e %252e %2f %5c \\ \\.. ~ C: ．．／ ／ ..; ..;a ..? ..# ..%00 NUL ‥'.split(
    ' ',
  ),
  '',
  ' ',
  '.. ',
  '\0',
);
const oddPath = fc
  .tuple(
    fc.constantFrom('', '/', '//', '/data/', '/data', '\\'),
    fc.array(fc.oneof(odd, fc.string()), { maxLength: 6 }),
  )
  .chain(([head, parts]) => fc.constantFrom('/', '').map((join) => head + parts.join(join)));

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

test('what is allowed is inside for every reader', () => {
  fc.assert(
    fc.property(oddPath, (path) => {
      const resolved = allowedPath(path, RULE);
      if (resolved === undefined) return;
      const ofServlet = path.replaceAll(/;[^/]*/g, '');
      for (const read of [
        path,
        ofServlet,
        path.replace(/[?#].*/s, ''),
        decoded(path),
        decoded(decoded(path)),
        path.normalize('NFKC'),
      ]) {
        expect(isInside(posix.resolve('/data', read))).toBe(true);
        const ofWindows = win32.resolve('C:\\data', read).replace(/^C:/, '').replaceAll('\\', '/');
        expect(isInside(ofWindows)).toBe(true);
      }
      expect(posix.resolve('/data', path)).toBe(resolved);
    }),
    { seed, numRuns: 20_000 },
  );
});

test('among plain names, just what Node finds inside is allowed', () => {
  const segment = fc.constantFrom(
    'data',
    'srv',
    'uploads',
    'data-evil',
    'a',
    'b.txt',
    '.',
    '',
    '.x',
    'uploads2',
  );
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
      const path = `/${segments.join('/')}`.replace(/^\/+/, '/');
      expect(allowedPath(path, RULE)).toBe(isInside(posix.resolve(path)) ? posix.resolve(path) : undefined);
    }),
    { seed, numRuns: 5000 },
  );
});
