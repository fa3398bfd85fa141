/** Promise 8: keys, tokens and personal data appear in no log, entry, metric, error or page, in any dress. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { admin } from '../support/admin.ts';
import { json, openaiError, sse } from '../support/behaviour.ts';
import { CHAT_BODY, CHAT_LINE, CHAT_STREAM, journey } from '../support/journey.ts';
import { honest } from '../support/openai-answer.ts';

const EMAIL = 'wilhelmina.canary@example.com';
const CARD = '4111111111111111';
const ANSWER_EMAIL = 'answering.canary@example.com';
const UPSTREAM_KEY = `sk-proj-${randomBytes(30).toString('hex')}`;
// A process: all that it writes counts, by whatever way.
const house = journey({ env: { LOG_LEVEL: 'trace', OPENAI_API_KEY: UPSTREAM_KEY } }, startGateway);

/** A text in the dresses it may be worn in. */
function dressed(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    text.split('').toReversed().join(''),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    // At each of the three alignments base64 has; whole groups of it alone are the same wherever they stand.
    ...[0, 1, 2].flatMap((skip) =>
      ['base64', 'base64url'].map((form) =>
        bytes
          .subarray(skip)
          .toString(form === 'base64' ? 'base64' : 'base64url')
          .slice(0, Math.floor((bytes.length - skip) / 3) * 4),
      ),
    ),
  ];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Everything the gateway wrote or shows, by where it stands. */
async function everything(): Promise<Map<string, string>> {
  const { gateway } = house;
  const found = new Map<string, string>([['logs', gateway.logs()]]);
  for (const path of filesBelow(gateway.dataDir)) found.set(path, readFileSync(path).toString('latin1'));
  for (const path of ['/metrics', '/readyz', '/livez', '/console'])
    found.set(path, await (await fetch(`${gateway.adminUrl}${path}`)).text());
  for (const path of [
    '/admin/keys',
    '/admin/audit?limit=1000',
    '/admin/usage?user=tester',
    '/admin/coverage',
  ])
    found.set(path, JSON.stringify(await admin(gateway, 'GET', path)));
  return found;
}

type Ask = (...call: Parameters<typeof house.ask>) => Promise<number>;

/** Canaries in every place where a caller can put one. */
async function provokeAsCaller(ask: Ask, prompt: string): Promise<void> {
  const { gateway } = house;
  const secret = CHAT_BODY.replace('Hi', `The key is ${gateway.callerKey}.`);
  expect(await ask(CHAT_LINE, prompt)).toBe(200);
  expect(await ask(CHAT_LINE, secret)).toBe(400);
  expect(await ask(CHAT_LINE, prompt.slice(0, -1))).toBe(400);
  expect(await ask(`POST /v1/chat/completions?api_key=${gateway.callerKey} HTTP/1.1`, prompt)).toBe(401);
  expect(await ask(`GET /v1/models/${CARD}?user=${EMAIL} HTTP/1.1`, '')).toBe(400);
  expect(await ask(`GET /${gateway.callerKey} HTTP/1.1`, '')).toBe(404);
  for (const model of [EMAIL, CARD, gateway.callerKey, UPSTREAM_KEY])
    await ask(CHAT_LINE, prompt.replace('gpt-4o-mini', model));
  expect(
    await ask(CHAT_LINE, prompt, [`Authorization: Bearer ${gateway.adminKey}`, `X-Forwarded-For: ${EMAIL}`]),
  ).toBe(401);
}

/** And in what upstream says, and where administrators look. */
async function provokeAsUpstream(ask: Ask, prompt: string): Promise<void> {
  const { gateway, upstream } = house;
  const echo = `no such model for ${EMAIL}, ${CARD}, ${UPSTREAM_KEY}, ${gateway.callerKey}`;
  for (const status of [400, 401, 404, 429, 500]) {
    upstream.script = () =>
      openaiError(status, UPSTREAM_KEY, echo, {
        headers: { 'x-request-id': EMAIL, 'set-cookie': UPSTREAM_KEY },
      });
    expect(await ask(CHAT_LINE, prompt)).toBeGreaterThanOrEqual(400);
  }
  upstream.script = () =>
    json(`{"id":"${ANSWER_EMAIL}`, { headers: { 'x-request-id': CARD.padEnd(70, 'x') } });
  expect(await ask(CHAT_LINE, prompt)).toBe(502);
  upstream.script = () => ({
    ...sse([`data: {"choices":[{"delta":{"content":"${ANSWER_EMAIL}"}}]}\n\n`]),
    ending: 'close',
  });
  expect(await ask(CHAT_LINE, CHAT_STREAM)).toBe(200);
  upstream.script = honest;
  await fetch(`${gateway.adminUrl}/admin/keys/${gateway.callerKey}`, {
    headers: { authorization: `Bearer ${gateway.callerKey}` },
  });
  await admin(gateway, 'DELETE', `/admin/keys/${gateway.callerKey}`);
  for (const query of [`audit?user=${EMAIL}`, `audit?user=${CARD}`, `usage?user=${gateway.callerKey}`])
    await admin(gateway, 'GET', `/admin/${query}`);
}

test('not one canary of callers, upstream or administration is anywhere', async () => {
  const { gateway } = house;
  const prompt = CHAT_BODY.replace(
    'Hi',
    `I am ${EMAIL}, my card is ${CARD}, my key ${gateway.callerKey.slice(0, 8)}`,
  );
  const errors: string[] = [];
  const ask: Ask = async (...call) => {
    const answer = await house.ask(...call);
    if (answer.status >= 400) errors.push(`${answer.head}\n${answer.body}`);
    return answer.status;
  };
  await provokeAsCaller(ask, prompt);
  await provokeAsUpstream(ask, prompt);
  const places = await everything();
  places.set('errors', errors.join('\n'));
  const canaries = {
    EMAIL,
    CARD,
    ANSWER_EMAIL,
    UPSTREAM_KEY,
    caller: gateway.callerKey,
    admin: gateway.adminKey,
  };
  const leaks = [...places].flatMap(([place, text]) =>
    Object.entries(canaries).flatMap(([name, canary]) =>
      dressed(canary).flatMap((form) => (text.includes(form) ? [`${name} in ${place}: ${form}`] : [])),
    ),
  );
  expect(leaks).toEqual([]);
  expect(errors.length).toBeGreaterThan(13);
});

test('the search finds what is there: a canary that may be seen, in each of its dresses', async () => {
  const places = await everything();
  const { body } = await admin(house.gateway, 'GET', '/admin/keys');
  expect([...places.values()].some((text) => text.includes('tester'))).toBe(true);
  expect(JSON.stringify(body)).toContain('tester');
  const hidden = `x${Buffer.from(`ab${EMAIL}cd`).toString('base64')}`;
  expect(dressed(EMAIL).some((form) => hidden.includes(form))).toBe(true);
});
