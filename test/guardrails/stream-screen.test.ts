/**
 * Screening of what comes in pieces: the same at every split as in one piece, as the finders for requests have it, and
 * nothing waits that need not. Shown false by cutting at every space (numbers in groups are told), and by forgetting
 * what left (labels are told).
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/guardrails/json-escapes.ts';
import { resolveOverlaps } from '../../src/guardrails/overlaps.ts';
import { findPii } from '../../src/guardrails/pii/pii.ts';
import { findSecrets } from '../../src/guardrails/secrets/secrets.ts';
import { StreamScreen, type StreamScreenOptions } from '../../src/guardrails/stream-screen.ts';
import type { Finding } from '../../src/base/finding.ts';

const PERSONS = new Set(['PERSON', 'ADDRESS']);
const find = (text: string): readonly Finding[] => {
  const view = viewOf(text);
  return resolveOverlaps([...findPii(view), ...findSecrets(view)].filter(({ type }) => !PERSONS.has(type)));
};
const OPTIONS: StreamScreenOptions = { find, replace: ({ type }) => `[${type}]` };

function screened(pieces: readonly string[]): string {
  const screen = new StreamScreen(OPTIONS);
  return pieces.map((piece) => screen.push(piece)).join('') + screen.end();
}

/** What finders of requests make of the whole text. */
function whole(text: string): string {
  let out = '';
  let from = 0;
  for (const { type, start, end } of find(text)) {
    out += `${text.slice(from, start)}[${type}]`;
    from = end;
  }
  return out + text.slice(from);
}

const noise = (length: number): string =>
  Array.from({ length }, (_, i) => 'aZ3kQ9xB7mT1vR5cY8nJ2wL6pD4hS0fG'[(i * 7 + ((i * i) % 11)) % 32]).join(
    '',
  );
const PASSWORD = ['hunter', '2!Tulip'].join('');

const TEXTS = [
  'Write to ann@example.com, or to bob.lee@mail.example.org. Thank you!',
  'Call +44 20 7946 0958 or (415) 555-2671 ext. 12 today, the card is 4111 1111 1111 1111 and more.',
  'IBAN DE89 3704 0044 0532 0130 00; SSN 536-22-8145, passport number C01X00T47. Done.',
  `the password is ${PASSWORD} and the key ghp_${noise(36)} is new`,
  `export DB_PASSWORD=${PASSWORD}\npostgres://app:${PASSWORD}@db.internal/main\n`,
  '{"email":"ann@example.com","date_of_birth":"1990-04-12","x":[1,2,3]}',
  'né le 14 juillet 1992 à Lyon 😀, téléphone 06 12 34 56 78 merci',
  '我的电话：13812345678，邮箱 ann@example.com 谢谢你的帮助',
  '😀😀 4111\u00a01111\u00a01111\u00a01111 😀 ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ \ud83d',
  `-----BEGIN RSA PRIVATE KEY-----\n${noise(64)}\n${noise(64)}\n-----END RSA PRIVATE KEY-----\nand then`,
  'a\n\nb   c - 12 Main Street, 1 2 3 4 5 6 7 8, v1.2.3 <b>x</b> e.g. and/or',
];

describe('every split gives what one piece gives', () => {
  it.each(TEXTS)('%s', (text) => {
    const expected = whole(text);
    expect(screened([text])).toBe(expected);
    expect(screened(text.split(''))).toBe(expected);
    for (let i = 1; i < text.length; i++) expect(screened([text.slice(0, i), text.slice(i)])).toBe(expected);
  });

  it('of texts put together by chance', () => {
    const piece = fc.oneof(
      fc.constantFrom(...TEXTS),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constant(' '),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(text, fc.array(fc.nat(2000), { maxLength: 8 }), (source, places) => {
        const expected = screened([source]);
        const at = [
          ...new Set([0, ...places.map((place) => place % (source.length + 1)), source.length]),
        ].sort((a, b) => a - b);
        expect(screened(at.slice(1).map((end, i) => source.slice(at[i], end)))).toBe(expected);
        expect(screened(source.split(''))).toBe(expected);
      }),
      { seed: 4711, numRuns: 150 },
    );
  });
});

describe('waits', () => {
  it('for the current word of ordinary prose and no longer', () => {
    const screen = new StreamScreen(OPTIONS);
    expect(screen.push('The quick brown fo')).toBe('The quick brown ');
    expect(screen.push('x jumps, ')).toBe('fox jumps, ');
    expect(screen.push('mail ann@exam')).toBe('mail ');
    expect(screen.push('ple.com ')).toBe('');
    expect(screen.push('now ')).toBe('[EMAIL] now ');
  });

  it('for the end of a number', () => {
    const screen = new StreamScreen(OPTIONS);
    expect(screen.push('card 4111 1111 ')).toBe('card ');
    expect(screen.push('1111 1111 and ')).toBe('[CREDIT_CARD] and ');
  });

  it('for no more than 512 units, whatever comes', () => {
    for (const unit of ['x1', '4111 ', '-', 'a@', '電1', '{"a":']) {
      const screen = new StreamScreen(OPTIONS);
      const text = unit.repeat(3000);
      for (let i = 0; i < text.length; i += 7) screen.push(text.slice(i, i + 7));
      expect(screen.end().length).toBeLessThanOrEqual(520);
      expect(screened([text])).toBe(screened(text.split('')));
    }
  });
});

describe('what is longer than what may wait', () => {
  it('is masked to its end', () => {
    const token = `eyJ${noise(300)}.eyJ${noise(900)}.${noise(40)}`;
    expect(screened(`token ${token} end`.split(''))).not.toContain(token.slice(-20));
    const key = `-----BEGIN PRIVATE KEY-----\n${Array.from({ length: 24 }, () => noise(64)).join('\n')}\n-----END PRIVATE KEY-----`;
    const out = screened(`so ${key} and done`.split(''));
    expect(out).toBe('so [private_key] and done');
    expect(out).toBe(screened([`so ${key} and done`]));
  });
});

it('tells what was found, by its place in the whole text', () => {
  const screen = new StreamScreen(OPTIONS);
  const text = 'mail ann@example.com or call 415-555-2671 today';
  for (const unit of text) screen.push(unit);
  screen.end();
  expect(screen.findings.map(({ type, start, end }) => [type, text.slice(start, end)])).toEqual([
    ['EMAIL', 'ann@example.com'],
    ['PHONE', '415-555-2671'],
  ]);
});
