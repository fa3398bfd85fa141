/**
 * The tiers as they are shipped, through a whole gateway: free 10 requests a minute, 1,000 tokens, $0.10; what a tier
 * leaves open is filled by `RATE_LIMIT_PER_*`, and nothing else is. The SDK gives up where waiting does not help
 * (domain/limits/scopes, domain/limits/limiting, stages/price).
 */
import { RateLimitError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import type { Gateway } from '../support/gateway.ts';
import { type Answered, chat, INPUT_NANO, OUTPUT_NANO } from '../support/money.ts';
import { openGateway } from '../support/open-gateway.ts';
import { capOf, chatAnswer } from '../support/openai-answer.ts';
import { openaiClient } from '../support/sdk.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const POOR_USD = 0.0003;

let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await openGateway({
    upstream,
    key: null,
    env: { RATE_LIMIT_PER_MINUTE: '5', RATE_LIMIT_PER_HOUR: '40' },
    config: {
      tiers: { poor: { dailyBudgetUsd: POOR_USD }, app: { endUsers: 'allowed' } },
      models: { projectServiceTier: 'default' },
      incidents: { rules: { 'budget-refusals': { count: 2 } } },
    },
  });
});
beforeEach(() => {
  upstream.clear();
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: capOf(seen) ?? 0, inputTokens: 40 });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});

type Caller = Pick<Gateway, 'baseUrl' | 'callerKey'>;

/** Each a user of its own. */
async function caller(tier: string, user = `${tier}-${Math.random()}`): Promise<Caller> {
  return { baseUrl: gateway.baseUrl, callerKey: (await createKey(gateway, { tier, user })).key };
}

/** One call after the other until one is refused: how many went through, and the refusal. */
async function untilRefused(who: Caller, fields: object): Promise<{ granted: number; refusal: Answered }> {
  for (let granted = 0; ; granted++) {
    const answer = await chat(who, fields);
    if (answer.status !== 200) return { granted, refusal: answer };
  }
}

// Shown false by writing whom every call is for, as `upstream.safetyIdentifier: digest` does.
test('a call without findings that names its cap goes up byte for byte, until it names an end user', async () => {
  const { baseUrl, callerKey } = await caller('app');
  const body =
    '{"user": "theirs","model":"gpt-4o-mini", "max_completion_tokens":16,"messages":[{"role":"user","content":"\\u0048i"}],"temperature":1.50}';
  const sentWith = async (headers: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const answer = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json', ...headers },
      body,
    });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    return upstream.requests.at(-1)?.body.toString();
  };
  expect(await sentWith({})).toBe(body);
  expect(await sentWith({ 'x-sallyport-end-user': 'eve' })).toMatch(/"safety_identifier":"[0-9a-f]{64}"/);
});

describe('requests', () => {
  test.each([
    ['free', 10, '10'],
    ['internal', 5, '5'],
    ['pro', 40, '60'],
  ])('of tier %s: %i go through', async (tier, count, limit) => {
    const { granted, refusal } = await untilRefused(await caller(tier), { max_tokens: 1 });
    expect(granted).toBe(count);
    expect(upstream.requests).toHaveLength(count);
    expect(refusal).toMatchObject({ status: 429, code: 'rate.requests' });
    expect(refusal.headers.get('x-ratelimit-limit-requests')).toBe(limit);
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  test('count for the user, whichever key is used', async () => {
    const user = 'two-keys';
    const keys = [await caller('free', user), await caller('free', user)];
    for (let call = 0; call < 10; call++) {
      const key = keys[call % 2];
      expect(key && (await chat(key, { max_tokens: 1 })).status).toBe(200);
    }
    for (const key of keys) expect((await chat(key, { max_tokens: 1 })).code).toBe('rate.requests');
  });
});

describe('tokens of a request', () => {
  test.each([
    ['free', 1000],
    ['pro', 4000],
    ['enterprise', 8000],
  ])('of tier %s: %i, input and output together', async (tier, tokens) => {
    const who = await caller(tier);
    const over = await chat(who, { max_tokens: tokens });
    expect(over).toMatchObject({ status: 400, code: 'request.over_cap' });
    expect(JSON.parse(over.text)).toMatchObject({ error: { param: 'max_tokens' } });
    expect(upstream.requests).toHaveLength(0);

    const { status, headers } = await chat(who);
    expect(status).toBe(200);
    const [seen] = upstream.requests;
    const cap = seen && capOf(seen);
    expect(cap).toBeGreaterThan(tokens - 200);
    expect(cap).toBeLessThan(tokens);
    expect(headers.get('x-sallyport-output-cap')).toBe(String(cap));
  });
});

describe('a budget', () => {
  test('of $0.10 is spent and not exceeded; the SDK gives up at once', async () => {
    const { client, attempts } = openaiClient(await caller('free'));
    // $30 and $180 a million tokens: 500 of output are $0.09.
    const body = {
      model: 'gpt-5.5-pro',
      messages: [{ role: 'user' as const, content: 'Think.' }],
      max_completion_tokens: 500,
    };
    await client.chat.completions.create(body);
    const refused: unknown = await client.chat.completions.create(body).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(attempts.map(({ status }) => status)).toEqual([200, 429]);
    expect(attempts[1]?.headers?.get('x-should-retry')).toBe('false');
    expect(upstream.tally({ inputNano: 30_000, outputNano: 180_000 }).nano).toBeLessThanOrEqual(100_000_000);
  });

  test('that cannot pay for all a model may say pays for less, and upstream is told', async () => {
    const who = await caller('poor');
    const { status, headers } = await chat(who);
    expect(status).toBe(200);
    const cap = Number(headers.get('x-sallyport-output-cap'));
    expect(cap).toBeGreaterThan(256);
    expect(upstream.requests[0] && capOf(upstream.requests[0])).toBe(cap);
    expect((await chat(who)).code).toBe('budget.exceeded');
    const { nano } = upstream.tally({ inputNano: INPUT_NANO, outputNano: OUTPUT_NANO });
    expect(nano).toBeLessThanOrEqual(POOR_USD * 1e9);
  });

  // Shown false by the rule as it was, which counted refusals before the ledger alone: there is none of those.
  test('that is asked for again and again when it is spent is an incident', async () => {
    const who = await caller('poor', 'insists');
    for (let call = 0; call < 2; call++)
      expect((await chat(who, { max_tokens: 5000 })).code).toBe('budget.exceeded');
    await expect
      .poll(async () => (await admin(gateway, 'GET', '/admin/incidents?rule=budget-refusals')).body)
      .toMatchObject({ data: [{ user: 'insists', count: 2 }] });
  });
});
