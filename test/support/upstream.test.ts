/** The oracle is held to its own promises first: bytes kept, books true, faults really injected. */
import { connect } from 'node:net';
import OpenAI from 'openai';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bytes, huge, json, openaiError, redirect, reset, sse, stall } from './behaviour.ts';
import { chatAnswer, responsesAnswer } from './openai-answer.ts';
import { openaiClient } from './sdk.ts';
import { startUpstream, type Upstream } from './upstream.ts';

let upstream: Upstream;
let client: OpenAI;
const model = 'gpt-4o-mini';
const messages = [{ role: 'user' as const, content: 'Hi' }];

beforeAll(async () => {
  upstream = await startUpstream();
  client = new OpenAI({ apiKey: 'sk-proj-x', baseURL: upstream.baseUrl, maxRetries: 0 });
});
beforeEach(() => upstream.clear());
afterAll(async () => await upstream.close());

test('keeps every byte of each request, on one connection too', async () => {
  const socket = connect(upstream.port, '127.0.0.1');
  const one = 'POST //v1/%2e?q=1 HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a:  2\r\nContent-Length: 3\r\n\r\n{ }';
  const two = 'POST /v1/two HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n';
  socket.resume().write(one);
  await upstream.waitFor(1);
  socket.write(two);
  const [first, second] = await upstream.waitFor(2);
  socket.destroy();
  expect(first?.raw.toString('latin1')).toBe(one);
  expect(first?.target).toBe('//v1/%2e?q=1');
  expect(first?.rawHeaders).toContainEqual(['x-a', '2']);
  expect(first?.headers['x-a']).toBe('1, 2');
  expect(second?.raw.toString('latin1')).toBe(two);
  expect(second?.connection).toBe(first?.connection);
});

test('is an honest OpenAI until told otherwise, and books what it executes', async () => {
  const plain = await client.chat.completions.create({ model, messages, max_tokens: 2, n: 2 });
  expect(plain.usage?.completion_tokens).toBe(4);
  const chat = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
  expect(chat.choices[0]?.message.content).toBe('Hello from upstream.');
  const answered = await client.responses.create({ model, input: 'Hi' });
  expect(answered.output_text).toBe('Hello from upstream.');
  const streamed = await client.responses.stream({ model, input: 'Hi' }).finalResponse();
  expect(streamed.output_text).toBe('Hello from upstream.');
  const vector = await client.embeddings.create({ model, input: 'Hi', encoding_format: 'float' });
  expect(vector.data[0]?.embedding).toEqual([0.6, 0.8]);
  const tally = upstream.tally({ inputNano: 1, outputNano: 10 });
  expect(tally).toMatchObject({ requests: 5, outputTokens: 16 });
  expect(tally.nano).toBe(tally.inputTokens + 160);
});

test('calls tools, and lies about usage, when the script says so', async () => {
  const toolCalls = [{ name: 'search', arguments: '{"q":"a"}' }];
  upstream.script = (seen) =>
    seen.target.endsWith('/responses')
      ? responsesAnswer(seen, { toolCalls })
      : chatAnswer(seen, { toolCalls });
  const chat = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
  expect(chat.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: toolCalls[0] });
  const answer = await client.responses.stream({ model, input: 'Hi' }).finalResponse();
  expect(answer.output[0]).toMatchObject({ type: 'function_call', ...toolCalls[0] });
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 9, usage: null });
  const lie = await client.chat.completions.create({ model, messages });
  expect(lie.usage).toBeUndefined();
  expect(upstream.requests.at(-1)?.executed.outputTokens).toBe(9);
});

test('notices who leaves, and books only what was sent by then', async () => {
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 1000 }, { gapMs: 5 });
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  const [seen] = upstream.requests;
  await seen?.over;
  expect(seen?.abortedAt).toBeGreaterThan(seen?.receivedAt ?? Number.NaN);
  expect(seen?.executed.outputTokens).toBeGreaterThan(0);
  expect(seen?.executed.outputTokens).toBeLessThan(1000);
});

test('splits anywhere, without a byte more or less', async () => {
  const whole = 'data: {"a":"é"}\n\ndata: [DONE]\n\n';
  upstream.script = () => sse([whole], { splitAt: [1, 13, 14, 15, 20] });
  const answer = await fetch(upstream.baseUrl);
  expect(await answer.text()).toBe(whole);
  expect(upstream.requests[0]?.sentPieces).toBe(6);
});

test('stalls, resets, closes early, and says what it sent', async () => {
  const full = { 'content-length': '10' };
  for (const ending of ['reset', 'close'] as const) {
    upstream.script = () => reset(ending);
    await expect(fetch(upstream.baseUrl)).rejects.toThrow('fetch failed');
    upstream.script = () => bytes(['12345'], { headers: full, ending });
    await expect(fetch(upstream.baseUrl).then((answer) => answer.text())).rejects.toThrow('terminated');
  }
  upstream.script = () => bytes(['1234567890'], { headers: full, stopAfterBytes: 4, ending: 'close' });
  await expect(fetch(upstream.baseUrl).then((answer) => answer.text())).rejects.toThrow('terminated');
  expect(upstream.requests.at(-1)?.sentBytes).toBe(4);
  upstream.clear();
  upstream.script = () => stall();
  const leaving = new AbortController();
  const asked = fetch(upstream.baseUrl, { signal: leaving.signal });
  const [seen] = await upstream.waitFor(1);
  leaving.abort();
  await expect(asked).rejects.toThrow('aborted');
  await seen?.over;
  expect(seen?.abortedAt).toBeDefined();
});

test('answers raw bytes, early, with redirects, errors and huge bodies', async () => {
  upstream.script = () => bytes(['HTTP/1.1 299 Odd\r\nA: b\r\nContent-Length: 0\r\n\r\n'], { raw: true });
  expect((await fetch(upstream.baseUrl)).status).toBe(299);
  upstream.early = () => openaiError(413, null);
  expect((await fetch(upstream.baseUrl, { method: 'POST', body: 'x' })).status).toBe(413);
  upstream.early = undefined;
  upstream.script = () => redirect('http://elsewhere.invalid/');
  expect((await fetch(upstream.baseUrl, { redirect: 'manual' })).status).toBe(307);
  upstream.script = () => huge(1_000_003);
  expect((await (await fetch(upstream.baseUrl)).text()).length).toBe(1_000_003);
});

test('speaks TLS with a certificate nobody trusts', async () => {
  const tls = await startUpstream({ tls: true });
  const trusting = new Agent({ connect: { ca: tls.certificate?.cert ?? '' } });
  const wary = new Agent();
  const answer = await request(tls.baseUrl, { dispatcher: trusting });
  expect(answer.statusCode).toBe(200);
  await answer.body.dump();
  await expect(request(tls.baseUrl, { dispatcher: wary })).rejects.toThrow(/self-signed/);
  expect(tls.requests).toHaveLength(1);
  await Promise.all([trusting.close(), wary.close()]);
  await tls.close();
});

test("the counted client sees the SDK's retries", async () => {
  upstream.script = () => openaiError(503, null, 'Down.', { headers: { 'retry-after-ms': '1' } });
  const counted = openaiClient({ baseUrl: upstream.baseUrl, callerKey: 'sk-proj-x' });
  await expect(counted.client.models.list()).rejects.toThrow('Down.');
  expect(counted.attempts.map((attempt) => attempt.status)).toEqual([503, 503, 503]);
  upstream.script = () => json({ object: 'list', data: [] });
  await counted.client.models.list();
  expect(counted.attempts).toHaveLength(4);
});
