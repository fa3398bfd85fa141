/**
 * I18: every field of OpenAI's description that can cost is bounded by the quote before anything is reserved, or the call
 * is refused; which those are stands in openai/costing.ts, and each is moved here. A field that the description has and
 * nobody judged turns this red. Shown false by leaving `prediction`, `speed` or `context_management` out of the facts: the
 * one field is told each time.
 */
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { prepare, type PrepareJob } from '../../../src/domain/requests/preparation.ts';
import { requestSchema } from '../../../src/domain/requests/request-rules.ts';
import { toolsSchema } from '../../../src/domain/tools/tools.ts';
import { costingFields } from '../../../src/openai/costing.ts';
import { endpointOf, ENDPOINTS } from '../../../src/openai/endpoints/index.ts';
import { modelsSchema } from '../../../src/openai/prices.ts';
import { OPERATIONS } from '../../openai/description.ts';
import { joined } from '../../openai/plants.ts';
import { fieldsOf, FORM_TYPE, formBytes } from '../../support/form-bytes.ts';

const LONG = 'Tell me more about it. '.repeat(200);
const OFF = { injection: 'off', pii: 'off', secrets: 'off', reversible: false } as const;
const sound = (bytes: number) => Buffer.alloc(bytes, 0xff);

type Body = Readonly<Record<string, unknown>>;

/** Files are buffers. */
function jobOf(id: string, body: Body): PrepareJob {
  const isForm = endpointOf(id)?.body === 'multipart';
  const parts = Object.entries(body).flatMap(([name, value]) =>
    Buffer.isBuffer(value) ? [{ name, content: value, filename: 'a' }] : fieldsOf(name, value),
  );
  return {
    endpointId: id,
    params: {},
    query: [],
    contentType: isForm ? FORM_TYPE : 'application/json',
    bytes: isForm ? formBytes(parts) : Buffer.from(JSON.stringify(body)),
    policy: OFF,
    rules: requestSchema.parse({}),
    tier: {},
    keyTokensMax: undefined,
    models: modelsSchema.parse({ projectServiceTier: 'default' }),
    tools: { settings: toolsSchema.parse({}), keyTools: undefined },
  };
}

/** What is reserved at most, in nano-dollars; Infinity where the call is refused. */
function nanoOf(id: string, body: Body): number {
  try {
    const { quote, quoteRefusal } = prepare(jobOf(id, body));
    return quoteRefusal ? Infinity : (quote?.nano ?? 0);
  } catch (error) {
    if (error instanceof Refusal) return Infinity;
    throw error;
  }
}

const chat = {
  model: 'gpt-5.4-mini',
  messages: [{ role: 'user', content: 'Hi' }],
  max_completion_tokens: 100,
};
const asked = { model: 'gpt-5.4-mini', input: 'Hi', max_output_tokens: 100 };
const web = [{ type: 'web_search' }];
const picture = { model: 'gpt-image-1', prompt: 'A cat', quality: 'low', size: '1024x1024' };
const edit = { ...picture, images: [{ file_id: 'file_1' }] };

/** By operation: an ordinary body, and for each field a body that is dearer by that field. */
const MOVES: Readonly<Record<string, readonly [base: Body, moves: Readonly<Record<string, Body>>]>> = {
  'chat.completions.create': [
    chat,
    {
      model: { model: 'gpt-5.5-pro' },
      messages: { messages: [{ role: 'user', content: LONG }] },
      tools: { tools: [{ type: 'function', function: { name: 'f', description: LONG } }] },
      functions: { functions: [{ name: 'f', description: LONG }] },
      response_format: { response_format: { type: 'json_schema', json_schema: { name: LONG } } },
      prediction: { prediction: { type: 'content', content: LONG } },
      n: { n: 7 },
      max_tokens: { max_tokens: 5000 },
      max_completion_tokens: { max_completion_tokens: 5000 },
      service_tier: { service_tier: 'priority' },
      web_search_options: { web_search_options: {} },
    },
  ],
  'completions.create': [
    { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi', max_tokens: 100 },
    {
      model: { model: 'davinci-002', max_tokens: 4000 },
      prompt: { prompt: [LONG, LONG] },
      suffix: { suffix: LONG },
      n: { n: 3 },
      best_of: { best_of: 5 },
      max_tokens: { max_tokens: 2000 },
    },
  ],
  'responses.create': [
    asked,
    {
      model: { model: 'gpt-5.5-pro' },
      input: { input: [{ role: 'user', content: LONG }] },
      instructions: { instructions: LONG },
      tools: { tools: web },
      text: { text: { format: { type: 'json_schema', name: 'a', schema: { description: LONG } } } },
      prompt: { prompt: { id: 'pmpt_1' } },
      conversation: { conversation: 'conv_1' },
      previous_response_id: { previous_response_id: 'resp_1' },
      max_output_tokens: { max_output_tokens: 5000 },
      max_tool_calls: { tools: web, max_tool_calls: 50 },
      service_tier: { service_tier: 'priority' },
      context_management: { context_management: [{ type: 'compaction' }] },
      multi_agent: { multi_agent: { enabled: true } },
    },
  ],
  'responses.compact': [
    { model: 'gpt-5.4-mini', input: 'Hi' },
    {
      model: { model: 'gpt-5.5-pro' },
      input: { input: LONG },
      instructions: { instructions: LONG },
      previous_response_id: { previous_response_id: 'resp_1' },
      service_tier: { service_tier: 'priority' },
    },
  ],
  'embeddings.create': [
    { model: 'text-embedding-3-small', input: 'Hi' },
    { model: { model: 'text-embedding-3-large' }, input: { input: [LONG, LONG] } },
  ],
  'audio.speech.create': [
    { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hello there' },
    {
      model: { model: 'tts-1-hd', input: LONG },
      input: { input: LONG },
      instructions: { instructions: LONG },
      speed: { speed: 0.25 },
    },
  ],
  'audio.transcriptions.create': [
    { model: 'gpt-4o-mini-transcribe', file: sound(1000) },
    {
      model: { model: 'gpt-4o-transcribe' },
      file: { file: sound(900_000) },
      prompt: { prompt: LONG },
      keywords: { keywords: [LONG] },
      known_speaker_references: { known_speaker_references: [LONG] },
    },
  ],
  'audio.translations.create': [
    { model: 'gpt-4o-mini-transcribe', file: sound(1000) },
    { model: { model: 'gpt-4o-transcribe' }, file: { file: sound(900_000) }, prompt: { prompt: LONG } },
  ],
  'images.generate': [
    picture,
    {
      model: { model: 'gpt-image-9' },
      prompt: { prompt: LONG },
      n: { n: 5 },
      size: { size: '4096x4096' },
      quality: { quality: 'high' },
    },
  ],
  'images.edit': [
    edit,
    {
      model: { model: 'gpt-image-9' },
      prompt: { prompt: LONG },
      image: { image: ['a', 'b'] },
      images: { images: [{ file_id: 'a' }, { file_id: 'b' }] },
      mask: { mask: { file_id: 'a' } },
      n: { n: 5 },
      size: { size: '4096x4096' },
      quality: { quality: 'high' },
    },
  ],
  'images.create_variation': [
    { model: 'dall-e-2', image: sound(1000), size: '256x256' },
    {
      model: { model: 'dall-e-3' },
      image: { image: sound(1000), n: '2' },
      n: { n: '5' },
      size: { size: '1024x1024' },
    },
  ],
  'containers.create': [{ name: 'c', memory_limit: '1g' }, { memory_limit: { memory_limit: '64g' } }],
  'videos.create': [
    { model: 'sora-2', prompt: 'A cat', seconds: '4' },
    {
      model: { model: 'sora-2-pro' },
      seconds: { seconds: '12' },
      size: { model: 'sora-2-pro', size: '1792x1024' },
    },
  ],
};

/** As many bytes of text as the change has, so that it is not for its bytes that the other is dearer. */
function padding(change: Body): string {
  const isBytes = Object.values(change).some((value) => Buffer.isBuffer(value));
  return isBytes ? '' : 'x'.repeat(JSON.stringify(change).length);
}

describe('moved, each field is dearer or refused', () => {
  for (const [id, [base, moves]] of Object.entries(MOVES)) {
    test.each(Object.entries(moves))(`${id}: %s`, (_field, change) => {
      const isText = JSON.stringify(change).includes(LONG) && !('prediction' in change);
      const cheap = nanoOf(id, isText ? base : { ...base, user: padding(change) });
      expect(cheap).toBeGreaterThan(0);
      expect(cheap).toBeLessThan(Infinity);
      expect(nanoOf(id, { ...base, ...change })).toBeGreaterThan(cheap);
    });
  }
  test('no field of the table is left out', () => {
    // An event of a socket has the fields of a request.
    const rows = ENDPOINTS.filter(({ method }) => method !== 'WEBSOCKET');
    const wanted = rows.flatMap((row) => [...costingFields(row)].map((name) => `${row.id} ${name}`));
    const moved = Object.entries(MOVES).flatMap(([id, [, moves]]) =>
      Object.keys(moves).map((name) => `${id} ${name}`),
    );
    expect(wanted.filter((each) => !moved.includes(each))).toEqual([
      // Says who waits, not what is done: charged whole where no usage is seen (test/domain/limits/charges).
      'responses.create background',
      // A batch costs what its lines do: test/domain/requests/batch.test.ts.
      'batches.create input_file_id',
    ]);
  });
});

/** Fields that change what is answered, stored or shown, within the bounds of those that cost. */
const FREE = new Set(
  `metadata top_logprobs temperature top_p user safety_identifier prompt_cache_key prompt_cache_retention
  prompt_cache_options modalities verbosity reasoning_effort frequency_penalty presence_penalty audio store moderation
  stream stop logit_bias logprobs seed stream_options tool_choice parallel_tool_calls function_call echo truncation
  reasoning include encoding_format dimensions voice response_format stream_format language languages temperature
  timestamp_granularities chunking_strategy known_speaker_names output_format output_compression partial_images
  background style input_fidelity name file_ids expires_after skills network_policy query rewrite_query
  max_num_results filters ranking_options`.split(/\s+/),
);

test('every field of the description that is paid for by use has been judged', () => {
  const unknown = ENDPOINTS.filter(({ cost }) => cost === 'tokens' || cost === 'unit').flatMap((row) => {
    const shapes = Object.values(OPERATIONS.get(`${row.method} ${row.path}`)?.bodies ?? {});
    const beta = Object.values(OPERATIONS.get(`${row.method} ${row.path}?beta=true`)?.bodies ?? {});
    const names = [...shapes, ...beta].flatMap((shape) => Object.keys(joined(shape).o));
    const costs = costingFields(row);
    return names.filter((name) => !costs.has(name) && !FREE.has(name)).map((name) => `${row.id} ${name}`);
  });
  expect(unknown).toEqual([]);
});
