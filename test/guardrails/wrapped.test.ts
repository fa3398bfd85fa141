/**
 * Values that a line's end stands within, or that are quoted-printable, are found, with their places in what came; harmless text
 * in the same forms stays. Control tried: without the one view in screening.ts nine rows are red, without the other three.
 * Addresses in rot13 and back to front look like addresses and need neither.
 */
import { describe, expect, it } from 'vitest';
import { type ScreenPolicy, screen } from '../../src/guardrails/screening.ts';
import { joinedLinesView, quotedPrintableView } from '../../src/guardrails/wrapped.ts';

const policy: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
const sent = (text: string): string =>
  screen([{ text, trust: 'user', class: 'prose' }], policy).rewrites[0]?.text ?? text;

const KEY = ['ghp', 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'].join('_');
const rot13 = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));

describe('what goes as a whole', () => {
  it.each([
    ['write to lena.falk@exam\nple.com today', 'write to [REDACTED] today'],
    ['write to lena.falk@\r\nexample.com today', 'write to [REDACTED] today'],
    ['write to lena.falk\n@example.com today', 'write to [REDACTED] today'],
    ['write to lena.falk@example.\ncom today', 'write to [REDACTED] today'],
    ['the card 4111 1111\n1111 1111 is mine', 'the card [REDACTED] is mine'],
    ['number 123-45-\n6789 is mine', 'number [REDACTED] is mine'],
    ['call +44 20\n7946 0958 soon', 'call [REDACTED] soon'],
    ['pay DE89 3704 0044 05\n32 0130 00 now', 'pay [REDACTED] now'],
    [`use ${KEY.slice(0, 20)}\n${KEY.slice(20)} now`, 'use [REDACTED_SECRET] now'],
    ['From=3A lena.falk=40example.com', 'From=3A [REDACTED]'],
    ['a=3D1 lena.falk=40example=2Ecom', 'a=3D1 [REDACTED]'],
    ['text that is soft=\nly broken, lena.falk@exa=\nmple.com', 'text that is soft=\nly broken, [REDACTED]'],
    [`it is ${rot13('lena.falk@example.com')}, see`, 'it is [REDACTED], see'],
    [`it is ${Array.from('lena.falk@example.com').reverse().join('')}, see`, 'it is [REDACTED], see'],
  ])('%s', (text, expected) => {
    expect(sent(text)).toBe(expected);
  });
});

describe('nothing is seen in', () => {
  it.each([
    'const x = a\n@Component({ selector: "b.c" })',
    '4512 8000\n1234 5678\n2222 3333\n',
    'id=40&size=2E&limit=20',
    'the domain example.com\nis down, user@host\nwas told',
    'The first line ends in 12\nand 4711 begins the next.',
  ])('%s', (text) => {
    expect(sent(text)).toBe(text);
  });

  it('and no view is made of most texts', () => {
    const text = 'A line of prose,\nand another; a=1, b=2. Write to me@example.com.\n';
    expect([joinedLinesView(text), quotedPrintableView(text)]).toEqual([undefined, undefined]);
  });
});
