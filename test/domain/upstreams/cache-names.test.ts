/**
 * Names of caches go up as keyed digests, one world for each team. Shown false by a scope that is the same for all
 * callers, and by edits that are made at the top of a batch's line.
 */
import { expect, test } from 'vitest';
import { cacheName, createCacheScopes } from '../../../src/domain/upstreams/cache-names.ts';
import { ADA, BOB, CHAT, chatBody, prepared, RESPONSES, rules } from '../../support/exchange.ts';
import { FORM_TYPE, formBytes } from '../../support/form-bytes.ts';

const cacheScope = createCacheScopes(Buffer.alloc(32, 7));
const deps = { ...rules().parse, cacheScope };
const scope = cacheScope(ADA);
const NAMED = { prompt_cache_key: 'tenant-42' };

async function sent(target: string, body: object | string): Promise<string> {
  const { prepared: preparation } = await prepared({ target, body }, ADA, deps);
  return Buffer.from(preparation.bytes ?? []).toString();
}

test('one team has one world, a user without a team one of their own', () => {
  const red = { ...ADA, team: 'red' };
  expect(cacheScope(red)).toBe(cacheScope({ ...BOB, team: 'red' }));
  const scopes = [red, { ...ADA, team: 'ada' }, ADA, BOB, { ...ADA, user: 'red' }].map(cacheScope);
  expect(new Set(scopes).size).toBe(5);
  expect(createCacheScopes(Buffer.alloc(32, 8))(ADA)).not.toBe(scope);
});

test('a name is the same each time, short enough, and tells nothing', () => {
  const name = cacheName(scope, 'tenant-42');
  expect(name).toMatch(/^[\w-]{43}$/);
  expect(cacheName(scope, 'tenant-42')).toBe(name);
  expect(cacheName(scope, 'tenant-43')).not.toBe(name);
  expect(cacheName(cacheScope(BOB), 'tenant-42')).not.toBe(name);
});

test('goes up in chat and Responses; every other byte stays', async () => {
  const digest = cacheName(scope, 'tenant-42');
  const body = `{ "prompt_cache_key" : "tenant-42", "model":"gpt-4o-mini", "max_tokens":9,  "messages":[{"role":"user","content":"Hi"}] }`;
  expect(await sent(CHAT, body)).toBe(body.replace('tenant-42', digest));
  expect(
    await sent(RESPONSES, { model: 'gpt-4o-mini', input: 'Hi', max_output_tokens: 9, ...NAMED }),
  ).toContain(`"prompt_cache_key":"${digest}"`);
  const plain = JSON.stringify(chatBody({ max_tokens: 9 }));
  expect(await sent(CHAT, plain)).toBe(plain);
});

const line = (body: object): string =>
  JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body });

test('in the lines of a batch as well, where the call has it', async () => {
  const lines = [line(chatBody({ max_tokens: 9, ...NAMED })), line(chatBody({ max_tokens: 9 }))].join('\n');
  const form = formBytes([
    { name: 'purpose', content: 'batch' },
    { name: 'file', filename: 'calls.jsonl', content: lines },
  ]);
  const { prepared: preparation } = await prepared(
    { target: '/v1/files', body: form, headers: { 'content-type': FORM_TYPE } },
    ADA,
    deps,
  );
  const text = Buffer.from(preparation.bytes ?? []).toString();
  expect(text).toContain(lines.replace('tenant-42', cacheName(scope, 'tenant-42')));
});
