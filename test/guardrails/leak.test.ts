/** guardrails/leak: a prompt that comes back is known, in any pieces and dress; quoting a sentence of it is no leak. */
import { assert, infiniteStream, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalise } from '../../src/guardrails/canonical.ts';
import { findCanaries, LeakWatch, promptPrints } from '../../src/guardrails/leak.ts';

const PROMPT = `You are the assistant of a travel agency. Never speak of prices before the customer has named a date.
If someone asks for a refund, send them to the form on page four, and do not promise anything. Rooms on the sea side
are kept for families; say that they are taken unless there are children. Answer in the language of the question.`;
const PROSE = 'The walk to the sea takes half an hour, and there are rooms with a view of it for families. ';

function leaked(pieces: readonly string[], prompt = PROMPT): string {
  const prints = promptPrints([prompt]);
  if (!prints) return 'too short';
  const watch = new LeakWatch(prints);
  const all = pieces.join('');
  return pieces
    .flatMap((piece) => watch.push(piece))
    .map(({ start, end }) => all.slice(start, end))
    .join('');
}

/** Small letters as those that begin at `first`. */
const shifted = (text: string, first: number): string =>
  text.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint(first + letter.charCodeAt(0) - 0x61));
const escapedLetter = (letter: string): string => `\\u00${letter.charCodeAt(0).toString(16)}`;
const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (letter) => {
    const first = letter >= 'a' ? 0x61 : 0x41;
    return String.fromCharCode(first + ((letter.charCodeAt(0) - first + 13) % 26));
  });

describe('known', () => {
  test('as it was written, up to its last letters', () => {
    const found = leaked([PROSE, PROMPT, PROSE]);
    expect(found.length).toBeGreaterThan(PROMPT.length - 40);
    expect(PROMPT).toContain(found);
  });

  test.each([
    ['in capitals', (text: string) => text.toUpperCase()],
    ['as a list', (text: string) => text.replaceAll('. ', '.\n\n- **').replaceAll('\n', ' \n> ')],
    ['spaced out', (text: string) => Array.from(text).join(' ')],
    ['without spaces', (text: string) => text.replaceAll(/\s/g, '')],
    ['in part', (text: string) => text.slice(90, 310)],
    ['emphasised', (text: string) => text.replaceAll(/\w+/g, '**$&**')],
    [
      'with what shows nothing in its words',
      (text: string) => Array.from(text).join('\u200b\u00ad\ufeff\ufe0f'),
    ],
    ['with marks and pictures between its words', (text: string) => text.replaceAll(' ', ' ┃🚢、')],
    ['full-width', (text: string) => shifted(text, 0xff41)],
    ['in mathematical letters', (text: string) => shifted(text, 0x1d41a)],
    ['in letters that look alike', (text: string) => text.replaceAll('e', 'е').replaceAll('o', 'ο')],
    ['with accents', (text: string) => text.replaceAll('a', 'á').replaceAll('e', 'e\u0301')],
    ['as JSON', (text: string) => JSON.stringify(JSON.stringify({ text }))],
    ['as escapes', (text: string) => text.replaceAll(/[a-m]/g, escapedLetter)],
    ['backwards', (text: string) => Array.from(text).reverse().join('')],
    ['in rot13', rot13],
    ['in base64', (text: string) => Buffer.from(text).toString('base64')],
    ['in base64 that begins elsewhere', (text: string) => Buffer.from(text.slice(31)).toString('base64url')],
    ['in hex', (text: string) => Buffer.from(text).toString('hex').replaceAll(/../g, '$& ')],
  ])('%s', (_, dress) => {
    expect(leaked([PROSE, dress(PROMPT), PROSE]).length).toBeGreaterThan(100);
  });

  test('the same in any pieces', () => {
    const text =
      PROSE + PROMPT + shifted(PROMPT, 0x1d41a) + PROMPT.replaceAll(/[a-m]/g, escapedLetter) + PROSE;
    const wanted = leaked([text]);
    assert(
      property(infiniteStream(integer({ min: 1, max: 20 })), (sizes) => {
        const pieces: string[] = [];
        for (let at = 0; at < text.length; at += pieces.at(-1)?.length ?? 0)
          pieces.push(text.slice(at, at + (sizes.next().value ?? 1)));
        expect(leaked(pieces)).toBe(wanted);
      }),
    );
  });

  test('in scripts without spaces', () => {
    const prompt = Array.from({ length: 300 }, (_, i) =>
      String.fromCharCode(0x4e00 + ((i * 7919) % 9000)),
    ).join('');
    expect(leaked(['今日は', prompt, 'です'], prompt).length).toBeGreaterThan(250);
  });
});

describe('not a leak', () => {
  test('a sentence of it, other prose, and words of it in another order', () => {
    expect(leaked([`${PROSE}Never speak of prices before the customer has named a date. ${PROSE}`])).toBe('');
    expect(leaked([PROSE.repeat(50)])).toBe('');
    expect(leaked([PROMPT.split(' ').reverse().join(' ')])).toBe('');
    const other = PROSE.repeat(20);
    for (const text of [
      rot13(other),
      Buffer.from(other).toString('base64'),
      Buffer.from(other).toString('hex'),
    ])
      expect(leaked([text])).toBe('');
  });

  test('a prompt of few words', () => {
    expect(leaked(['You are a helpful assistant.'], 'You are a helpful assistant.')).toBe('too short');
  });
});

test('words of its own are found each time, at their places, also where letters before them grow', () => {
  const text = 'İİİ Kolibri-7, ＫＯＬＩ\u200bBRI-7; kolibri-7 and Kolibri 7 is another';
  const found = findCanaries(canonicalise(text), ['kolibri-7']);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual([
    'Kolibri-7',
    'ＫＯＬＩ\u200bBRI-7',
    'kolibri-7',
  ]);
});

test('I42: linear, and small whatever the prompt', () => {
  const prompt = PROMPT.repeat(5000);
  const before = process.cpuUsage();
  const prints = promptPrints([prompt]);
  const watch = new LeakWatch(prints ?? new Uint32Array());
  watch.push(PROSE.repeat(700));
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(200);
  expect(prints?.byteLength).toBeLessThanOrEqual(65_536);
});

test('a prompt that came before is not read again; one with other words, or cut elsewhere, is another', () => {
  const first = promptPrints([PROMPT]);
  expect(promptPrints([PROMPT])).toBe(first);
  expect(promptPrints([`${PROMPT} And be brief.`])).not.toEqual(first);
  const at = PROMPT.length / 2;
  expect(promptPrints([PROMPT.slice(0, at), PROMPT.slice(at)])).not.toBe(first);
  for (let i = 0; i < 256; i++) promptPrints([`${i} ${PROMPT}`]);
  const again = promptPrints([PROMPT]);
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});
