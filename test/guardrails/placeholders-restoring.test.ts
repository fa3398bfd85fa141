/** Values back in streams: at every split, in every spelling a model gives a placeholder, escaped where it is JSON. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Restorer } from '../../src/guardrails/placeholders-restoring.ts';
import { Vault, type VaultEntry } from '../../src/guardrails/placeholders.ts';
import { screen, type ScreenPolicy } from '../../src/guardrails/screening.ts';

const ENTRIES: readonly VaultEntry[] = [
  { placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'ann@example.com' },
  { placeholder: '<EMAIL_12>', type: 'EMAIL', value: 'bob@example.com' },
  { placeholder: '<ADDRESS_1>', type: 'ADDRESS', value: '12 "Elm" Row\nLeeds \\ UK 😀' },
  { placeholder: '<CREDIT_CARD_1>', type: 'CREDIT_CARD', value: '4111 1111 1111 1111' },
];
const ADDRESS = ENTRIES[2]?.value ?? '';

/** The whole text in the pieces given, and what had left after each of them. */
function restored(pieces: readonly string[], isJson = false): string {
  const restorer = new Restorer(ENTRIES, isJson);
  return pieces.map((piece) => restorer.push(piece)).join('') + restorer.end();
}

/** The one reading of a text, whole; in two pieces at every place, and unit by unit, the same must come out. */
function everywhere(text: string, isJson = false): string {
  const whole = restored([text], isJson);
  for (let i = 0; i <= text.length; i++)
    expect(restored([text.slice(0, i), text.slice(i)], isJson)).toBe(whole);
  expect(restored(text.split(''), isJson)).toBe(whole);
  return whole;
}

describe('in a text', () => {
  it.each([
    ['Write to <EMAIL_1>.', 'Write to ann@example.com.'],
    ['`<EMAIL_1>` and **<email_12>**', '`ann@example.com` and **bob@example.com**'],
    ['\\<EMAIL\\_1\\>, <EMAIL_1\\>', 'ann@example.com, ann@example.com'],
    ['C:\\<EMAIL_1> \\\\<EMAIL_1\\>', 'C:\\ann@example.com \\ann@example.com'],
    ['<EMAIL\\_1>, <credit\\_card\\_1>', 'ann@example.com, 4111 1111 1111 1111'],
    ['&lt;EMAIL_1&gt; <EMAIL_01>', 'ann@example.com ann@example.com'],
    ['<EMAIL_1><EMAIL_1>', 'ann@example.comann@example.com'],
    ['<<EMAIL_1>>', '<ann@example.com>'],
    ['<ADDRESS_1>', ADDRESS],
    ['a < b && c <EMAIL_2> <EMAIL_> <EMAIL_1 EMAIL_1 <EMAIL_123> <b>', undefined],
    ['<EMAIL_1', undefined],
    ['😀<EMAIL_1>\ud83d', '😀ann@example.com\ud83d'],
  ])('%s', (text, expected) => {
    expect(everywhere(text)).toBe(expected ?? text);
  });

  it('what was put in is not read again', () => {
    const restorer = new Restorer([
      { placeholder: '<ADDRESS_1>', value: '<EMAIL_1>' },
      { placeholder: '<EMAIL_1>', value: 'ann@example.com' },
    ]);
    expect(restorer.push('<ADDRESS_1>') + restorer.end()).toBe('<EMAIL_1>');
  });
});

describe('waits', () => {
  it.each(['Hello wor', 'a <b', '<EMAIL_2', '<DIV', '<EMAIL_1x', 'a & b'])('for nothing after %s', (text) => {
    expect(new Restorer(ENTRIES).push(text)).toBe(text);
  });

  it('only for what may still become one that was issued', () => {
    expect(new Restorer(ENTRIES).push('to <EMA')).toBe('to ');
    expect(new Restorer(ENTRIES).push('to <PHONE_')).toBe('to <PHONE_');
    expect(new Restorer([]).push('to <EMAIL_1>')).toBe('to <EMAIL_1>');
  });
});

const read = (text: string): unknown => JSON.parse(text);
const nested = z.object({ inner: z.string(), deep: z.string().default('') });

describe('in JSON', () => {
  it('the value is escaped once for each string around it', () => {
    const inner = JSON.stringify({ to: '<ADDRESS_1>', note: 'he said "<ADDRESS_1>"' });
    const args = JSON.stringify({
      a: '<ADDRESS_1>',
      inner,
      deep: JSON.stringify({ inner }),
      list: ['x', '<EMAIL_1>'],
    });
    const out = everywhere(args, true);
    expect(read(out)).toMatchObject({ a: ADDRESS, list: ['x', 'ann@example.com'] });
    const outer = nested.parse(read(out));
    expect(read(outer.inner)).toEqual({ to: ADDRESS, note: `he said "${ADDRESS}"` });
    expect(read(nested.parse(read(outer.deep)).inner)).toMatchObject({ to: ADDRESS });
  });

  it('quoted speech in a string is no string in a string', () => {
    expect(read(everywhere(JSON.stringify({ text: 'he said "<ADDRESS_1>"' }), true))).toEqual({
      text: `he said "${ADDRESS}"`,
    });
  });

  it('brackets may have escapes of Markdown, and what comes back is JSON', () => {
    expect(read(everywhere(JSON.stringify({ a: '\\<EMAIL\\_1\\>', b: 'C:\\<EMAIL_1>' }), true))).toEqual({
      a: 'ann@example.com',
      b: 'C:\\ann@example.com',
    });
  });

  it('brackets may be written as escapes, and an answer that is JSON is seen to be', () => {
    expect(read(everywhere('{"to":"\\u003cEMAIL_1\\u003E","x":"\\\\","y":"\\u0041"}'))).toEqual({
      to: 'ann@example.com',
      x: '\\',
      y: 'A',
    });
    expect(read(everywhere(` ["<ADDRESS_1>"]`))).toEqual([ADDRESS]);
    expect(everywhere('say: {"to":"<ADDRESS_1>"}')).toBe(`say: {"to":"${ADDRESS}"}`);
  });
});

const POLICY: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'off', reversible: true };
const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    ' ann@example.com ',
    '"',
    '\\',
    ' +44 20 7946 0958 ',
    '<EMAIL_1>',
    '<',
    ' 4111 1111 1111 1111 ',
    '{',
    '\n',
  ),
);
const document = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

it('a document that went up and comes back in pieces is what it was', () => {
  const cuts = fc.array(fc.nat(200), { maxLength: 6 });
  fc.assert(
    fc.property(document, cuts, fc.boolean(), (text, places, single) => {
      const { rewrites, placeholders } = screen([{ text, trust: 'user', class: 'prose' }], POLICY);
      const sent = rewrites[0]?.text ?? text;
      const restorer = new Restorer(placeholders);
      const at = [...new Set([0, ...places.map((place) => place % (sent.length + 1)), sent.length])].sort(
        (a, b) => a - b,
      );
      const pieces = single ? sent.split('') : at.slice(1).map((end, i) => sent.slice(at[i], end));
      expect(pieces.map((part) => restorer.push(part)).join('') + restorer.end()).toBe(text);
    }),
    { seed: 20_261, numRuns: 400 },
  );
});

it('arguments of a call come back as what they say, however deep their strings', () => {
  const value = fc.oneof(
    document,
    document.map((text) => JSON.stringify({ text })),
    fc.constant('{"a":"{\\"b\\":\\"ann@example.com\\"}"}'),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('to', 'body', 'x'), value), (args) => {
      const text = JSON.stringify(args);
      const { rewrites, placeholders } = screen([{ text, trust: 'user', class: 'prose' }], POLICY);
      const sent = rewrites[0]?.text ?? text;
      expect(() => void JSON.parse(sent)).not.toThrow();
      const restorer = new Restorer(placeholders, true);
      expect(
        JSON.parse(
          sent
            .split('')
            .map((unit) => restorer.push(unit))
            .join('') + restorer.end(),
        ),
      ).toEqual(args);
    }),
    { seed: 7, numRuns: 400 },
  );
});

it('two people are two placeholders, and exchanges share none', () => {
  const vault = new Vault();
  expect([
    vault.issue('PERSON', 'Ann Lee'),
    vault.issue('PERSON', 'Bo Lee'),
    vault.issue('PERSON', 'ann  LEE'),
  ]).toEqual(['<PERSON_1>', '<PERSON_2>', '<PERSON_1>']);
  expect(new Vault().issue('PERSON', 'Bo Lee')).toBe('<PERSON_1>');
});
