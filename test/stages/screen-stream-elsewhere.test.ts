/** stages/screen-stream: events that are looked at on another thread, and streams that wait for long. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { asRefusal, Refusal } from '../../src/base/errors.ts';
import { answerHeaders } from '../../src/domain/answers/answer-headers.ts';
import { type AnswerJob, screenAnswer, type Screened } from '../../src/domain/answers/answer-screening.ts';
import { forward } from '../../src/stages/forward.ts';
import { answersBy, prepared, RESPONSES } from '../support/exchange.ts';
import { keptReply, keyNamed, scriptedUpstream, noObjects } from '../support/relayed.ts';

const headers = { 'content-type': 'text/event-stream' };
const call = {
  target: RESPONSES,
  body: {
    model: 'gpt-4o-mini',
    input: 'Write to jane.roe@example.com.',
    stream: true,
    max_output_tokens: 900,
  },
};

const event = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 1, ...fields })}\n\n`;
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const delta = (text: string) => event('response.output_text.delta', { ...at, delta: text });
const long = `${'It is far. '.repeat(100)}Write to <EMAIL_1>, not to eve@example.net.`;
const done = event('response.output_text.done', { ...at, text: long });
const completed = event('response.completed', { response: { id: 'resp_1', output: [] } });

async function started(chunks: readonly string[], large: (job: AnswerJob) => Promise<Screened>) {
  const exchange = await prepared(call);
  const upstream = scriptedUpstream({ headers, chunks });
  const reply = keptReply();
  const keys = { credential: keyNamed('k'), organization: undefined, project: undefined };
  const rules = answersBy({ answers: { pii: 'redact', secrets: 'redact' } });
  const screening = { ...rules, inlineCharsMax: 500, large };
  const over = forward({ upstream, ...keys, answerHeaders, ownObjects: noObjects, screening })(
    exchange,
    reply,
  );
  return { exchange, reply, upstream, over: over.then(() => undefined, asRefusal) };
}

describe('I42: a large event', () => {
  test('keeps its place while it is looked at elsewhere', async () => {
    const back = Promise.withResolvers<void>();
    const { reply, over, exchange } = await started([delta('A '), done, completed], async (job) => {
      await back.promise;
      return screenAnswer(job);
    });
    await turn();
    await turn();
    expect(reply.text).toBe(delta('A '));
    expect(reply.ended).toBe(false);
    back.resolve();
    expect(await over).toBeUndefined();
    const told = done.replace('<EMAIL_1>', 'jane.roe@example.com').replace('eve@example.net', '[REDACTED]');
    expect(reply.text).toBe(delta('A ') + told + completed);
    expect(exchange.answer).toMatchObject({ redactions: 1, complete: true });
  });

  test('that cannot be looked at, or may not be shown, ends the stream', async () => {
    const failures: readonly ((job: AnswerJob) => Promise<Screened>)[] = [
      async () => Promise.reject(new Refusal('guardrail.failed')),
      async () => ({ text: '{}', findings: [], block: 'pii' }),
    ];
    for (const [i, large] of failures.entries()) {
      for (const chunks of [
        [done, completed],
        [done, ...Array.from({ length: 50 }, () => delta('A ')), completed],
      ]) {
        const { reply, over, exchange } = await started(chunks, large);
        await over;
        const code = i === 0 ? 'guardrail.failed' : 'guardrail.answer';
        expect(exchange.refusal?.code).toBe(code);
        expect(reply.text).toMatch(/^event: error\ndata: [^\n]+\n\n$/);
        expect(reply.text).toContain(code);
        expect(reply.ended).toBe(true);
      }
    }
  });

  test('I44: upstream waits while much is looked at', async () => {
    const back = Promise.withResolvers<void>();
    const big = event('response.output_text.done', { ...at, text: 'It is far. '.repeat(40_000) });
    const { upstream, over, reply } = await started([big, delta('A '), completed], async ({ answer }) => {
      await back.promise;
      return { text: answer, findings: [], block: undefined };
    });
    await turn();
    await turn();
    expect(upstream.seen).toMatchObject({ chunks: 1, pauses: 1 });
    back.resolve();
    expect(await over).toBeUndefined();
    expect(reply.text).toBe(big + delta('A ') + completed);
  });
});

describe('a stream that waits', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('says every five seconds that it lives, between two events', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const exchange = await prepared(call);
    const upstream = scriptedUpstream({ headers, chunks: [delta('Call '), delta('415 555')], stays: true });
    const reply = keptReply();
    const keys = { credential: keyNamed('k'), organization: undefined, project: undefined };
    const screening = answersBy({ answers: { pii: 'redact' } });
    const over = forward({ upstream, ...keys, answerHeaders, ownObjects: noObjects, screening })(
      exchange,
      reply,
    );
    await turn();
    await turn();
    vi.advanceTimersByTime(4000);
    expect(reply.text).toBe(delta('Call '));
    vi.advanceTimersByTime(7000);
    expect(reply.text).toBe(`${delta('Call ')}: keep-alive\n\n: keep-alive\n\n`);
    exchange.abort();
    await over;
    expect(vi.getTimerCount()).toBe(0);
  });
});
