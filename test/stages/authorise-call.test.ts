/** stages/authorise-call: what a call names must be open to who calls. */
import { describe, expect, test } from 'vitest';
import { objectsSchema } from '../../src/domain/objects/objects.ts';
import type { Tier } from '../../src/domain/limits/tiers.ts';
import {
  authoriseAddresses,
  authoriseModelAndTools,
  authoriseObjects,
} from '../../src/stages/authorise-call.ts';
import {
  ADA,
  BOB,
  type CallOptions,
  chatBody,
  codeOf,
  memoryStore,
  prepared,
  RESPONSES,
  rules,
  OPEN_HOUSE,
  withKey,
} from '../support/exchange.ts';

const tiers = (tier: Tier) => rules({ scopes: { tiers: { pro: tier } } });
const declared = (name: string) => chatBody({ tools: [{ type: 'function', function: { name } }] });
const named = (id: string) => ({ method: 'GET', target: `/v1/models/${id}` });

async function model(options: CallOptions, tier: Tier): Promise<string> {
  const exchange = await prepared(options);
  return codeOf(() => authoriseModelAndTools(tiers(tier).limiting, OPEN_HOUSE)(exchange));
}

async function addressed(url: string, allow: string[]): Promise<string> {
  const content = [{ type: 'image_url', image_url: { url } }];
  const exchange = await prepared({ body: chatBody({ messages: [{ role: 'user', content }] }) });
  return codeOf(() => authoriseAddresses(allow)(exchange));
}

describe('authorise-call', () => {
  test('the model: by tier and by key, also by a prefix', async () => {
    const { limiting } = tiers({ models: ['gpt-4o*', 'o3'] });
    const ask = async (model: string, models?: string[]) => {
      const exchange = await prepared({ body: chatBody({ model }) }, withKey({ models }));
      return codeOf(() => authoriseModelAndTools(limiting, OPEN_HOUSE)(exchange));
    };
    expect(await ask('gpt-4o-mini')).toBe('ok');
    expect(await ask('o3')).toBe('ok');
    expect(await ask('o3-pro')).toBe('access.model');
    expect(await ask('gpt-4o-mini', ['gpt-4o-mini'])).toBe('ok');
    expect(await ask('gpt-4o', ['gpt-4o-mini'])).toBe('access.model');
    expect(await ask('gpt-5', ['*'])).toBe('access.model');
  });

  test('where upstream may choose the model, a list refuses a call without one; one in the path counts', async () => {
    const open = { target: RESPONSES, body: { input: 'x' } };
    expect(await model(open, {})).toBe('ok');
    expect(await model(open, { models: ['gpt-4o'] })).toBe('access.model');
    expect(await model(named('gpt-4o'), { models: ['gpt-4o'] })).toBe('ok');
    expect(await model(named('gpt-5'), { models: ['gpt-4o'] })).toBe('access.model');
    expect(await model({ method: 'GET', target: '/v1/models' }, { models: ['gpt-4o'] })).toBe('ok');
  });

  test('a tool that is denied is refused, and its name is not told', async () => {
    const { limiting, parse } = rules({ tools: { deny: ['execute_shell'] } });
    const guard = authoriseModelAndTools(limiting, OPEN_HOUSE);
    const refused = await prepared({ body: declared('execute_shell') }, ADA, parse);
    expect(await codeOf(() => guard(refused))).toBe('tool.denied');
    const harmless = await prepared({ body: declared('search') }, ADA, parse);
    expect(await codeOf(() => guard(harmless))).toBe('ok');
  });

  test('addresses: the host as a whole, or a prefix of it', async () => {
    expect(await addressed('https://img.example.com/a.png', ['img.example.com'])).toBe('ok');
    expect(await addressed('https://IMG.example.com:8443/a.png?x=@y', ['img.example.com'])).toBe('ok');
    expect(await addressed('https://10.1.2.3/a.png', ['*'])).toBe('ok');
    expect(await addressed('data:image/png;base64,AAAA', [])).toBe('ok');
    expect(await addressed('https://img.example.com/a.png', [])).toBe('request.reference');
    expect(await addressed('https://a.example.com/x', ['*.example.com'])).toBe('ok');
    expect(await addressed('https://badexample.com/x', ['*.example.com'])).toBe('request.reference');
    expect(await addressed('https://img.example.com.evil.org/x', ['img.example.com'])).toBe(
      'request.reference',
    );
    expect(await addressed('https://example.org/img.example.com', ['img.example.com'])).toBe(
      'request.reference',
    );
    expect(await addressed('img.example.com/a.png', ['img.example.com'])).toBe('request.reference');
  });

  test.each([
    'https://img.example.com@example.org/a.png',
    'https://img.example.com\\@example.org/a.png',
    'https:\\\\img.example.com/a.png',
    'https://img.exam\tple.com/a.png',
    ' https://img.example.com/a.png',
    'https://img%2Eexample.com/a.png',
    'https:img.example.com',
    'https:///img.example.com',
    'https://img。example。com/',
  ])('an address that others may read otherwise is refused: %j', async (url) => {
    expect(await addressed(url, ['img.example.com'])).toBe('request.reference');
  });

  test("objects: one's own and the team's are found; another's, and an unknown one, do not exist", async () => {
    const store = await memoryStore();
    await store.putOwner({ id: 'resp_1', kind: 'response', user: 'ada', team: 'red', createdAt: 1 });
    const ask = async (id: string, caller: typeof ADA, settings: object = {}) => {
      const exchange = await prepared({ method: 'GET', target: `/v1/responses/${id}` }, caller);
      const code = await codeOf(() => authoriseObjects(store, objectsSchema.parse(settings))(exchange));
      return `${code} ${exchange.owners.length}`;
    };
    expect(await ask('resp_1', ADA)).toBe('ok 1');
    expect(await ask('resp_1', { ...BOB, team: 'red' })).toBe('ok 1');
    expect(await ask('resp_1', { ...BOB, team: 'red' }, { isolation: 'user' })).toBe(
      'access.unknown_object 0',
    );
    expect(await ask('resp_1', BOB)).toBe('access.unknown_object 0');
    expect(await ask('resp_2', ADA)).toBe('access.unknown_object 0');
    expect(await ask('resp_2', ADA, { unknown: 'allow' })).toBe('ok 0');
    expect(await ask('resp_1', BOB, { isolation: 'off' })).toBe('ok 0');
  });
});
