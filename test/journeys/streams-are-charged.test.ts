/**
 * I15, I16: whatever becomes of a stream, it is charged at least what upstream made of it, at most its reservation,
 * and no honest one is cut (stages/answer-stream, stages/relay, stages/settle, stages/record-outcome). Shown false by charging aborted streams 0, or by bounding the bytes of the wire.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../support/gateway.ts';
import {
  INPUT_NANO,
  metric,
  MONEY_ONLY,
  openChat,
  OUTPUT_NANO,
  outcomeOf,
  post,
  read,
  recorded,
} from '../support/money.ts';
import { chatAnswer, responsesAnswer } from '../support/openai-answer.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const tokenNano = { inputNano: INPUT_NANO, outputNano: OUTPUT_NANO };
const MARGIN_TOKENS = 64;
const stream = { stream: true, max_completion_tokens: 500 };

let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    upstream,
    config: {
      ...MONEY_ONLY,
      // Patient with a busy machine: a text that is not counted in time is charged by its characters.
      guardrails: { ...MONEY_ONLY.guardrails, timeoutMs: 10_000 },
      tiers: { free: { dailyBudgetUsd: 5 } },
    },
    key: { tier: 'internal' },
  });
});
beforeEach(() => upstream.clear());
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});

/** Reads so many bytes, then leaves. */
async function leaveAfter(answer: Response, bytes: number, leave: AbortController): Promise<void> {
  const reader = answer.body?.getReader();
  for (let seen = 0; seen < bytes; ) seen += (await reader?.read())?.value?.length ?? Infinity;
  leave.abort();
  await reader?.cancel().catch(() => undefined);
}

async function reservation(exchange: string): Promise<{ tokens: number; nano: number }> {
  const [intent] = await recorded(gateway, 'exchange.intent', exchange);
  return {
    tokens: Number(intent?.metadata['reservedTokens']),
    nano: Number(intent?.metadata['reservedNano']),
  };
}

describe('a stream that is whole', () => {
  test.each([200, 500])(
    'of %i tokens, all it may have, is not cut and costs what upstream says',
    async (count) => {
      upstream.script = (seen) => chatAnswer(seen, { outputTokens: count, inputTokens: 40 });
      const { text, id } = await read(await openChat(gateway, { ...stream, max_completion_tokens: count }));
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
      // Its events are many times as long as its text.
      expect(text.length).toBeGreaterThan(32 * count + 4096);
      expect(await outcomeOf(gateway, id)).toMatchObject({
        outcome: 'completed',
        settledTokens: 40 + count,
        settledNano: upstream.tally(tokenNano).nano,
      });
    },
  );

  test('of Responses too', async () => {
    upstream.script = (seen) => responsesAnswer(seen, { outputTokens: 300, inputTokens: 40 });
    const body = { model: 'gpt-4o-mini', input: 'How far is it?', stream: true, max_output_tokens: 300 };
    const { text, id } = await read(await post(gateway, '/responses', body));
    expect(text).toContain('response.completed');
    expect(await outcomeOf(gateway, id)).toMatchObject({ settledNano: 40 * INPUT_NANO + 300 * OUTPUT_NANO });
  });

  test('without a report is charged for its text, counted, and a margin', async () => {
    const words = Array.from({ length: 20 }, () => ' one two three four five six seven eight nine ten');
    // Ten tokens an event, of which the books of upstream see one in the piece.
    const executed = { inputTokens: 40, outputTokens: 9 * words.length };
    upstream.script = (seen) => chatAnswer(seen, { words, usage: null }, { executed });
    const { id } = await read(await openChat(gateway, stream));
    const { settledTokens, usageKnown } = await outcomeOf(gateway, id);
    const reserved = await reservation(id);
    expect(usageKnown).toBeUndefined();
    expect(upstream.tally().outputTokens).toBe(200);
    const exact = reserved.tokens - 500 + 200 + MARGIN_TOKENS;
    expect(settledTokens).toBeGreaterThanOrEqual(exact);
    expect(settledTokens).toBeLessThan(exact + 10);
  });

  test('that lies about its length is cut, and charged no more than was reserved', async () => {
    upstream.script = (seen) => chatAnswer(seen, { outputTokens: 5000, usage: null }, { gapMs: 0.1 });
    const { text, id } = await read(await openChat(gateway, { ...stream, max_completion_tokens: 50 }));
    expect(text).toContain('sent more than it was asked for');
    expect(text).not.toContain('[DONE]');
    expect((await outcomeOf(gateway, id))['settledNano']).toBe((await reservation(id)).nano);
    expect(upstream.requests[0]?.abortedAt).toBeDefined();
  });
});

describe('I16: a caller who leaves', () => {
  test.each([1, 3000, 12_000])('after %i bytes of a chat pays what was sent', async (bytes) => {
    upstream.script = (seen) => chatAnswer(seen, { outputTokens: 400, inputTokens: 40 }, { gapMs: 2 });
    const leave = new AbortController();
    const answer = await openChat(gateway, stream, leave.signal);
    const id = answer.headers.get('x-request-id') ?? '';
    await leaveAfter(answer, bytes, leave);
    const clock = ownClock(turnOf(gateway));
    await upstream.requests[0]?.over;
    expect(clock.stop()).toBeLessThan(1000);
    expect(upstream.requests[0]?.abortedAt).toBeDefined();
    const { settledNano, outcome } = await outcomeOf(gateway, id);
    expect(outcome).toBe('aborted');
    expect(settledNano).toBeGreaterThanOrEqual(upstream.tally(tokenNano).nano);
    expect(settledNano).toBeLessThan((await reservation(id)).nano);
  });

  test('before the first event pays the margin, and for Responses alike', async () => {
    upstream.script = (seen) => responsesAnswer(seen, { outputTokens: 400, inputTokens: 40 }, { gapMs: 2 });
    const leave = new AbortController();
    const body = { model: 'gpt-4o-mini', input: 'How far?', stream: true, max_output_tokens: 500 };
    const answer = await post(gateway, '/responses', body, leave.signal);
    await leaveAfter(answer, 1, leave);
    await upstream.requests[0]?.over;
    const { settledNano } = await outcomeOf(gateway, answer.headers.get('x-request-id') ?? '');
    expect(settledNano).toBeGreaterThanOrEqual(upstream.tally(tokenNano).nano);
  });

  test('of a model that thinks unseen pays the whole reservation', async () => {
    upstream.script = (seen) => chatAnswer(seen, { outputTokens: 100 }, { gapMs: 5 });
    const leave = new AbortController();
    const answer = await openChat(gateway, { ...stream, model: 'gpt-5.4-mini' }, leave.signal);
    const id = answer.headers.get('x-request-id') ?? '';
    await leaveAfter(answer, 500, leave);
    expect((await outcomeOf(gateway, id))['settledNano']).toBe((await reservation(id)).nano);
  });
});

describe('I15: what nobody can price', () => {
  test('usage above the reservation is settled in full, and is an incident', async () => {
    const usage = { prompt_tokens: 40, completion_tokens: 9000, total_tokens: 9040 };
    upstream.script = (seen) => chatAnswer(seen, { usage });
    const { id, status } = await read(await openChat(gateway, { max_completion_tokens: 20 }));
    expect(status).toBe(200);
    expect(await outcomeOf(gateway, id)).toMatchObject({ overReservation: true, settledTokens: 9040 });
    await expect.poll(() => recorded(gateway, 'exchange.over_reservation', id)).toHaveLength(1);
    expect(await metric(gateway, 'sallyport_over_reservation_total')).toBe(1);
  });

  test('a model nobody knows is charged at a ceiling, and that is said', async () => {
    const { id, status } = await read(
      await openChat(gateway, { model: 'not-listed-anywhere', max_completion_tokens: 20 }),
    );
    expect(status).toBe(200);
    const { settledNano } = await outcomeOf(gateway, id);
    expect(settledNano).toBeGreaterThan(upstream.tally(tokenNano).nano);
    const [intent] = await recorded(gateway, 'exchange.intent', id);
    expect(intent?.metadata['unpriced']).toBe(true);
    expect(await metric(gateway, 'sallyport_unpriced_total')).toBe(1);
    // Once a model, so that a busy one does not fill the log.
    await read(await openChat(gateway, { model: 'not-listed-anywhere', max_completion_tokens: 20 }));
    expect(await metric(gateway, 'sallyport_unpriced_total')).toBe(2);
    const said = gateway
      .logs()
      .split('\n')
      .filter((line) => line.includes('charged at a ceiling'));
    expect(said.map((line): unknown => JSON.parse(line).model)).toEqual(['not-listed-anywhere']);
  });

  test('an answer that reports nothing costs the whole reservation', async () => {
    upstream.script = (seen) => chatAnswer(seen, { usage: null });
    const { id } = await read(await openChat(gateway, { max_completion_tokens: 20 }));
    expect((await outcomeOf(gateway, id))['settledNano']).toBe((await reservation(id)).nano);
  });
});
