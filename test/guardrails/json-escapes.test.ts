/** Texts that are JSON: nothing hides behind an escape, and what is replaced leaves valid JSON. */
import { describe, expect, it } from 'vitest';
import { unescapedPiece, viewOf } from '../../src/guardrails/json-escapes.ts';
import { sourceRange } from '../../src/guardrails/canonical.ts';
import { screen, type ScreenPolicy } from '../../src/guardrails/screening.ts';

const POLICY: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: true };
const rewritten = (text: string): string =>
  screen([{ text, trust: 'user', class: 'prose' }], POLICY).rewrites[0]?.text ?? text;

describe('arguments of a call', () => {
  it.each([
    [{ to: 'ann@example.com' }, { to: '<EMAIL_1>' }],
    [{ text: 'line\nann@example.com\tand "bob@example.com"' }, { text: 'line\n<EMAIL_1>\tand "<EMAIL_2>"' }],
    [
      { inner: JSON.stringify({ to: 'a\nann@example.com' }) },
      { inner: JSON.stringify({ to: 'a\n<EMAIL_1>' }) },
    ],
    [{ card: ['4111 1111 1111 1111', '\\'] }, { card: ['<CREDIT_CARD_1>', '\\'] }],
  ])('%j', (value, expected) => {
    expect(JSON.parse(rewritten(JSON.stringify(value)))).toEqual(expected);
  });

  it('escapes hide nothing', () => {
    const text =
      '{"to":"ann\\u0040example.com","card":"4111\\u00a01111\\u00201111 1111","x":"{\\"y\\":\\"bob\\\\u0040example.com\\"}"}';
    expect(rewritten(text)).toBe(
      '{"to":"<EMAIL_1>","card":"<CREDIT_CARD_1>","x":"{\\"y\\":\\"<EMAIL_2>\\"}"}',
    );
    const [email] = screen([{ text, trust: 'user', class: 'prose' }], POLICY).placeholders;
    expect(email?.value).toBe('ann@example.com');
  });

  it('one value in two spellings is one placeholder', () => {
    expect(rewritten('["ann\\u0040example.com", "Ann@example.com"]')).toBe('["<EMAIL_1>", "<EMAIL_1>"]');
  });
});

it('text that is no JSON is read as it is written', () => {
  expect(viewOf('C:\\new\\test').text).toBe('C:\\new\\test');
  expect(viewOf('{"a": 1}').origin).toBeUndefined();
});

it('places lead back to what is written', () => {
  const source = '["\\u0061\\n\\"ｂ\\u00e9"]';
  const view = viewOf(source);
  expect(view.text).toBe('["a\n"be"]');
  const written = Array.from(view.text, (_, i) => source.slice(...sourceRange(view, i, i + 1)));
  expect(written).toEqual(['[', '"', '\\u0061', '\\n', '\\"', 'ｂ', '\\u00e9', '"', ']']);
  expect(unescapedPiece('\\u0061\\n\\q')).toBe('a\n\\q');
});
