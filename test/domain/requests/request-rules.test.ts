import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { checkTexts, requestSchema } from '../../../src/domain/requests/request-rules.ts';
import type { Text } from '../../../src/openai/body.ts';

const of = (kind: Text['class'], text: string): Text => ({
  text,
  trust: 'user',
  class: kind,
  pointer: '/messages/0/content',
  index: 0,
  turn: 0,
});

/** `ok`, or the code and the field at fault. */
function check(texts: Text[], rules: object): string {
  try {
    checkTexts(texts, requestSchema.parse(rules));
    return 'ok';
  } catch (error) {
    return error instanceof Refusal ? `${error.code} ${error.options.param}` : String(error);
  }
}

describe('length', () => {
  test('is of one text, in UTF-16 units; what is not read has none', () => {
    expect(check([of('prose', '12345'), of('prose', '12345')], { textCharsMax: 5 })).toBe('ok');
    expect(check([of('prose', '123456')], { textCharsMax: 5 })).toBe('request.too_long messages[0].content');
    expect(check([of('token', '123456')], { textCharsMax: 5 })).toMatch(/^request\.too_long/);
    expect(check([of('prose', '☀️☀️☀️')], { textCharsMax: 5 })).toMatch(/^request\.too_long/);
    expect(check([of('opaque', '123456')], { textCharsMax: 5 })).toBe('ok');
  });

  test('is bounded unless told', () => {
    expect(requestSchema.parse({})).toEqual({
      textCharsMax: 4_000_000,
      unknownFields: 'screen',
      unreadFiles: 'refuse',
    });
  });
});

describe('characters', () => {
  const characters = '[a-z ]*';

  test('must match as a whole, in prose alone; off unless given', () => {
    expect(check([of('prose', 'all is well')], { characters })).toBe('ok');
    expect(check([of('prose', 'all is Well')], { characters })).toBe(
      'request.characters messages[0].content',
    );
    expect(check([of('prose', '\u202e')], { characters })).toMatch(/^request\.characters/);
    expect(check([of('token', 'GPT-4')], { characters })).toBe('ok');
    expect(check([of('prose', '\u202e')], {})).toBe('ok');
  });

  test('a new pattern takes the place of the old one', () => {
    expect(check([of('prose', 'a')], { characters: 'a' })).toBe('ok');
    expect(check([of('prose', 'a')], { characters: 'b' })).toMatch(/^request\.characters/);
    expect(check([of('prose', 'a')], { characters: 'a' })).toBe('ok');
  });

  test('I42: a pattern that is quadratic elsewhere is linear here; one that cannot be is a fault at start', () => {
    expect(check([of('prose', 'a'.repeat(50_000))], { characters: '(a+)+b' })).toMatch(
      /^request\.characters/,
    );
    for (const pattern of ['(', '(?=a)', '(a)\\1', '[z-a]'])
      expect(requestSchema.safeParse({ characters: pattern }).success).toBe(false);
  });
});
