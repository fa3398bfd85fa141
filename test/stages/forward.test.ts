/** stages/forward, stages/relay, stages/answer-json, stages/answer-raw: what goes up, and what comes back down. */
import { describe, expect, test } from 'vitest';
import { asRefusal, Refusal } from '../../src/base/errors.ts';
import { answerHeaders } from '../../src/domain/answers/answer-headers.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { objectsSchema } from '../../src/domain/objects/objects.ts';
import type { Store } from '../../src/ports/store.ts';
import { forward } from '../../src/stages/forward.ts';
import { ownObjects } from '../../src/stages/own-objects.ts';
import {
  ADA,
  type CallOptions,
  chatBody,
  keptIn,
  memoryStore,
  prepared,
  RESPONSES,
  UNSCREENED,
  usage,
} from '../support/exchange.ts';
import {
  keptReply,
  keyNamed,
  scriptedUpstream,
  type Script,
  type ScriptedUpstream,
} from '../support/relayed.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const BYTES = { 'content-type': 'application/octet-stream' };
const LIST: CallOptions = { method: 'GET', target: '/v1/files' };
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  choices: [],
  usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
});

interface Relayed {
  readonly exchange: Exchange;
  readonly reply: ReturnType<typeof keptReply>;
  readonly upstream: ScriptedUpstream;
  /** The refusal, or none. */
  readonly refusal: Refusal | undefined;
  readonly store: Store;
}

interface Ask extends Script {
  readonly call?: CallOptions;
  readonly before?: (exchange: Exchange, store: Store) => unknown;
}

async function relayed(ask: Ask = {}): Promise<Relayed> {
  const store = await memoryStore();
  const upstream = scriptedUpstream({ chunks: [answer], ...ask });
  const exchange = await prepared(ask.call ?? { body: chatBody({ max_tokens: 9 }) });
  await ask.before?.(exchange, store);
  const reply = keptReply();
  const send = forward({
    upstream,
    credential: keyNamed('sk-proj-upstream'),
    organization: 'org-ours',
    project: undefined,
    answerHeaders,
    ownObjects: ownObjects(store, objectsSchema.parse({}), keptIn(store), () => {}),
    screening: UNSCREENED,
  });
  const refusal = await send(exchange, reply).then(() => undefined, asRefusal);
  return { exchange, reply, upstream, refusal, store };
}

const code = async (ask: Ask) => (await relayed(ask)).refusal?.code ?? 'ok';

describe('what goes up', () => {
  test('I28, I29, I32: built from the matched row, with our key; of the caller the three headers and no more', async () => {
    const body = chatBody({ max_tokens: 9 });
    const headers = {
      authorization: 'Bearer sk-sp-callers',
      cookie: 'session=1',
      'openai-organization': 'org-callers',
      'x-forwarded-for': '10.0.0.1',
      accept: 'application/json',
      'openai-beta': 'assistants=v2',
      'idempotency-key': 'once',
    };
    const { upstream, refusal } = await relayed({ call: { body, headers } });
    expect(refusal).toBeUndefined();
    const { body: sent, ...request } = upstream.requests[0] ?? { body: undefined };
    expect(request).toEqual({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {
        authorization: 'Bearer sk-proj-upstream',
        'accept-encoding': 'identity',
        'user-agent': 'sallyport',
        'content-type': 'application/json',
        'openai-organization': 'org-ours',
        accept: 'application/json',
        'openai-beta': 'assistants=v2',
        'idempotency-key': 'once',
      },
    });
    expect(Buffer.from(sent ?? []).toString()).toBe(JSON.stringify(body));
  });

  test('a header that is not one plain line stays here', async () => {
    const headers = { 'openai-beta': 'a\r\nhost: x', 'idempotency-key': 'x'.repeat(1025), accept: 'ä' };
    const { upstream } = await relayed({ call: { body: chatBody(), headers } });
    for (const name of Object.keys(headers)) expect(upstream.requests[0]?.headers).not.toHaveProperty(name);
  });

  test('I16: nothing is sent for who has left, or whose key has ended', async () => {
    const left = await relayed({ before: (exchange) => exchange.abort() });
    expect(left.refusal?.code).toBe('upstream.broken');
    const ended = new Refusal('auth.invalid');
    const told = await relayed({ before: (exchange) => exchange.abort(ended) });
    expect(told.refusal).toBe(ended);
    for (const { upstream, exchange } of [left, told]) {
      expect(upstream.requests).toEqual([]);
      expect(exchange.sentUpstream).toBe(false);
    }
  });
});

describe('a JSON answer', () => {
  test('is read whole, counted, and sent in one write, byte for byte', async () => {
    const headers = {
      ...JSON_HEADERS,
      'x-request-id': 'req_1',
      'set-cookie': ['a=1'],
      'openai-version': 'v',
    };
    const chunks = [answer.slice(0, 7), answer.slice(7, 8), answer.slice(8)];
    const { reply, exchange } = await relayed({ headers, chunks });
    expect(reply.pieces.map(String)).toEqual([answer]);
    expect(reply.headers).toEqual({
      'content-type': 'application/json',
      'content-length': String(answer.length),
      'openai-version': 'v',
      'x-upstream-request-id': 'req_1',
      'x-sallyport-output-cap': '9',
    });
    expect(exchange.answer).toMatchObject({
      status: 200,
      complete: true,
      bytes: answer.length,
      usage: usage(20, 10),
      upstreamRequestId: 'req_1',
    });
    expect(exchange.ending).toBe('completed');
  });

  test('the owner of what was made is on file before the caller learns its id', async () => {
    const call = { target: RESPONSES, body: { model: 'gpt-4o-mini', input: 'x' } };
    const { reply, store } = await relayed({ call, chunks: ['{"id":"resp_1"}'] });
    expect(reply.text).toBe('{"id":"resp_1"}');
    expect(await store.getOwners(['resp_1'])).toMatchObject([{ user: ADA.user }]);
  });

  test("I38: a list is without what is others', and as long as it says", async () => {
    const list = { object: 'list', data: [{ id: 'file-1' }, { id: 'file-2' }], has_more: false };
    const { reply } = await relayed({
      call: LIST,
      chunks: [JSON.stringify(list)],
      before: (_, store) => store.putOwner({ id: 'file-2', kind: 'file', user: 'ada', createdAt: 1 }),
    });
    expect(JSON.parse(reply.text)).toEqual({ ...list, data: [{ id: 'file-2' }] });
    expect(reply.headers['content-length']).toBe(String(reply.text.length));
  });

  test.each<[string, Ask]>([
    ['broken JSON', { chunks: ['{"id":'] }],
    ['an encoding', { headers: { ...JSON_HEADERS, 'content-encoding': 'br' } }],
    ['a page', { headers: { 'content-type': 'text/html' } }],
    ['nothing, where an answer was bought', { chunks: [] }],
    ['nothing, and a status that says so', { status: 204, headers: {}, chunks: [] }],
    ['a list that is none', { call: LIST, chunks: ['file-1, file-2'] }],
    ['a list as bytes', { call: LIST, headers: BYTES, chunks: ['{"data":[]}'] }],
  ])('%s is not relayed', async (_name, ask) => {
    expect(await code(ask)).toBe('upstream.invalid_answer');
  });

  test('nothing, where nothing was bought, is', async () => {
    const { reply, refusal } = await relayed({ call: LIST, chunks: [] });
    expect(refusal).toBeUndefined();
    expect(reply).toMatchObject({ status: 200, text: '', ended: true });
  });
});

describe('bytes that nobody reads', () => {
  const call = { method: 'GET', target: '/v1/files/file-1/content' };
  const headers = BYTES;

  test('pass as they come', async () => {
    const chunks = [Buffer.from([0, 255, 13]), Buffer.from([10, 128])];
    const { reply, exchange } = await relayed({ call, headers, chunks });
    expect(reply.pieces).toEqual(chunks);
    expect(reply).toMatchObject({ status: 200, ended: true, destroyed: false });
    expect(exchange.answer.bytes).toBe(5);
  });

  test('I44: a slow caller slows upstream down, chunk by chunk', async () => {
    const upstream = scriptedUpstream({ headers, chunks: ['a', 'b', 'c'] });
    const exchange = await prepared(call);
    const reply = keptReply(true);
    const store = await memoryStore();
    const own = ownObjects(store, objectsSchema.parse({}), keptIn(store), () => {});
    const keys = { credential: keyNamed('k'), organization: undefined, project: undefined };
    const deps = { ...keys, answerHeaders, ownObjects: own, screening: UNSCREENED };
    const done = forward({ ...deps, upstream })(exchange, reply);
    for (let given = 1; given <= 3; given++) {
      await new Promise(setImmediate);
      expect(upstream.seen).toMatchObject({ chunks: given, pauses: given });
      expect(reply.ended).toBe(false);
      reply.drain();
    }
    await done;
    expect(reply).toMatchObject({ text: 'abc', ended: true });
  });

  test('broken off in the middle: so is the connection, since no status can say it any more', async () => {
    const { reply, exchange, refusal } = await relayed({ call, headers, chunks: ['half'], fault: 'broken' });
    expect(refusal).toBeUndefined();
    expect(reply).toMatchObject({ text: 'half', destroyed: true, ended: false });
    expect(exchange).toMatchObject({ ending: 'failed', refusal: { code: 'upstream.broken' } });
  });
});

const failing = (status: number, error: object, headers: object = {}) =>
  relayed({ status, headers: { ...JSON_HEADERS, ...headers }, chunks: [JSON.stringify({ error })] });

describe('what upstream refuses, or fails at', () => {
  test("what is about the request reaches the caller, without the account's names", async () => {
    const { refusal, reply } = await failing(400, {
      message: 'Project proj_AbC123def456 of org-AbC123def456 says no',
      param: 'messages[0].content',
      code: 'context_length_exceeded',
    });
    expect(refusal).toMatchObject({
      status: 400,
      options: {
        message: 'Project [hidden] of [hidden] says no',
        param: 'messages[0].content',
        openaiCode: 'context_length_exceeded',
      },
    });
    expect(reply.headSent).toBe(false);
  });

  test.each([
    [401, 'upstream.credential'],
    [403, 'upstream.credential'],
    [429, 'upstream.limited'],
    [500, 'upstream.failed'],
    [302, 'upstream.failed'],
    [404, 'upstream.refused'],
  ])('%i is %s', async (status, expected) => {
    expect((await failing(status, { message: 'm' })).refusal?.code).toBe(expected);
  });

  test.each([
    ['unreachable', 'upstream.unreachable', false],
    ['timeout', 'upstream.timeout', true],
    ['broken', 'upstream.broken', true],
  ] as const)('%s is %s', async (fault, expected, sent) => {
    const { refusal, exchange, reply } = await relayed({ fault, chunks: [] });
    expect(refusal?.code).toBe(expected);
    expect(exchange.sentUpstream).toBe(sent);
    expect(reply.headSent).toBe(false);
  });

  test('I16: who leaves while upstream is silent breaks it off', async () => {
    const { upstream, exchange, refusal } = await relayed({
      chunks: [],
      stays: true,
      before: (exchange) => setImmediate(() => exchange.abort()),
    });
    expect(upstream.seen.aborted).toBe(true);
    expect(refusal?.code).toBe('upstream.broken');
    expect(exchange.ending).toBe('aborted');
  });
});
