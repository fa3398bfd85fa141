/**
 * Guardrails that block do so for the teams they are rolled out to; of others it is told what would have been refused. Where they
 * stop much more than before, all processes go back to observing, with an incident, until an administrator lifts it; tools, money
 * and what is replaced are held all the while. Shown false by asking the roll-out nowhere, by a fallback that is kept from the
 * store, and by a trial of answers that is not told.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { type GatewayProcess, startGateways } from '../support/gateway.ts';
import { type Answered, chat, metric, outcomeOf, recorded } from '../support/money.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

let postgres: Postgres;
let upstream: Upstream;
let one: GatewayProcess;
let other: GatewayProcess;
const keys: Record<string, string> = {};
const BACK = { windowS: 3600, minCalls: 4, minKeys: 2, overPercent: 10 };

beforeAll(async () => {
  [postgres, upstream] = await Promise.all([startPostgres(), startUpstream()]);
  [one, other] = await startGateways(2, {
    upstream,
    env: { DATABASE_URL: postgres.url },
    key: { tier: 'wide', user: 'nobody' },
    config: {
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
      tiers: { wide: { maxTokensPerRequest: 3000 } },
      models: { projectServiceTier: 'default' },
      guardrails: {
        pii: { action: 'redact', types: { EMAIL: 'block', PHONE: 'redact' }, reversible: false },
        answers: { secrets: 'block' },
        rollout: { enforce: { teams: ['red'] }, backToObserve: BACK },
      },
    },
  });
  for (const [name, team] of Object.entries({ red: 'red', rust: 'red', blue: 'blue', none: undefined })) {
    const made = await createKey(one, { tier: 'wide', user: name, ...(team && { team }) });
    keys[name] = made.key;
  }
});
afterAll(async () => {
  await Promise.all([one?.stop('SIGKILL'), other?.stop('SIGKILL')]);
  await upstream?.close();
  await postgres?.stop();
});
beforeEach(() => {
  upstream.clear();
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 2 });
});

const says = (content: string) => ({ messages: [{ role: 'user', content }] });
const MAIL = says('Write to ada@example.com, or call +49 30 901820');
const SECRET = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
const as = (name: string, fields: object, at = one): Promise<Answered> =>
  chat({ baseUrl: at.baseUrl, callerKey: keys[name] ?? '' }, fields);
const codes = async (names: readonly string[], fields: object, at = one) =>
  await Promise.all(names.map(async (name) => (await as(name, fields, at)).code));

test('whoever is inside is refused; of the others it is told, and what is replaced is replaced', async () => {
  expect(await codes(['red', 'rust'], MAIL)).toEqual(['guardrail.pii', 'guardrail.pii']);
  expect(upstream.requests).toHaveLength(0);
  const { id, status } = await as('blue', MAIL);
  expect(status).toBe(200);
  const sent = String(upstream.requests[0]?.body);
  expect(sent).toContain('ada@example.com');
  expect(sent).not.toContain('901820');
  expect(await outcomeOf(one, id)).toMatchObject({ wouldRefuse: { 'pii:EMAIL': 1 }, outcome: 'completed' });
  const refused = await recorded(one, 'exchange.refused');
  expect(refused.at(-1)?.metadata).toMatchObject({ code: 'guardrail.pii', refusedFor: { 'pii:EMAIL': 1 } });
  expect(await metric(one, 'sallyport_would_refuse_total')).toBe(1);
});

test.each([{}, { stream: true }])('of answers as well: %j', async (fields) => {
  upstream.script = (seen) => chatAnswer(seen, { words: ['The token', ` is ${SECRET}`, ' now.'] });
  const spared = await as('none', fields);
  expect(spared.text).toContain(SECRET);
  expect((await outcomeOf(one, spared.id))['wouldRefuse']).toBeDefined();
  const held = await as('red', fields, other);
  expect(held.text).not.toContain(SECRET);
  expect(await outcomeOf(other, held.id)).toMatchObject({ code: 'guardrail.answer' });
});

test('tools and limits are held of everybody', async () => {
  const tools = [{ type: 'function', function: { name: 'execute_shell', parameters: {} } }];
  const long = { max_completion_tokens: 5000 };
  for (const name of ['red', 'blue']) {
    expect((await as(name, { tools })).code).toBe('tool.denied');
    expect((await as(name, long)).code).toBe('request.over_cap');
  }
});

test('the report tells by team and category, over all processes', async () => {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const rows = await until(
    async () => Object((await admin(other, 'GET', `/admin/report?from=${from}`)).body).data,
    (data) => data.length === 4,
  );
  expect(rows).toEqual([
    expect.objectContaining({ guardrail: 'secrets', calls: 2, wouldRefuse: 2, refused: 0 }),
    { team: 'blue', guardrail: 'pii', category: 'EMAIL', calls: 1, wouldRefuse: 1, refused: 0 },
    expect.objectContaining({ team: 'red', guardrail: 'pii', wouldRefuse: 0, refused: 2 }),
    expect.objectContaining({ team: 'red', guardrail: 'secrets', wouldRefuse: 0, refused: 2 }),
  ]);
});

const fallback = async (at: GatewayProcess) =>
  Object((await admin(at, 'GET', '/admin/rollout')).body).fallback;

test('a jump sends everybody back to observing, everywhere, with an incident; one word brings it back', async () => {
  expect(await fallback(one)).toBeUndefined();
  await until(
    async () => (await codes(['red', 'rust'], MAIL)).join(''),
    (told) => told === '',
  );
  // By one key alone, so that the other process has no reason of its own.
  await until(
    async () => (await as('red', MAIL, other)).code,
    (code) => code === '',
  );
  expect(await fallback(other)).toMatchObject({ keys: 2, at: expect.any(String) });
  expect(await recorded(one, 'policy.fallback')).toHaveLength(1);
  expect(await recorded(other, 'policy.fallback')).toHaveLength(0);
  expect((await recorded(other, 'policy.fallback_applied')).at(-1)?.metadata['observing']).toBe(true);
  expect(await metric(other, 'sallyport_guardrails_fallen_back')).toBe(1);
  await until(
    async () => Object((await admin(other, 'GET', '/admin/incidents?rule=guardrails-fallback')).body).data,
    (found) => found.length === 1,
  );

  expect((await admin(other, 'DELETE', '/admin/rollout/fallback')).body).toEqual({ lifted: true });
  expect(await codes(['red', 'blue'], MAIL, other)).toEqual(['guardrail.pii', '']);
  await until(
    () => fallback(one),
    (found) => found === undefined,
  );
  expect((await as('red', MAIL)).code).toBe('guardrail.pii');
  expect((await admin(one, 'DELETE', '/admin/rollout/fallback')).body).toEqual({ lifted: false });
});
