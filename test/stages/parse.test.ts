/** stages/parse: a body is read in one way or not at all, and priced by what is known of what it continues. */
import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/domain/requests/preparation.ts';
import { parse, prepareChained } from '../../src/stages/parse.ts';
import {
  ADA,
  type CallOptions,
  chatBody,
  codeOf,
  prepared,
  RESPONSES,
  routed,
  rules,
} from '../support/exchange.ts';

const { parse: deps } = rules();

const codeFor = (options: CallOptions) => codeOf(() => parse(deps)(routed(options)));

describe('parse', () => {
  test('an ordinary call keeps its bytes but for what is set in it', async () => {
    const body = JSON.stringify(chatBody({ max_tokens: 9 }), null, 1);
    const exchange = await prepared({ body });
    expect(Buffer.from(exchange.prepared.bytes ?? []).toString()).toBe(body);
    expect(exchange.prepared).toMatchObject({ contentType: 'application/json', hideUsage: false });
    const uncapped = await prepared({ body: JSON.stringify(chatBody({ stream: true })) });
    expect(JSON.parse(Buffer.from(uncapped.prepared.bytes ?? []).toString())).toEqual({
      ...chatBody({ stream: true }),
      max_completion_tokens: uncapped.prepared.quote?.outputCap,
      stream_options: { include_usage: true },
    });
    expect(uncapped.prepared.hideUsage).toBe(true);
  });

  test.each<[string, CallOptions]>([
    ['request.invalid_json', { body: '{"model":' }],
    ['request.duplicate_key', { body: '{"model":"a","model":"b"}' }],
    ['request.invalid_utf8', { body: Buffer.from([123, 0xff, 125]) }],
    ['request.missing_model', { body: '{"messages":[]}' }],
    ['request.missing_model', {}],
    ['request.media_type', { body: '{}', headers: { 'content-type': 'text/plain' } }],
    ['request.media_type', { body: chatBody(), headers: { 'content-encoding': 'gzip' } }],
    ['request.too_large', { body: Buffer.alloc(16 * 1024 * 1024 + 1, 32) }],
    ['request.invalid_json', { method: 'GET', target: '/v1/models', body: '{"a":1}' }],
    [
      'request.invalid_multipart',
      { target: '/v1/files', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    ],
  ])('%s %#', async (code, options) => {
    expect(await codeFor(options)).toBe(code);
  });

  test.each<[string, CallOptions]>([
    [
      'a charset that is UTF-8',
      { body: chatBody(), headers: { 'content-type': 'application/json; charset=utf-8' } },
    ],
    ['identity', { body: chatBody(), headers: { 'content-encoding': 'identity' } }],
    ['no body where none belongs', { method: 'GET', target: '/v1/models' }],
    ['the empty object some clients send', { method: 'GET', target: '/v1/models', body: '{}' }],
  ])('taken: %s', async (_name, options) => {
    expect(await codeFor(options)).toBe('ok');
  });

  test('above the size for here, the same work is done elsewhere', async () => {
    const elsewhere: number[] = [];
    const large = rules({ inlineBytesMax: 200 }).parse;
    const counting = {
      ...large,
      large: async (job: Parameters<typeof prepare>[0]) => {
        elsewhere.push(job.bytes?.length ?? 0);
        return prepare(job);
      },
    };
    await prepared({ body: chatBody() }, ADA, counting);
    const long = await prepared({ body: chatBody({}, 'x'.repeat(500)) }, ADA, counting);
    expect(elsewhere).toEqual([long.received?.length]);
  });
});

describe('what a call continues', () => {
  const continuing = {
    model: 'gpt-4o-mini',
    input: 'and then?',
    previous_response_id: 'resp_1',
    max_output_tokens: 20,
  };

  test('is priced by what its objects hold, once they are known', async () => {
    const { limiting } = rules({ scopes: { tiers: { pro: {} } } });
    const exchange = await prepared({ target: RESPONSES, body: continuing }, ADA, { ...deps, limiting });
    const unknown = exchange.prepared.quote?.inputTokens ?? 0;
    expect(unknown).toBe(128_000);
    exchange.owners = [{ id: 'resp_1', kind: 'response', user: 'ada', createdAt: 0, tokens: 700 }];
    await prepareChained({ ...deps, limiting })(exchange);
    const known = exchange.prepared.quote?.inputTokens ?? 0;
    expect(known).toBeGreaterThan(700);
    expect(known).toBeLessThan(1000);
  });

  test('of a count that nobody knows, and of no chain at all, nothing changes', async () => {
    const exchange = await prepared({ target: RESPONSES, body: continuing });
    const before = exchange.prepared;
    exchange.owners = [{ id: 'resp_1', kind: 'response', user: 'ada', createdAt: 0 }];
    await prepareChained(deps)(exchange);
    expect(exchange.prepared).toBe(before);
    const plain = await prepared({ body: chatBody() });
    const alone = plain.prepared;
    await prepareChained(deps)(plain);
    expect(plain.prepared).toBe(alone);
  });
});
