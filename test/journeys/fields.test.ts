/** stages/parse: a body that cannot be meant is refused before anything goes upstream; whoever means it is served. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await openGateway({ upstream, config: { request: { unknownFields: 'refuse' } } });
});
beforeEach(() => upstream.clear());
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const model = 'gpt-4o-mini';
const messages = [{ role: 'user', content: 'Hello' }];

async function post(
  path: string,
  body: unknown,
): Promise<{ status: number; code: string | null; param: unknown }> {
  const answer = await fetch(gateway.baseUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const param: unknown = answer.ok ? undefined : JSON.parse(text).error.param;
  return { status: answer.status, code: answer.headers.get('x-sallyport-code'), param };
}

test.each([
  ['/chat/completions', { model, messages: 'Hello' }, 'request.invalid_field', 'messages'],
  ['/chat/completions', { model, messages: ['Hello'] }, 'request.invalid_field', 'messages[0]'],
  ['/chat/completions', { model }, 'request.invalid_field', 'messages'],
  ['/chat/completions', { model: ['a'], messages }, 'request.invalid_field', 'model'],
  ['/chat/completions', { messages }, 'request.missing_model', 'model'],
  ['/chat/completions', { model, messages, colour: 'red' }, 'request.unknown_field', 'colour'],
  ['/chat/completions', { model, messages, '<b>': 'red' }, 'request.unknown_field', null],
  ['/responses', { model, input: 7 }, 'request.invalid_field', 'input'],
  ['/embeddings', { model: 'text-embedding-3-small' }, 'request.invalid_field', 'input'],
  ['/moderations', undefined, 'request.invalid_field', 'input'],
  ['/images/generations', { prompt: {} }, 'request.invalid_field', 'prompt'],
  ['/audio/speech', { model: 'tts-1', input: 'Hello' }, 'request.invalid_field', 'voice'],
])('%s with %j: 400 %s, nothing upstream', async (path, body, code, param) => {
  expect(await post(path, body)).toEqual({ status: 400, code, param });
  expect(upstream.requests).toEqual([]);
});

test.each([
  ['/chat/completions', { model, messages, stop: null, user: 'u' }],
  ['/responses', { model, input: 'Hello' }],
  ['/embeddings', { model: 'text-embedding-3-small', input: 'Hello' }],
])('%s as it should be: 200', async (path, body) => {
  expect(await post(path, body)).toMatchObject({ status: 200, code: null });
  expect(upstream.requests).toHaveLength(1);
});

test('where nothing else is said, a field that nobody knows is screened and relayed', async () => {
  await using other = await openGateway({ upstream });
  const body = { model, messages, colour: 'red' };
  const answer = await fetch(`${other.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${other.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  expect(upstream.requests).toHaveLength(1);
});
