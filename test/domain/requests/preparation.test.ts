/**
 * I42, I43: what a body comes to is small however large the body is, since it crosses to the event loop and is kept until
 * the answer has ended. Shown false by handing on every finding (160 bytes each) and by a vault without a bound.
 */
import { describe, expect, test } from 'vitest';
import { serialize } from 'node:v8';
import { ISSUED_MAX } from '../../../src/guardrails/placeholders.ts';
import { ADA, chatBody, codeOf, prepared, rules } from '../../support/exchange.ts';
import { FORM_TYPE, formBytes } from '../../support/form-bytes.ts';

const CALLS: readonly (readonly [string, object, string])[] = [
  ['addresses', {}, Array.from({ length: 20_000 }, (_, i) => `u${i}@example.org`).join(' ')],
  ['one address, again and again', {}, 'ann@example.org '.repeat(20_000)],
  [
    'tools',
    { tools: Array.from({ length: 5_000 }, () => ({ type: 'function', function: { name: 'f' } })) },
    '',
  ],
  ['objects', { x: Array.from({ length: 20_000 }, () => ({ file_id: 'file-1' })) }, ''],
];

describe('what a body comes to', () => {
  test.each(CALLS)('is small beside it: %s', async (_what, more, content) => {
    const { prepared: made } = await prepared({ body: chatBody(more, content) });
    const { bytes: _bytes, ...rest } = made;
    expect(serialize(rest).length).toBeLessThan(100_000);
  });

  test('holds so many values that come back; the others are gone for good', async () => {
    const content = Array.from({ length: ISSUED_MAX + 2 }, (_, i) => `u${i}@example.org`).join(' ');
    const { prepared: made } = await prepared({ body: chatBody({}, `${content} u0@example.org`) });
    expect(made.placeholders).toHaveLength(ISSUED_MAX);
    const text = Buffer.from(made.bytes ?? []).toString();
    expect(text).toContain(`<EMAIL_${ISSUED_MAX}> [REDACTED] [REDACTED] <EMAIL_1>`);
    expect(made.findings).toEqual({ 'pii:EMAIL': ISSUED_MAX + 3 });
  });
});

// Shown false by a policy that holds everywhere, and by one that observes in conversations too.
describe('personal data outside of conversations', () => {
  const text = 'mail ann@example.org';
  const OPERATIONS: readonly (readonly [string, object, boolean])[] = [
    ['/v1/chat/completions', chatBody({}, text), true],
    ['/v1/responses', { model: 'gpt-4o-mini', input: text }, true],
    ['/v1/conversations', { items: [{ role: 'user', content: text }] }, true],
    ['/v1/embeddings', { model: 'text-embedding-3-small', input: text }, false],
    ['/v1/moderations', { input: text }, false],
    ['/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: text }, false],
  ];
  test.each(OPERATIONS)('are observed where that is said: %s', async (target, body, isConversation) => {
    const sent = async (pii: object): Promise<string> => {
      const { parse } = rules({ guardrails: { pii } });
      const { prepared: made } = await prepared({ target, body }, ADA, parse);
      expect(made.findings).toEqual({ 'pii:EMAIL': 1 });
      return Buffer.from(made.bytes ?? []).toString();
    };
    const [careful, everywhere] = [await sent({ elsewhere: 'observe' }), await sent({})];
    expect(everywhere).toContain('<EMAIL_1>');
    expect(careful.includes('<EMAIL_1>')).toBe(isConversation);
    expect(careful.includes(text)).toBe(!isConversation);
  });

  test('and are not looked for where the guardrail is off', async () => {
    const { parse } = rules({ guardrails: { pii: { action: 'off', elsewhere: 'observe' } } });
    const call = { target: '/v1/embeddings', body: { model: 'text-embedding-3-small', input: text } };
    expect((await prepared(call, ADA, parse)).prepared.findings).toBeUndefined();
  });
});

const complete = async (unreadFiles: string) =>
  prepared(
    { target: '/v1/uploads/upload_1/complete', body: { part_ids: ['part_1', 'part_2'] } },
    ADA,
    rules({ request: { unreadFiles } }).parse,
  );

// Shown false by a count that is made without asking for the rule.
describe('a file that nobody read', () => {
  const form = formBytes([
    { name: 'purpose', content: 'assistants' },
    { name: 'file', filename: 'a.pdf', content: '%PDF-1.7' },
  ]);
  const upload = async (unreadFiles: string) =>
    prepared(
      { target: '/v1/files', body: form, headers: { 'content-type': FORM_TYPE } },
      ADA,
      rules({ request: { unreadFiles } }).parse,
    );
  test.each([
    ['a document', upload],
    ['an upload of two parts', complete],
  ])('is refused, relayed, or relayed with a finding: %s', async (_, call) => {
    expect(await codeOf(() => call('refuse'))).toBe('request.unread_file');
    expect((await call('relay')).prepared.findings).toBeUndefined();
    expect((await call('flag')).prepared.findings).toEqual({ 'files:unread': 1 });
  });
});
