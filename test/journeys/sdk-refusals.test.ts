/** Which error the official SDK raises for each row of the catalogue, and how often it asks before it gives up. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import OpenAI, { NotFoundError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE, errorBody, errorHeaders, Refusal, type Code } from '../../src/base/errors.ts';
import { openaiClient } from '../support/sdk.ts';
import { nameOf, RAISED } from './sdk-errors.ts';

const isCode = (name: string): name is Code => Object.hasOwn(CATALOGUE, name);
const codes = Object.keys(CATALOGUE).filter((name) => isCode(name));

let server: Server;
let baseUrl = '';
/** A refusal is waiting under its path, and each request for it is counted. */
const waiting = new Map<string, { refusal: Refusal; asked: number }>();

beforeAll(async () => {
  server = createServer((request, reply) => {
    const found = waiting.get(request.url ?? '');
    if (!found) {
      reply.writeHead(418).end();
      return;
    }
    found.asked += 1;
    const headers = { 'content-type': 'application/json', 'x-request-id': `req-${found.asked}` };
    reply.writeHead(found.refusal.status, { ...headers, ...errorHeaders(found.refusal) });
    reply.end(JSON.stringify(errorBody(found.refusal)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(() => server.close());

/** What the SDK makes of it, with its own two retries and its own patience. */
async function meet(refusal: Refusal, name: string = refusal.code) {
  const path = `/${name}`;
  const met = { refusal, asked: 0 };
  waiting.set(path, met);
  const { client, attempts } = openaiClient({ baseUrl, callerKey: 'sk-any' });
  const error: unknown = await client.get(path).then(
    () => undefined,
    (raised: unknown) => raised,
  );
  expect(attempts).toHaveLength(met.asked);
  return { error, attempts: met.asked };
}

it('each row of the catalogue raises its class, after as many attempts as make sense', async () => {
  const refusals = codes.map((code) => {
    // Longer waits are the same, later.
    const waits = 'retryAfterS' in CATALOGUE[code];
    return new Refusal(code, waits ? { retryAfterS: 1 } : {});
  });
  const met = await Promise.all(
    refusals.map(async (refusal) => {
      const { error, attempts } = await meet(refusal);
      const { error: said } = errorBody(refusal);
      const { status } = refusal;
      expect(error).toMatchObject({ status, error: said, code: said.code, type: said.type });
      expect(error).toMatchObject({ requestID: `req-${attempts}` });
      return [refusal.code, `${nameOf(error)} ${attempts}`];
    }),
  );
  const expected = codes.map((code) => [code, `${RAISED[code][0].name} ${RAISED[code][1]}`]);
  expect(Object.fromEntries(met)).toEqual(Object.fromEntries(expected));
});

describe('waiting', () => {
  it('is asked for where it helps, and forbidden where it would take over a minute', async () => {
    const long = await meet(new Refusal('rate.requests', { retryAfterS: 61 }), 'long');
    expect(long.attempts).toBe(1);
    expect(long.error).toBeInstanceOf(RateLimitError);
    const most = errorHeaders(new Refusal('rate.requests', { retryAfterS: 60 }));
    expect(most).toMatchObject({ 'retry-after': '60' });
    expect(most).not.toHaveProperty('x-should-retry');
  });

  it('ends when the refusal does', async () => {
    const { client, attempts } = openaiClient({ baseUrl, callerKey: 'sk-any' });
    waiting.set('/once', { refusal: new Refusal('ledger.unavailable'), asked: 0 });
    const answer = client.get('/once');
    await expect.poll(() => waiting.get('/once')?.asked).toBe(1);
    waiting.set('/once', { refusal: new Refusal('access.not_found'), asked: 0 });
    await expect(answer).rejects.toThrow(NotFoundError);
    expect(attempts.map(({ status }) => status)).toEqual([503, 404]);
  });
});

it('no status is one that the SDKs retry unasked', () => {
  const statuses = Object.values(CATALOGUE).map(({ status }): number => status);
  expect(statuses.filter((status) => status === 408 || status === 409)).toEqual([]);
  expect(OpenAI.DEFAULT_TIMEOUT).toBe(600_000);
});
