/**
 * Parameters by policy: what is forced stands in the bytes that go up and in the price, what is forbidden or over its bound
 * is refused, in a call, a line of a batch, an event of a socket. Shown false by an `applyParameters` that answers what it
 * was given, and by a `checkLineParameters` that does nothing.
 */
import { describe, expect, test } from 'vitest';
import { asRefusal } from '../../../src/base/errors.ts';
import type { Caller } from '../../../src/domain/callers/caller.ts';
import { type ParameterPolicy, parametersSchema } from '../../../src/domain/limits/parameters.ts';
import { ADA, CHAT, chatBody, prepared, RESPONSES, rules } from '../../support/exchange.ts';
import { FORM_TYPE, formBytes } from '../../support/form-bytes.ts';

const TEAM: Caller = { ...ADA, team: 'red' };
const policy = (given: object): ParameterPolicy => parametersSchema.parse(given);

interface Layers {
  readonly house?: object;
  readonly tier?: object;
  readonly team?: object;
}

function partsOf({ house, tier, team }: Layers) {
  return rules({
    scopes: {
      tiers: { pro: { ...(tier && { parameters: policy(tier) }) } },
      ...(house && { parameters: policy(house) }),
      teams: { red: { ...(team && { parameters: policy(team) }) } },
    },
  }).parse;
}

async function ask(
  layers: Layers,
  target: string,
  body: object | string | Buffer,
  type = 'application/json',
) {
  try {
    const exchange = await prepared(
      { target, body, headers: { 'content-type': type } },
      TEAM,
      partsOf(layers),
    );
    const { bytes, parameters, quote } = exchange.prepared;
    return { sent: Buffer.from(bytes ?? []).toString(), changed: parameters, quote };
  } catch (error) {
    const { code, options } = asRefusal(error);
    return { sent: '', refused: `${code} ${options.param}` };
  }
}

const CAPPED = { max_completion_tokens: 64 };
const response = (more: object = {}) => ({
  model: 'gpt-4o-mini',
  input: 'Hi',
  max_output_tokens: 64,
  max_tool_calls: 1,
  ...more,
});

/** What is evaluated by a model, whose effort stands further down. */
const graded = (effort: string) => ({
  data_source_config: { type: 'custom', item_schema: { type: 'object' } },
  testing_criteria: [
    { type: 'score_model', name: 'a', model: 'o3', input: [], sampling_params: { reasoning_effort: effort } },
  ],
});

describe('what is forced', () => {
  test('is written, and every other byte stays as it came', async () => {
    const body =
      '{ "model":"gpt-4o-mini", "store" : true , "input":"H\\u0069", "max_output_tokens":64, "max_tool_calls":1 }';
    const { sent, changed } = await ask({ team: { store: { force: false } } }, RESPONSES, body);
    expect(sent).toBe(body.replace('"store" : true', '"store" : false'));
    expect(changed).toEqual(['store']);
  });

  test('is written where nothing was said, several at once', async () => {
    const layers = {
      team: { store: { force: false }, service_tier: { force: 'default' }, background: { force: false } },
    };
    const { sent, changed } = await ask(layers, RESPONSES, response());
    expect(JSON.parse(sent)).toEqual({
      ...response(),
      store: false,
      service_tier: 'default',
      background: false,
    });
    expect(changed).toEqual(['store', 'background', 'service_tier']);
  });

  test('changes nothing that says it already', async () => {
    const body = JSON.stringify(response({ store: false }));
    const { sent, changed } = await ask({ house: { store: { force: false } } }, RESPONSES, body);
    expect([sent, changed]).toEqual([body, undefined]);
  });

  test('is what the call is priced by', async () => {
    const dear = chatBody({ ...CAPPED, model: 'gpt-4o', service_tier: 'priority' });
    const free = await ask({}, CHAT, dear);
    const held = await ask({ house: { service_tier: { force: 'default' } } }, CHAT, dear);
    expect(held.quote?.nano).toBeLessThan(free.quote?.nano ?? 0);
  });

  test('by the house stays so whatever a team says', async () => {
    const layers = { house: { store: { force: false } }, team: { store: { force: true } } };
    for (const more of [{}, { store: true }, { store: false }]) {
      const { sent } = await ask(layers, RESPONSES, response(more));
      expect([more, JSON.parse(sent).store]).toEqual([more, false]);
    }
  });

  test('is the effort of models that would think longer by themselves', async () => {
    const layers = { tier: { reasoning: { max: 'low' } } };
    expect(JSON.parse((await ask(layers, RESPONSES, response({ model: 'gpt-5' }))).sent).reasoning).toEqual({
      effort: 'low',
    });
    expect(
      JSON.parse((await ask(layers, CHAT, chatBody({ ...CAPPED, model: 'o3' }))).sent).reasoning_effort,
    ).toBe('low');
    expect((await ask(layers, RESPONSES, response())).changed).toBeUndefined();
  });

  test('an empty body has it all, and is refused for what it lacks', async () => {
    expect(
      (await ask({ house: { store: { force: false }, service_tier: { force: 'default' } } }, CHAT, '{}'))
        .refused,
    ).toMatch(/^request.missing_model/);
  });
});

describe('what is not allowed is refused', () => {
  test.each<[object, string, object, string]>([
    [{ background: 'forbid' }, RESPONSES, response({ background: true }), 'background'],
    [{ background: 'forbid' }, RESPONSES, response({ background: 'yes' }), 'background'],
    [{ store: 'forbid' }, RESPONSES, response(), 'store'],
    [{ store: 'forbid' }, CHAT, chatBody({ store: true }), 'store'],
    [{ service_tier: { allow: ['default'] } }, CHAT, chatBody(), 'service_tier'],
    [
      { service_tier: { allow: ['auto', 'default'] } },
      CHAT,
      chatBody({ service_tier: 'priority' }),
      'service_tier',
    ],
    [{ n: { max: 2 } }, CHAT, chatBody({ n: 3 }), 'n'],
    [
      { n: { max: 2 } },
      '/v1/completions',
      { model: 'gpt-3.5-turbo-instruct', prompt: 'a', best_of: 3 },
      'best_of',
    ],
    [{ temperature: { max: 1 } }, CHAT, chatBody({ temperature: 1.5 }), 'temperature'],
    [
      { include: { deny: ['web_search_call.results'] } },
      RESPONSES,
      response({ include: ['file_search_call.results', 'web_search_call.results'] }),
      'include',
    ],
    [{ include: { deny: ['*'] } }, RESPONSES, response({ include: ['x'] }), 'include'],
    [
      { reasoning: { max: 'medium' } },
      RESPONSES,
      response({ reasoning: { effort: 'high' } }),
      'reasoning.effort',
    ],
    [{ reasoning: { max: 'medium' } }, CHAT, chatBody({ reasoning_effort: 'boundless' }), 'reasoning_effort'],
    [{ reasoning: { max: 'low' } }, '/v1/evals', graded('high'), 'sampling_params.reasoning_effort'],
  ])('%j', async (team, target, body, param) => {
    expect((await ask({ team }, target, body)).refused).toBe(`request.parameter ${param}`);
    // What the policy of another layer allows is of no help.
    expect((await ask({ house: team, team: {} }, target, body)).refused).toBe(`request.parameter ${param}`);
    expect((await ask({}, target, body)).refused ?? '').not.toContain('request.parameter');
  });

  test.each<[object, string, object]>([
    [{ background: 'forbid' }, RESPONSES, response({ background: false })],
    [{ store: 'forbid' }, CHAT, chatBody(CAPPED)],
    [{ service_tier: { allow: ['auto'] } }, CHAT, chatBody(CAPPED)],
    [{ n: { max: 2 } }, CHAT, chatBody({ ...CAPPED, n: 2 })],
    [
      { include: { deny: ['web_search_call.results'] } },
      RESPONSES,
      response({ include: ['file_search_call.results'] }),
    ],
    [
      { reasoning: { max: 'medium' } },
      RESPONSES,
      response({ reasoning: { effort: 'low', summary: 'auto' } }),
    ],
    [{ reasoning: { max: 'low' } }, '/v1/evals', graded('low')],
  ])('what is within its bound goes as it came: %j', async (team, target, body) => {
    expect((await ask({ team }, target, body)).sent).toBe(JSON.stringify(body));
  });

  test('in an address as in a body', async () => {
    const parse = partsOf({ team: { include: { deny: ['web_search_call.results'] } } });
    const call = prepared(
      { method: 'GET', target: '/v1/responses/resp_1?include[]=web_search_call.results' },
      TEAM,
      parse,
    );
    await expect(call).rejects.toMatchObject({ code: 'request.parameter' });
  });

  test('in a form', async () => {
    const form = formBytes([
      { name: 'model', content: 'gpt-image-1' },
      { name: 'prompt', content: 'A boat' },
      { name: 'n', content: '4' },
      { name: 'image', filename: 'a.png', content: 'x' },
    ]);
    expect((await ask({ team: { n: { max: 2 } } }, '/v1/images/edits', form, FORM_TYPE)).refused).toBe(
      'request.parameter n',
    );
  });
});

const file = (body: object) =>
  formBytes([
    { name: 'purpose', content: 'batch' },
    {
      name: 'file',
      filename: 'b.jsonl',
      content: JSON.stringify({ custom_id: '1', method: 'POST', url: RESPONSES, body }),
    },
  ]);

const upload = async (team: object, body: object) =>
  (await ask({ team }, '/v1/files', file(body), FORM_TYPE)).refused;

describe('a line of a batch', () => {
  test('that would be rewritten is refused; one that says it itself is taken', async () => {
    expect(await upload({ store: { force: false } }, response())).toBe('request.parameter file');
    expect(await upload({ store: { force: false } }, response({ store: false }))).toBeUndefined();
  });
  test('is bounded as a call of its own', async () => {
    expect(await upload({ background: 'forbid' }, response({ background: true }))).toBe(
      'request.parameter file',
    );
    expect(await upload({ background: 'forbid' }, response())).toBeUndefined();
  });
});

describe('the section', () => {
  test.each([
    [{ service_tier: { allow: ['auto'], force: 'default' } }],
    [{ reasoning: { max: 'huge' } }],
    [{ stores: 'forbid' }],
    [{ n: { max: 0 } }],
  ])('refuses %j', (given) => expect(parametersSchema.safeParse(given).success).toBe(false));
});
