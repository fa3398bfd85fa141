/** stages/answer-stream: byte for byte what upstream sent, counted and bounded, and an error that SDKs raise. */
import { describe, expect, test } from 'vitest';
import { asRefusal, Refusal } from '../../src/base/errors.ts';
import { answerHeaders } from '../../src/domain/answers/answer-headers.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { objectsSchema } from '../../src/domain/objects/objects.ts';
import { forward } from '../../src/stages/forward.ts';
import { ownObjects } from '../../src/stages/own-objects.ts';
import {
  answersBy,
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
  type KeptReply,
  keptReply,
  keyNamed,
  scriptedUpstream,
  type Script,
  noObjects,
} from '../support/relayed.ts';

const EVENTS = { 'content-type': 'text/event-stream; charset=utf-8' };

interface Streamed {
  readonly exchange: Exchange;
  readonly reply: KeptReply;
  readonly refusal: Refusal | undefined;
  readonly aborted: boolean;
}

const CHAT: CallOptions = { body: chatBody({ stream: true, max_tokens: 9 }) };
const ASKED = { body: chatBody({ stream: true, max_tokens: 9, stream_options: { include_usage: true } }) };
const COMPLETE: CallOptions = {
  target: '/v1/completions',
  body: { model: 'gpt-3.5-turbo-instruct', prompt: 'x', stream: true, max_tokens: 9 },
};
const RESPOND: CallOptions = {
  target: RESPONSES,
  body: { model: 'gpt-4o-mini', input: 'x', stream: true, max_output_tokens: 20 },
};

async function streamed(
  exchange: Exchange,
  script: Script,
  own = noObjects,
  screening = UNSCREENED,
): Promise<Streamed> {
  const upstream = scriptedUpstream({ headers: EVENTS, ...script });
  const reply = keptReply();
  const keys = { credential: keyNamed('k'), organization: undefined, project: undefined };
  const send = forward({ upstream, ...keys, answerHeaders, ownObjects: own, screening });
  const refusal = await send(exchange, reply).then(() => undefined, asRefusal);
  return { exchange, reply, refusal, aborted: upstream.seen.aborted };
}

const chat = async (script: Script, call = CHAT) => streamed(await prepared(call), script);

const delta = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const report =
  'data: {"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23}}\n\n';
const DONE = 'data: [DONE]\n\n';
const said = [
  ': hello\r\n\r\n',
  delta('It’s ☀️'),
  'event: x\r\ndata: {"a":1,\r\ndata: "b":2}\r\n\r\n',
  delta('!'),
];

describe('a benign stream', () => {
  const whole = Buffer.from([...said, DONE].join(''));

  test('is the same bytes, wherever it is cut in two', async () => {
    const { body } = CHAT;
    const template = await prepared({ body });
    for (let at = 0; at <= whole.length; at++) {
      const exchange = await prepared({ body });
      expect(exchange.prepared.quote).toEqual(template.prepared.quote);
      const { reply, refusal } = await streamed(exchange, {
        chunks: [whole.subarray(0, at), whole.subarray(at)],
      });
      expect(refusal).toBeUndefined();
      expect(Buffer.concat(reply.pieces).equals(whole), `cut at ${at}`).toBe(true);
      expect(exchange.answer).toMatchObject({ contentEvents: 2, contentChars: 8, complete: true });
    }
  });

  test('is the same bytes one at a time, and leaves with the byte that ends an event', async () => {
    const { reply, exchange } = await chat({ chunks: [...whole].map((byte) => Buffer.from([byte])) });
    expect(reply.pieces.map(String)).toEqual([...said, DONE]);
    expect(reply.headers).toMatchObject({
      'content-type': EVENTS['content-type'],
      'cache-control': 'no-cache',
    });
    expect(exchange.answer).toMatchObject({ streamed: true, bytes: whole.length });
  });

  test('that ends without its last empty line keeps what it said', async () => {
    const { reply } = await chat({ chunks: [delta('a'), 'data: [DO', 'NE]\n'] });
    expect(reply.text).toBe(`${delta('a')}data: [DONE]\n`);
  });
});

describe('usage', () => {
  test('that nobody but the gateway asked for is counted and not shown, wherever it is cut', async () => {
    const bytes = Buffer.from(delta('a') + report + DONE);
    for (let at = 0; at <= bytes.length; at += 3) {
      const { reply, exchange } = await chat({ chunks: [bytes.subarray(0, at), bytes.subarray(at)] });
      expect(reply.text).toBe(delta('a') + DONE);
      expect(exchange.answer.usage).toEqual(usage(20, 3));
    }
  });

  test('that the caller asked for is shown', async () => {
    const { reply, exchange } = await chat({ chunks: [delta('a'), report, DONE] }, ASKED);
    expect(reply.text).toBe(delta('a') + report + DONE);
    expect(exchange.answer.usage).toEqual(usage(20, 3));
  });

  test('that is null since nobody else asked is cut out, and nothing beside it', async () => {
    const nothing = '{"index":0,"delta":{"content":"a,\\"usage\\":null"}}';
    const bare = `data: {"choices":[${nothing}],"obfuscation":"x"}\n\n`;
    const told = `data: {"choices":[${nothing}],"usage":null,"obfuscation":"x"}\n\n`;
    const last = told.replace(',"obfuscation":"x"', '').trimEnd();
    for (const chunks of [[told, told, DONE], [told + told, DONE], Array.from(told + told + DONE)]) {
      const { reply, exchange } = await chat({ chunks });
      expect(reply.text).toBe(bare + bare + DONE);
      expect(exchange.answer).toMatchObject({ contentEvents: 2 });
    }
    expect((await chat({ chunks: [told, last] })).reply.text).not.toContain('e":null');
    expect((await chat({ chunks: [bare, DONE] })).reply.text).toBe(bare + DONE);
    expect((await chat({ chunks: [told, DONE] }, ASKED)).reply.text).toBe(told + DONE);
  });

  test('behind [DONE] is counted; nothing that stands there leaves', async () => {
    const late = [report, delta('more'), ': later\n\n', delta('again'), DONE];
    for (const screening of [UNSCREENED, answersBy({ answers: { pii: 'redact' } })]) {
      const chunks = [delta('a'), delta('b') + DONE + (late[0] ?? ''), ...late.slice(1)];
      const { reply, exchange } = await streamed(await prepared(ASKED), { chunks }, noObjects, screening);
      expect(reply.text).toBe(delta('a') + delta('b') + DONE);
      expect(exchange.answer).toMatchObject({ usage: usage(20, 3), contentEvents: 4, complete: true });
      expect(exchange.ending).toBe('completed');
    }
  });

  test('hides no event that says something besides', async () => {
    const both = report.replace('[]', '[{"index":0,"delta":{"content":"z"}}]');
    const { reply } = await chat({ chunks: [both, DONE] });
    expect(reply.text).toBe(both + DONE);
  });
});

describe('objects of a stream', () => {
  test('have an owner from the first event that names them, and what they hold at the end', async () => {
    const store = await memoryStore();
    const own = ownObjects(store, objectsSchema.parse({}), keptIn(store), () => {});
    const created =
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\n';
    const done =
      'event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_1","usage":{"input_tokens":20,"output_tokens":30,"total_tokens":50}}}\n\n';
    const broken = await streamed(await prepared(RESPOND), { chunks: [created], fault: 'broken' }, own);
    expect(broken.exchange.ending).toBe('failed');
    await expect.poll(() => store.getOwners(['resp_1'])).toMatchObject([{ user: 'ada' }]);
    expect((await store.getOwners(['resp_1']))[0]?.tokens).toBeUndefined();
    await streamed(await prepared(RESPOND), { chunks: [created, done] }, own);
    await expect.poll(() => store.getOwners(['resp_1'])).toMatchObject([{ tokens: 50 }]);
  });
});

const eventOf = (text: string): unknown => JSON.parse(text.slice(text.lastIndexOf('data: ') + 6));

const failed = (type: string, error: string) =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":1.0,${error}}\n\n`;

describe('a stream that goes wrong', () => {
  const error = {
    message: "The upstream API's answer broke off.",
    type: 'server_error',
    param: null,
    code: 'upstream.broken',
  };

  test('chat: one error event, whole, and no [DONE]', async () => {
    const { reply, exchange, refusal } = await chat({ chunks: [delta('a'), 'data: {"cho'], fault: 'broken' });
    expect(refusal).toBeUndefined();
    expect(reply.text.startsWith(`${delta('a')}data: {"error"`)).toBe(true);
    expect(reply.text.endsWith('}\n\n')).toBe(true);
    expect(eventOf(reply.text)).toEqual({ error });
    expect(reply).toMatchObject({ status: 200, ended: true });
    expect(exchange).toMatchObject({ ending: 'failed', refusal: { code: 'upstream.broken' } });
  });

  test('Responses: flat fields, the error within, and the next number', async () => {
    const event =
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":41,"delta":"a"}\n\n';
    const { reply } = await chat({ chunks: [event], fault: 'broken' }, RESPOND);
    expect(reply.text.startsWith(`${event}event: error\ndata: {`)).toBe(true);
    const { message, param, code } = error;
    expect(eventOf(reply.text)).toEqual({ type: 'error', code, message, param, sequence_number: 42, error });
    const first = await chat({ chunks: [], fault: 'broken' }, RESPOND);
    expect(eventOf(first.reply.text)).toMatchObject({ sequence_number: 0 });
  });

  test("upstream's own errors say what they said, but for whom they name", async () => {
    const names = 'org-abc123def and proj_abc123def with sk-proj-abcdefgh';
    const cases: readonly (readonly [CallOptions, string])[] = [
      [CHAT, `data: {"error":{"message":"Down for ${names}","n":1.0,"type":"server_error"}}\n\n`],
      [CHAT, `data: {"error":"Down for ${names}"}\r\rdata: [DONE]\n\n`],
      [CHAT, `event: error\ndata: {"detail":"Down for ${names}"}\n\n`],
      // Where no call is judged, and nothing is read.
      [COMPLETE, `event: error\ndata: Down for ${names}\n\n`],
      [RESPOND, failed('error', `"code":null,"message":"Down for ${names}"`)],
      [RESPOND, failed('error', `"error":{"message":"Down for ${names}"}`)],
      [
        RESPOND,
        failed('response.failed', `"response":{"error":{"message":"Down for ${names}"},"output":[]}`),
      ],
    ];
    const hidden = names.replaceAll(/\S{12,}/g, '[hidden]');
    for (const [call, event] of cases) {
      const { reply } = await chat({ chunks: [event] }, call);
      expect(reply.text).toBe(event.replace(names, hidden).replace('\r\r', '\n\n'));
      const plain = event.replace(names, 'everybody');
      expect((await chat({ chunks: [plain] }, call)).reply.text).toBe(plain);
    }
  });

  test('what a model says of names is no error', async () => {
    const text = delta('org-abc123def \\"error\\":{\\"message\\":\\"sk-proj-abcdefgh\\"}');
    expect((await chat({ chunks: [text, DONE] })).reply.text).toBe(text + DONE);
    const item = '{"type":"mcp_call","error":{"message":"org-abc123def"}}';
    const event = `event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"response":{},"item":${item}}\n\n`;
    expect((await chat({ chunks: [event] }, RESPOND)).reply.text).toBe(event);
  });

  test('more than any honest answer under its cap is cut, and upstream broken off', async () => {
    const fine = await chat({ chunks: Array.from({ length: 9 + 64 }, () => delta('a')) });
    expect(fine).toMatchObject({ aborted: false, exchange: { ending: 'completed' } });
    const cut = await chat({ chunks: Array.from({ length: 9 + 64 + 5 }, () => delta('a')) });
    expect(cut).toMatchObject({ aborted: true, refusal: undefined });
    expect(cut.exchange.refusal?.code).toBe('upstream.overran');
    expect(cut.reply.text.match(/"content"/g)).toHaveLength(9 + 64);
    expect(eventOf(cut.reply.text)).toMatchObject({ error: { code: 'upstream.overran' } });
  });

  test('so is a stream whose words are too long for their number', async () => {
    const cut = await chat({ chunks: [delta('a'.repeat(32 * 9 + 4096)), delta('b'), delta('c')] });
    expect(cut.exchange.refusal?.code).toBe('upstream.overran');
    expect(cut.reply.text).not.toContain('"b"');
  });

  test('an event that does not end is cut before it fills the memory', async () => {
    const chunk = Buffer.alloc(8 * 1024 * 1024, 'x');
    const { exchange, aborted } = await chat({ chunks: ['data: ', chunk, chunk, chunk, chunk, chunk] });
    expect(exchange.refusal?.code).toBe('upstream.overran');
    expect(aborted).toBe(true);
  });

  test('a key that has ended is told so, in the form of the stream', async () => {
    const exchange = await prepared(CHAT);
    setImmediate(() => exchange.abort(new Refusal('auth.invalid')));
    const { reply, aborted } = await streamed(exchange, { chunks: [delta('a')], stays: true });
    expect(aborted).toBe(true);
    expect(eventOf(reply.text)).toMatchObject({ error: { code: 'invalid_api_key' } });
  });
});

const screened = async (script: Script, call = CHAT) =>
  streamed(await prepared(call), script, noObjects, answersBy({ answers: { pii: 'redact' } }));

test('texts of Responses are put together by their place, whatever ids upstream gives an item', async () => {
  const events = Array.from('Ask eve@example.net now.', (text, at) => {
    const ids = { item_id: `msg_${at}`, id: `e_${at}`, output_index: 0, content_index: 0 };
    return `data: ${JSON.stringify({ type: 'response.output_text.delta', ...ids, delta: text })}\n\n`;
  });
  const { reply } = await screened({ chunks: events }, RESPOND);
  const got = reply.text.matchAll(/"delta":"([^"]*)"/g);
  expect(Array.from(got, ([, text]) => text).join('')).toBe('Ask [REDACTED] now.');
});

/** Lines of an event that are no data: clients are to ignore most of them, and some do not. */
describe('what stands beside the data', () => {
  const whole = delta('Ask eve@example.net.').replace('data: ', '');
  test.each([
    ['behind a byte order mark', `\ufeffdata: ${whole}`],
    ['behind several, in the middle', `${delta('A ')}\ufeff\ufeffdata: ${whole}`],
    ['behind a comment and one', `: hello\n\ufeffdata: ${whole}`],
    ['under another name', `Data: ${whole}`],
    ['as a comment', `: ${whole}`],
    ['as the id', `id: eve@example.net\n${delta('A')}`],
    ['as the name', `event: eve@example.net\n${delta('A')}`],
    ['as the name of the end', `event: eve@example.net\n${DONE}`],
    ['as nothing', `eve@example.net\n\n${delta('A')}`],
  ])('never leaves, wherever it is cut: %s', async (_name, text) => {
    const bytes = Buffer.from(text + DONE);
    for (let cut = 0; cut <= bytes.length; cut += 3) {
      const { reply, exchange } = await screened({
        chunks: [bytes.subarray(0, cut), bytes.subarray(cut)],
      });
      expect(reply.text, `cut at ${cut}`).not.toContain('eve@');
      expect(reply.text.endsWith(DONE)).toBe(true);
      expect(exchange.answer.complete).toBe(true);
    }
  });

  test('is relayed where it keeps the connection alive, names or counts', async () => {
    const text = [
      ': keep-alive\n\n',
      ':\n\n',
      'id: 7\nretry: 100\nevent: a.b_c\n',
      delta('A'),
      ': OPENROUTER PROCESSING\r\r',
      DONE,
    ].join('');
    const { reply } = await screened({ chunks: [text] });
    expect(reply.text).toBe(text);
    const odd = await screened({
      chunks: [': ping - 2026-11-26 10:00:00\n\n', delta('A'), DONE],
    });
    expect(odd.reply.text).toBe(`:\n\n${delta('A')}${DONE}`);
  });
});
