/** guardrails/links: addresses that a page would load or follow, whole, and no others. Shown false by an empty pattern. */
import { describe, expect, test } from 'vitest';
import { findLinks } from '../../src/guardrails/links.ts';

const ALLOW = ['docs.example.com', '*.cdn.example'];
const OUT = 'https://evil.example/p.png?q=secret';

/** Type and address of each. */
const found = (text: string, allow = ALLOW): string[] =>
  findLinks(text, allow).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

describe('found, whole', () => {
  test.each([
    [`Look: ![a b](${OUT}) there.`, `image ${OUT}`],
    [`![](<${OUT}>)`, `image ${OUT}`],
    [`See [the docs](${OUT} "title").`, `link ${OUT}`],
    [`[1]: ${OUT}\n`, `link ${OUT}`],
    [`<img alt="x" src="${OUT}">`, `image ${OUT}`],
    [`<img src=${OUT}>`, `image ${OUT}`],
    [`<a href='${OUT}'>x</a>`, `link ${OUT}`],
    [`<div style="background:url(${OUT})">`, `image ${OUT}`],
    [`Go to ${OUT}, now.`, `link ${OUT}`],
    [`<${OUT}>`, `link ${OUT}`],
    ['![x](//evil.example/a)', 'image //evil.example/a'],
    ['![x](https:\\\\evil.example/a)', 'image https:\\\\evil.example/a'],
    ['![x](HTTPS:evil.example/a)', 'image HTTPS:evil.example/a'],
    ['![x](&#104;ttps://evil.example/a)', 'image &#104;ttps://evil.example/a'],
    ['![x](https&colon;//evil.example/a)', 'image https&colon;//evil.example/a'],
    ['![x](https://docs.example.com@evil.example/a)', 'image https://docs.example.com@evil.example/a'],
    ['![x](https://docs.example.com.evil.example/a)', 'image https://docs.example.com.evil.example/a'],
    ['![x](https://docs.example.com%2eevil.example/a)', 'image https://docs.example.com%2eevil.example/a'],
    ['![x](https://xcdn.example/a)', 'image https://xcdn.example/a'],
    ['![x](https://döcs.example.com/a)', 'image https://döcs.example.com/a'],
  ])('%s', (text, wanted) => {
    expect(found(text)).toEqual([wanted]);
  });
});

test.each([
  '![a](https://docs.example.com/a.png?b=c#d) [b](https://a.cdn.example:443/x)',
  '![a](/local/picture.png) [b](#part) [c](mailto:somebody)',
  'f(x)[0](y) = a // b; see 3:4 and "key": "value"',
  'x="1" and src code at https://DOCS.example.com.',
])('not found: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('everything is allowed where everything is listed, and nothing where nothing is', () => {
  expect(found(`![x](${OUT})`, ['*'])).toEqual([]);
  expect(found('![x](https://docs.example.com/a)', [])).toHaveLength(1);
});

test('I42: 64 KiB of the worst text take no time to speak of', () => {
  for (const unit of ['](', '![', 'https:', 'src=', 'url(', '![a](https://e.example/', '](<']) {
    const text = unit.repeat(65_536 / unit.length);
    const before = process.cpuUsage();
    findLinks(text, ALLOW);
    const { user, system } = process.cpuUsage(before);
    expect([unit, (user + system) / 1000 < 200]).toEqual([unit, true]);
  }
});
