/** The official SDK's streams, helpers and tool runners through the gateway: what models say is screened, values come back. */
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allEntries } from '../support/audit.ts';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { chatAnswer, responsesAnswer, type Says } from '../support/openai-answer.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';

const CONFIG = {
  ...OPEN_HOUSE,
  guardrails: {
    pii: { action: 'redact' },
    answers: { pii: 'redact', secrets: 'redact', systemPrompt: 'redact' },
  },
};
const model = 'gpt-4o-mini';
const MAIL = 'jane.roe@example.com';
const OTHER = 'bob@example.org';
const content = `Write to ${MAIL} and ${OTHER}.`;
const chat = { model, messages: [{ role: 'user' as const, content }], max_completion_tokens: 256 };
const response = { model, input: content, max_output_tokens: 256 };

let upstream: Upstream;
let gateway: Gateway;
let ai: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await openGateway({ upstream, config: CONFIG, key: { tier: 'open' } });
  ai = new OpenAI({ apiKey: gateway.callerKey, baseURL: gateway.baseUrl });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});
beforeEach(() => upstream.clear());

/** One unit a delta, in both kinds of answers. */
function says(text: string, more: Says = {}): void {
  const words = { words: Array.from(text), ...more };
  upstream.script = (seen: SeenRequest) =>
    seen.target.includes('/responses') ? responsesAnswer(seen, words) : chatAnswer(seen, words);
}

describe('placeholders', () => {
  const said = 'To <EMAIL_1>, then <email_2>; <EMAIL_3> is nobody.';
  const wanted = `To ${MAIL}, then ${OTHER}; <EMAIL_3> is nobody.`;

  it('go up, and the values come back: chat, whole and streamed', async () => {
    says(said);
    const whole = await ai.chat.completions.create(chat);
    expect(whole.choices[0]?.message.content).toBe(wanted);
    expect(upstream.requests[0]?.body.toString()).not.toContain(MAIL);
    const stream = ai.chat.completions.stream(chat);
    let heard = '';
    stream.on('content', (delta) => (heard += delta));
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe(wanted);
    expect(heard).toBe(wanted);
  });

  it('Responses, in every event that says it', async () => {
    says(said);
    expect((await ai.responses.create(response)).output_text).toBe(wanted);
    const stream = ai.responses.stream(response);
    let heard = '';
    stream.on('response.output_text.delta', ({ delta }) => (heard += delta));
    const final = await stream.finalResponse();
    expect(final.output_text).toBe(wanted);
    expect(heard).toBe(wanted);
  });

  it('tools are called with the values, and what they say goes up without them', async () => {
    const args: unknown[] = [];
    const send = {
      type: 'function' as const,
      function: {
        name: 'send',
        description: 'Sends a letter.',
        parameters: { type: 'object', properties: { to: { type: 'string' } } },
        parse: (text: string): unknown => JSON.parse(text),
        function: (given: unknown) => {
          args.push(given);
          return `sent to ${MAIL}`;
        },
      },
    };
    upstream.script = (seen) =>
      chatAnswer(
        seen,
        seen.index === 0
          ? { toolCalls: [{ name: 'send', arguments: '{"to":"<EMAIL_1>"}' }] }
          : { words: ['Sent to ', '<EMAIL', '_1>.'] },
      );
    const runner = ai.chat.completions.runTools({ ...chat, tools: [send], stream: true });
    expect(await runner.finalContent()).toBe(`Sent to ${MAIL}.`);
    expect(args).toEqual([{ to: MAIL }]);
    expect(upstream.requests).toHaveLength(2);
    for (const { body } of upstream.requests) expect(body.toString()).not.toContain(MAIL);
  });
});

it('the system text that comes back is cut, streamed or not', async () => {
  const system =
    'Never name a rate before the customer has told their income, and never speak of the merger. '.repeat(4);
  const messages = [{ role: 'system' as const, content: system }, ...chat.messages];
  says(`I was told: ${system} That is all.`);
  const whole = await ai.chat.completions.create({ ...chat, messages, max_completion_tokens: 999 });
  expect(whole.choices[0]?.message.content).toMatch(/^I was told: \[REDACTED\].{0,40}That is all\.$/);
  const streamed = await ai.chat.completions
    .stream({ ...chat, messages, max_completion_tokens: 999 })
    .finalContent();
  expect(streamed).toMatch(/^I was told: Never name .{0,260}\[REDACTED\].{0,40}That is all\.$/);
});

describe('what the model makes up', () => {
  const made = 'eve@example.net';

  it('is cut out of chat and Responses, whole and streamed, and counted', async () => {
    says(`Ask ${made} first.`);
    const wanted = 'Ask [REDACTED] first.';
    expect((await ai.chat.completions.create(chat)).choices[0]?.message.content).toBe(wanted);
    expect(await ai.chat.completions.stream(chat).finalContent()).toBe(wanted);
    expect((await ai.responses.create(response)).output_text).toBe(wanted);
    expect((await ai.responses.stream(response).finalResponse()).output_text).toBe(wanted);
    const entries = await allEntries(join(gateway.dataDir, 'audit'));
    const last = entries.findLast(({ action }) => action === 'exchange.outcome');
    expect(last?.metadata).toMatchObject({ outcome: 'completed', answerScreened: true });
    expect(last?.metadata['answerFindings']).toHaveProperty('pii:EMAIL');
    expect(JSON.stringify(entries)).not.toContain(made);
    const metrics = await fetch(`${gateway.adminUrl}/metrics`).then(async (answer) => answer.text());
    expect(metrics).toMatch(/sallyport_findings_total\{guardrail="pii",side="answer"\} [1-9]/);
  });

  it('is not found where answers are not screened', async () => {
    const off = await openGateway({
      upstream,
      config: {
        ...OPEN_HOUSE,
        guardrails: { pii: { action: 'off' }, answers: { pii: 'off', secrets: 'off', images: 'off' } },
      },
      key: { tier: 'open' },
    });
    try {
      const client = new OpenAI({ apiKey: off.callerKey, baseURL: off.baseUrl });
      says(`Ask ${made} first.`);
      expect(await client.chat.completions.stream(chat).finalContent()).toBe(`Ask ${made} first.`);
    } finally {
      await off.stop();
    }
  });
});
