/** The official SDK behaves through the gateway as it does without: the same request upstream, the same result back. */
import OpenAI, { PermissionDeniedError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { matchRoute } from '../../src/openai/route.ts';
import { bytes, json, type Behaviour } from '../support/behaviour.ts';
import { UPSTREAM_KEY, type Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';
import { SDK_CALLS_TRAINING } from './sdk-calls-training.ts';
import { SDK_CALLS, type SdkCall } from './sdk-calls.ts';

const CALLS: Readonly<Record<string, SdkCall>> = { ...SDK_CALLS, ...SDK_CALLS_TRAINING };
/** The SDK's own method has another path; sockets have tests of their own. */
const NOT_IN_THE_SDK = ['evals.runs.cancel', 'sockets.realtime', 'sockets.responses'];

/** Calls that the gateway answers itself have tests of their own. */
const ANSWERED = new Set(ENDPOINTS.filter(({ grants }) => grants !== undefined).map(({ id }) => id));

/** Names of what may go up, beside what makes a message of it. */
const UP = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'authorization',
  'accept',
  'accept-encoding',
  'user-agent',
  'openai-beta',
  'idempotency-key',
]);

interface Wire {
  readonly status: number;
  readonly type: string | null;
  readonly body: Buffer;
}

interface Recorded {
  readonly client: OpenAI;
  /** The last answer as it came. */
  wire: Wire | undefined;
}

function recorded(baseURL: string, apiKey: string): Recorded {
  const client = new OpenAI({
    apiKey,
    adminAPIKey: apiKey,
    baseURL,
    maxRetries: 0,
    fetch: async (url, init) => {
      const answer = await fetch(url, init);
      const { status, headers } = answer;
      const body = Buffer.from(await answer.clone().arrayBuffer());
      kept.wire = { status, type: headers.get('content-type'), body };
      return answer;
    },
  });
  const kept: Recorded = { client, wire: undefined };
  return kept;
}

let upstream: Upstream;
let gateway: Gateway;
let direct: Recorded;
let through: Recorded;

beforeAll(async () => {
  upstream = await startUpstream({ script: answerTo });
  gateway = await openGateway({ upstream, config: OPEN_HOUSE, key: { tier: 'open' } });
  direct = recorded(upstream.baseUrl, 'sk-direct');
  through = recorded(gateway.baseUrl, gateway.callerKey);
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});

/** By the request alone, so that both ways get the same. */
function answerTo({ method, target, body }: SeenRequest): Behaviour {
  const path = target.split('?')[0] ?? '';
  if (path.endsWith('/content') && !path.includes('/vector_stores/'))
    return binary('application/octet-stream');
  if (path.endsWith('/audio/speech')) return binary('audio/mpeg');
  if (path.endsWith('/realtime/calls'))
    return bytes(['v=0\r\n'], { status: 201, headers: { 'content-type': 'application/sdp' } });
  if (/\/realtime\/calls\/\w+\/\w+$/.test(path)) return bytes([], { headers: { 'content-length': '0' } });
  if (body.includes('name="response_format"\r\n\r\ntext'))
    return bytes(['Platform 4.\n'], { headers: { 'content-type': 'text/plain; charset=utf-8' } });
  const object = { id: 'obj_1', object: 'thing', text: 'Ünïcode 🚉 \u2028', ratio: 1.5e-7, none: null };
  const usage = {
    input_tokens: 3,
    output_tokens: 1,
    prompt_tokens: 3,
    completion_tokens: 1,
    total_tokens: 4,
  };
  if (method === 'GET' && path.endsWith('s'))
    return json({ object: 'list', data: [object], has_more: false, first_id: 'obj_1', last_id: 'obj_1' });
  // Written unlike any serializer would, so that only its very bytes are equal.
  return json(
    `{ "data": [],\n "usage":${JSON.stringify(usage)} ,"output":[],${JSON.stringify(object).slice(1)}`,
  );
}

function binary(type: string): Behaviour {
  const every = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  return bytes([every, every], {
    headers: { 'content-type': type, 'content-disposition': 'attachment; filename="a.bin"' },
  });
}

async function ask(way: Recorded, call: SdkCall) {
  const before = upstream.requests.length;
  const result = await call(way.client);
  const seen = upstream.requests.slice(before);
  const value = result instanceof Response ? Buffer.from(await result.arrayBuffer()) : result;
  const items = hasItems(value) ? value.getPaginatedItems() : value;
  return { seen: seen.at(0), count: seen.length, items, wire: way.wire };
}

function hasItems(value: unknown): value is { getPaginatedItems(): unknown[] } {
  return typeof value === 'object' && value !== null && 'getPaginatedItems' in value;
}

/** Method, path, query, kind and meaning of the body: all that upstream acts on. */
async function meaning(seen: SeenRequest | undefined) {
  if (!seen) return undefined;
  const { pathname, searchParams } = new URL(seen.target, 'http://upstream');
  const type = seen.headers['content-type']?.split(';')[0];
  const form = type === 'multipart/form-data' ? await partsOf(seen) : undefined;
  return {
    request: `${seen.method} ${pathname}`,
    query: [...searchParams],
    // Without a body its type says nothing.
    type: seen.body.length > 0 ? type : undefined,
    body: form ?? seen.json ?? seen.body.toString('latin1'),
    accept: seen.headers['accept'],
    beta: seen.headers['openai-beta'],
  };
}

async function partsOf({ body, headers }: SeenRequest): Promise<unknown[]> {
  const type = headers['content-type'] ?? '';
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const parts = [...form].map(async ([name, value]) =>
    typeof value === 'string'
      ? [name, value]
      : [name, value.name, value.type, Buffer.from(await value.arrayBuffer()).toString('base64')],
  );
  return await Promise.all(parts);
}

describe('every relayed operation the SDK has', () => {
  it('is among the calls', () => {
    const called = new Set(Object.keys(CALLS).map((name) => name.split(' ')[0]));
    const relayed = ENDPOINTS.filter((row) => row.refused === undefined).map((row) => row.id);
    expect(new Set([...called, ...NOT_IN_THE_SDK])).toEqual(new Set(relayed));
  });

  it.each(Object.entries(CALLS).filter(([name]) => !ANSWERED.has(name)))('%s', async (name, call) => {
    const wanted = await ask(direct, call);
    const got = await ask(through, call);
    const row = matchRoute(wanted.seen?.method ?? '', wanted.seen?.target ?? '').endpoint.id;
    expect(row).toBe(name.split(' ')[0]);
    expect([wanted.count, got.count]).toEqual([1, 1]);
    expect(await meaning(got.seen)).toEqual(await meaning(wanted.seen));
    expect(got.items).toEqual(wanted.items);
    expect(got.wire).toEqual(wanted.wire);
    const { headers = {} } = got.seen ?? {};
    expect(Object.keys(headers).filter((header) => !UP.has(header))).toEqual([]);
    expect(headers['authorization']).toBe(`Bearer ${UPSTREAM_KEY}`);
    expect(headers['user-agent']).toBe('sallyport');
  });
});

describe('administration of the account', () => {
  it('is refused, each of its operations, and none reaches upstream', async () => {
    const { callerKey: apiKey, baseUrl: baseURL } = gateway;
    const client = new OpenAI({ apiKey, adminAPIKey: apiKey, baseURL });
    const rows = ENDPOINTS.filter((row) => row.refused !== undefined);
    const before = upstream.requests.length;
    const errors = await Promise.all(
      rows.map(({ method, path }) =>
        client
          .request({
            method: method === 'GET' ? 'get' : method === 'POST' ? 'post' : 'delete',
            path: path.replaceAll(/\{\w+\}/g, 'obj_1'),
            query: { limit: 20 },
          })
          .then(
            () => 'relayed',
            (error: unknown) => error,
          ),
      ),
    );
    expect(rows).toHaveLength(119);
    expect(errors.filter((error) => !(error instanceof PermissionDeniedError))).toEqual([]);
    await expect(client.admin.organization.usage.costs({ start_time: 0 })).rejects.toThrow(
      PermissionDeniedError,
    );
    await expect(client.admin.organization.projects.list()).rejects.toThrow(PermissionDeniedError);
    expect(upstream.requests).toHaveLength(before);
  });
});
