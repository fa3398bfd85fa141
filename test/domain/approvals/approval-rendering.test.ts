/**
 * What a person sees before deciding. Shown false by a `visible` that returns its text, by a mask that redacts nothing,
 * and by looking for secrets in what is left after the cut.
 */
import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { shownCall, visible } from '../../../src/domain/approvals/approval-rendering.ts';
import { canonicalArguments } from '../../../src/domain/tools/canonical-arguments.ts';
import type { ScreenPolicy } from '../../../src/guardrails/screening.ts';

const mask: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
const call = (args: string, tool = 'send_email') => ({
  id: '0198c5a0-0000-7000-8000-000000000001',
  user: 'ada',
  credential: 'k00000000001',
  tool,
  exchange: 'exchange-1',
  policyVersion: '0123456789abcdef',
  askedAt: Date.UTC(2026, 10, 26, 1, 2, 3),
  expiresAt: Date.UTC(2026, 10, 26, 1, 17, 3),
  arguments: canonicalArguments(args),
});

test('says who calls what with what, and until when; its digest is of just that', () => {
  const args = '{"subject":"Lunch","body":"At noon?"}';
  const { text, digest } = shownCall(call(args), mask);
  expect(text).toBe(
    [
      'approval: 0198c5a0-0000-7000-8000-000000000001',
      'user: ada',
      'credential: k00000000001',
      'tool: send_email',
      'exchange: exchange-1',
      'rules: 0123456789abcdef',
      'asked: 2026-11-26T01:02:03.000Z',
      'decide by: 2026-11-26T01:17:03.000Z',
      `arguments: JSON, in canonical form; 37 characters, SHA-256 ${canonicalArguments(args).digest}`,
      '',
      '{\n  "body": "At noon?",\n  "subject": "Lunch"\n}',
    ].join('\n'),
  );
  expect(digest).toBe(hash('sha256', text));
  expect(shownCall(call(args), mask)).toEqual({ text, digest });
});

test('arguments that are no JSON are quoted, so that they cannot draw lines of their own', () => {
  const { text } = shownCall(call('ls\nuser: grace\ndecide by: never'), mask);
  expect(text.match(/^user: /gm)).toHaveLength(1);
  expect(text.endsWith('"ls\\nuser: grace\\ndecide by: never"')).toBe(true);
});

describe('characters that deceive', () => {
  test.each([
    ['right to left', 'gpj.\u202eexe', 'gpj.⟦U+202E⟧exe'],
    ['zero width', 'pay\u200bpal', 'pay⟦U+200B⟧pal'],
    ['tags', 'a\u{e0041}b', 'a⟦U+E0041⟧b'],
    ['controls', 'a\u0000\u001b[31m\u0085', 'a⟦U+0000⟧⟦U+001B⟧[31m⟦U+0085⟧'],
    ['spaces that are none', 'a\u00a0b\u3000c\u2800', 'a⟦U+00A0⟧b⟦U+3000⟧c⟦U+2800⟧'],
    ['half a pair', 'a\ud800b', 'a⟦U+D800⟧b'],
    ['lines', 'a\u2028b\rc', 'a⟦U+2028⟧b⟦U+000D⟧c'],
    ['our own marks', '⟦U+0041⟧', '⟦U+27E6⟧U+0041⟦U+27E7⟧'],
    ['a heap of accents', 'a\u0301\u0302\u0303\u0304', 'a\u0301\u0302\u0303⟦U+0304⟧'],
    ['a letter of another script', 'p\u0430ypal.com', 'p⟦U+0430 like a⟧ypal.com'],
    ['wide letters', 'ｐay', '⟦U+FF50 like p⟧ay'],
    ['mathematical letters', '\u{1d429}ay', '⟦U+1D429 like p⟧ay'],
    ['a capital of another script', 'Ｐ\u0410Y', '⟦U+FF30 like P⟧⟦U+0410 like a⟧Y'],
  ])('%s', (_, text, seen) => {
    expect(visible(text).text).toBe(seen);
    expect(visible(text).marks).toBeGreaterThan(0);
  });

  test('a word of another script that has no letter of its own', () => {
    const { text, marks } = visible('\u0430\u0440\u0440\u04cf\u0435.com');
    expect(text).toMatch(/^(?:⟦U\+04.. like [a-z]⟧){5}\.com$/);
    expect(marks).toBe(5);
  });

  test.each(['Größe, naïve, ångström', 'Привет, как дела', 'Γειά σου Κόσμε', '世界 مرحبا', 'Việt Nam', '🙂'])(
    'honest text is left alone: %s',
    (text) => {
      expect(visible(text)).toEqual({ text, marks: 0 });
    },
  );

  test('are marked in the name of a tool as well, and counted', () => {
    const { text } = shownCall(call('{"a":"\u202e"}', 'send\u200b_email'), mask);
    expect(text).toContain('tool: send⟦U+200B⟧_email\n');
    expect(text).toContain('marked: 1 characters');
    expect(text).toContain('"a": "⟦U+202E⟧"');
  });

  test('nor does a name, or where a tool is, begin a line of its own', () => {
    const { text } = shownCall({ ...call('{}', 'send\nuser: grace'), place: 'mail\nteam: x' }, mask);
    expect(text).toContain('\ntool: send⟦U+000A⟧user: grace\nserver or namespace: mail⟦U+000A⟧team: x\n');
  });
});

describe('what is hidden', () => {
  const secret = `sk-proj-${'Ab3dEf6hIj9lMn2pQr5t'.repeat(2)}`;
  const args = JSON.stringify({ to: 'ada@example.com', token: secret });

  test('personal data and secrets, as configured', () => {
    const { text } = shownCall(call(args), mask);
    expect(text).not.toContain('ada@example.com');
    expect(text).not.toContain(secret);
    const { text: shown } = shownCall(call(args), { ...mask, pii: 'off' });
    expect(shown).toContain('"to": "ada@example.com"');
    expect(shown).not.toContain(secret);
  });

  test('also where the end cuts it', () => {
    for (const room of [5, 20, 40]) {
      const long = JSON.stringify({ a: 'x'.repeat(16_384 - 11 - room), b: secret, z: 'y'.repeat(5000) });
      const { text } = shownCall(call(long), mask);
      expect(text, `${room}`).not.toContain(secret.slice(0, 12));
    }
  });
});

test('long arguments are cut, which is said, with the digest of all', () => {
  const long = JSON.stringify({ text: 'word '.repeat(100_000) });
  const before = process.cpuUsage();
  const { text } = shownCall(call(long), mask);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
  expect(text.length).toBeLessThan(18_000);
  expect(text).toContain('not shown: all that follows the first 16384 characters');
  expect(text).toContain(canonicalArguments(long).digest);
  const deep = `${'['.repeat(60)}${'1,'.repeat(30_000)}1${']'.repeat(60)}`;
  expect(shownCall(call(deep), mask).text.length).toBeLessThan(18_000);
});
