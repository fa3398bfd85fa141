/**
 * domain/answers/standing-strings in a stream: what is split over ids, fields and padding of several events. Shown false by a
 * `hear` that finds nothing, a `#pad` that does, an `again` that hears padding alone, no prefixes, no wallets, and keys left out.
 */
import { describe, expect, test } from 'vitest';
import { CHAT, RESPOND, run } from '../support/call-runs.ts';
import { DONE } from '../support/call-streams.ts';
import { random } from '../support/random.ts';

const KEY = ['AKIA', 'Q3EGRXAVZ7KLMNOP'].join('');
const MAIL = 'jane.roe@example.com';
const CARD = '4111111111111111';
/** Of letters and digits in both cases. */
const MIXED = ['AIza', 'SyD3xKq9vT2mWbL8nRf5YcJh7uPz0aGeQwZ'].join('');
const WALLET = '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa';
const OPEN = { allow: ['*'] };
const event = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`;
const chunk = (content: string, more: object = {}): string =>
  event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    ...more,
    choices: [{ index: 0, delta: { content } }],
  });
const delta = (text: string, obfuscation: string, sequence_number: number): string =>
  event({
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: text,
    sequence_number,
    obfuscation,
  });
const splits = (value: string): string[][] =>
  Array.from({ length: value.length - 1 }, (_, i) => [value.slice(0, i + 1), value.slice(i + 1)]);

describe('I39: over several events', () => {
  test.each([
    ['ids', KEY, (part: string) => ({ id: part })],
    ['roles of no meaning', KEY, (part: string) => ({ service_tier: part })],
    ['fields that nobody knows', MAIL, (part: string) => ({ note: part })],
    ['padding', KEY, (part: string) => ({ obfuscation: part })],
    ['padding', CARD, (part: string) => ({ obfuscation: part })],
    ['padding', MIXED, (part: string) => ({ obfuscation: part })],
    ['keys', KEY, (part: string) => ({ more: { [part]: 1 } })],
  ])('in %s, a value does not leave whole', async (_, value, fields) => {
    for (const parts of splits(value)) {
      const chunks = [chunk('A '), ...parts.map((part) => chunk('b ', fields(part))), DONE];
      const { code, text } = await run(CHAT, { chunks }, OPEN);
      expect([code]).toEqual(['guardrail.answer']);
      expect(text).not.toContain(JSON.stringify(parts[1]));
    }
  });

  test('nor over more than two of them, nor in the padding of events that are alike', async () => {
    for (const size of [1, 3, 7, KEY.length]) {
      const parts = KEY.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];
      const padded = ['xK3v', 'p0QzL', ...parts].map((part, i) => delta('word ', part, i));
      const { code, text } = await run(RESPOND, { chunks: padded }, OPEN);
      expect([code]).toEqual(['guardrail.answer']);
      expect(text.match(/"obfuscation"/g)?.length ?? 0).toBeLessThan(padded.length);
      const ids = [chunk('A '), ...parts.map((id) => chunk('b ', { id })), DONE];
      expect([size, (await run(CHAT, { chunks: ids }, OPEN)).code]).toEqual([size, 'guardrail.answer']);
    }
  });
});

test('keys of one event, or of an answer that is one, are read together', async () => {
  const more = { first: 1, 'x-y': 2, [KEY.slice(0, 9)]: 3, [KEY.slice(9)]: 4 };
  expect((await run(CHAT, { chunks: [chunk('b ', { more }), DONE] }, OPEN)).code).toBe('guardrail.answer');
  const headers = { 'content-type': 'application/json' };
  const answer = JSON.stringify({ id: 'chatcmpl-1', choices: [], more });
  expect((await run(CHAT, { headers, chunks: [answer] }, OPEN)).code).toBe('guardrail.answer');
  const plain = answer.replace(KEY.slice(9), 'Content-Type');
  expect((await run(CHAT, { headers, chunks: [plain] }, OPEN)).text).toBe(plain);
});

test('an address of a crypto-currency, over the padding of events, is told', async () => {
  for (const size of [1, 5, 12]) {
    const parts = ['k3', ...(WALLET.match(new RegExp(`.{1,${size}}`, 'g')) ?? [])];
    const { exchange } = await run(
      RESPOND,
      { chunks: parts.map((part, i) => delta('word ', part, i)) },
      OPEN,
    );
    expect(exchange.answer.findings).toEqual({ 'pii:CRYPTO_WALLET': 1 });
  }
});

test('what an honest upstream says there stays as it came', async () => {
  const chance = random(7);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.split('');
  const word = (length: number): string => Array.from({ length }, () => chance.pick(letters)).join('');
  for (let calls = 0; calls < 10; calls++) {
    const padded = Array.from({ length: 150 }, (_, i) => delta('word ', word(1 + (i % 16)), i));
    expect((await run(RESPOND, { chunks: padded }, OPEN)).text).toBe(padded.join(''));
  }
  const named = Array.from({ length: 100 }, () => chunk('word ', { id: `chatcmpl-${word(29)}` }));
  expect((await run(CHAT, { chunks: [...named, DONE] }, OPEN)).text).toBe([...named, DONE].join(''));
});
