import { describe, expect, it } from 'vitest';
import type { MultipartBody } from '../../src/openai/body.ts';
import type { Endpoint } from '../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { parseJson } from '../../src/openai/json.ts';
import { findReferences, findUrls, OBJECTS_MAX } from '../../src/openai/objects.ts';
import { sealedId } from '../../src/openai/sealed.ts';
import { matchRoute } from '../../src/openai/route.ts';

function endpoint(id: string): Endpoint {
  const row = ENDPOINTS.find((row) => row.id === id);
  if (!row) throw new Error(`no row ${id}`);
  return row;
}

const json = (value: unknown) => parseJson(Buffer.from(JSON.stringify(value)));

/** `pointer kind id`, as found in a body. */
function inBody(value: unknown, id = 'responses.create'): string[] {
  return findReferences(endpoint(id), {}, json(value)).map(
    (found) => `${found.pointer} ${found.kind} ${found.id}`,
  );
}

/** `name kind id`, as found in a target. */
function inTarget(method: string, target: string): string[] {
  const { endpoint, params, query } = matchRoute(method, `/v1${target}`);
  return findReferences(endpoint, params, undefined, query).map(
    (found) => `${found.pointer} ${found.kind} ${found.id}`,
  );
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => `file-${i}`);

/** Shown false without the bound: 30,000 ids in one call held up the event loop for 0.2 s in the embedded store. */
describe('how many objects a call names', () => {
  it('is bounded, however many are different', () => {
    expect(inBody({ file_ids: ids(OBJECTS_MAX) })).toHaveLength(OBJECTS_MAX);
    expect(() => inBody({ file_ids: ids(OBJECTS_MAX + 1) })).toThrow(
      expect.objectContaining({ code: 'request.too_complex' }),
    );
  });

  it('may be the same ones in every line', () => {
    const same = Array.from({ length: 3 * OBJECTS_MAX }, () => 'file-1');
    expect(inBody({ file_ids: same })).toEqual(['/file_ids/0 file file-1']);
  });
});

const named = (name: string, value: object) => ({ prompt: { id: 'p', variables: { [name]: value } } });

/** Shown false by taking every `schema` for one: another's file and any address went up in a variable of that name. */
describe('names of the caller', () => {
  it.each(['city', 'schema', 'parameters', 'metadata', 'variables', 'attributes'])(
    'hide nothing: %s',
    (name) => {
      const body = named(name, { type: 'input_file', file_id: 'file-1', file_url: 'http://a.example/' });
      expect(inBody(body)).toContain(`/prompt/variables/${name}/file_id file file-1`);
      expect(findUrls(json(body))).toEqual([
        { url: 'http://a.example/', pointer: `/prompt/variables/${name}/file_url` },
      ]);
    },
  );
});

const of = (prefix: string) => `${prefix}0123456789abcdef01`;

/** Shown false by names alone, and by values alone: prose that is an id would be refused. */
describe('fields that nobody knows yet', () => {
  it.each([
    [{ base_file: of('file-') }, `/base_file file ${of('file-')}`],
    [{ Previous_Response_Id: of('resp_') }, `/Previous_Response_Id response ${of('resp_')}`],
    [{ base: { from: [{ id: of('vs_') }] } }, `/base/from/0/id vector_store ${of('vs_')}`],
    [{ tools: [{ type: 'new', store_id: of('vs_') }] }, `/tools/0/store_id vector_store ${of('vs_')}`],
    [
      { input: [{ type: 'new', source_ids: [of('cntr_')] }] },
      `/input/0/source_ids/0 container ${of('cntr_')}`,
    ],
    [{ input: [{ type: 'new', sourceId: of('file-') }] }, `/input/0/sourceId file ${of('file-')}`],
    [{ input: [{ type: 'new', FILE_IDS: [of('file-')] }] }, `/input/0/FILE_IDS/0 file ${of('file-')}`],
  ])('name what looks like an id: %j', (body, found) => {
    expect(inBody(body)).toEqual([found]);
  });

  it.each([
    { input: of('file-') },
    { input: [{ role: 'user', content: [{ type: 'input_text', text: of('resp_') }] }] },
    { base_file: 'file-search' },
    { mode: 'thread_per_user' },
    { metadata: { ticket_id: of('run_') } },
    {
      tools: [{ type: 'function', name: 'f', parameters: { properties: { x: { default_id: of('vs_') } } } }],
    },
    { input: [{ type: 'function_call_output', call_id: of('call_'), output: of('batch_') }] },
  ])('and nothing else: %j', (body) => {
    expect(inBody(body)).toEqual([]);
  });
});

const FILE = of('file-');
const inForm = (id: string, parts: MultipartBody['parts']) =>
  findReferences(endpoint(id), {}, { kind: 'multipart', parts }).map(({ kind, pointer }) => [pointer, kind]);
const line = (body: object, more: object = {}) => ({
  custom_id: FILE,
  method: 'POST',
  url: '/v1/responses',
  body,
  ...more,
});

const inLine = (value: object) => {
  const documents = [{ body: json(value), at: 0 }];
  const file = { name: 'file', filename: 'a.jsonl', contentType: '', bytes: Buffer.alloc(0), documents };
  return inForm('files.create', [{ name: 'purpose', value: 'batch' }, file]);
};

/** Shown false by lines of which nothing is known, and by parts that go by their name alone. */
describe('the same in lines of batches, and in parts of forms', () => {
  it('where a line has a field that its call has not', () => {
    expect(inLine(line({ input: 'x', brand_new: FILE }))).toEqual([['/body/brand_new', 'file']]);
    expect(inLine(line({ input: [{ sourceId: FILE }] }))).toEqual([['/body/input/0/sourceId', 'file']]);
    expect(inLine(line({ input: FILE, instructions: FILE }))).toEqual([]);
    expect(inLine(line({ brand_new: FILE }, { url: '/v1/of/nobody' }))).toEqual([]);
  });

  it('where a form has a part that is not known', () => {
    const found = ['extra', 'FILE_ID', 'file_id ', 'input_reference.file_id'].map((name) => [name, 'file']);
    const parts = found.map(([name = '']) => ({ name, value: FILE }));
    expect(inForm('videos.create', [...parts, { name: 'prompt', value: FILE }])).toEqual(found);
  });
});

describe('objects of a path', () => {
  it('are what the row says', () => {
    expect(inTarget('GET', '/responses/resp_1')).toEqual(['response_id response resp_1']);
    expect(inTarget('POST', '/batches/batch_1/cancel')).toEqual(['batch_id batch batch_1']);
    expect(inTarget('GET', '/models/gpt-6')).toEqual([]);
    expect(inTarget('GET', '/models/ft:gpt-6:a')).toEqual(['model fine_tuned_model ft:gpt-6:a']);
    expect(inTarget('DELETE', '/models/any')).toEqual(['model fine_tuned_model any']);
    expect(inTarget('GET', '/files')).toEqual([]);
  });

  it('are all of them, those that exist within another alone too', () => {
    expect(inTarget('GET', '/conversations/conv_1/items/msg_1')).toEqual([
      'conversation_id conversation conv_1',
      'item_id conversation_item msg_1',
    ]);
    expect(inTarget('GET', '/containers/c_1/files/f_1')).toEqual([
      'container_id container c_1',
      'file_id container_file f_1',
    ]);
    expect(inTarget('GET', '/skills/skill_1/versions/2')).toEqual(['skill_id skill skill_1']);
    expect(inTarget('GET', '/vector_stores/vs_1/files/file-1')).toEqual([
      'vector_store_id vector_store vs_1',
      'file_id file file-1',
    ]);
  });

  it('stand in the query as well', () => {
    expect(inTarget('GET', '/threads/t_1/messages?run_id=run_1')).toEqual([
      'thread_id thread t_1',
      'run_id run run_1',
    ]);
    expect(inTarget('GET', '/containers/c_1/files?after=f_1')).toEqual([
      'container_id container c_1',
      'after container_file f_1',
    ]);
    expect(inTarget('GET', '/chat/completions?model=ft:x')).toEqual(['model fine_tuned_model ft:x']);
  });
});

describe('objects of a body', () => {
  it.each([
    [{ previous_response_id: 'resp_1' }, '/previous_response_id response resp_1'],
    [{ conversation: 'conv_1' }, '/conversation conversation conv_1'],
    [{ conversation: { id: 'conv_1' } }, '/conversation/id conversation conv_1'],
    [{ prompt: { id: 'pmpt_1', version: '2' } }, '/prompt/id prompt pmpt_1'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, '/input/0/id conversation_item msg_1'],
    [{ input: [{ id: 'msg_1' }] }, '/input/0/id conversation_item msg_1'],
    [{ input: [{ type: null, id: 'msg_1' }] }, '/input/0/id conversation_item msg_1'],
    [{ input: [{ type: 'image_generation_call', id: 'ig_1' }] }, '/input/0/id image_generation ig_1'],
    [{ input: [{ type: 'reasoning', id: 'rs_1', summary: [] }] }, '/input/0/id conversation_item rs_1'],
    [
      { input: [{ content: [{ type: 'input_file', file_id: 'f_1' }] }] },
      '/input/0/content/0/file_id file f_1',
    ],
    [
      { input: [{ output: [{ type: 'input_image', file_id: 'f_1' }] }] },
      '/input/0/output/0/file_id file f_1',
    ],
    [
      { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] },
      '/tools/0/vector_store_ids/0 vector_store vs_1',
    ],
    [{ tools: [{ container: 'cntr_1' }] }, '/tools/0/container container cntr_1'],
    [{ tools: [{ container: { file_ids: ['f_1'] } }] }, '/tools/0/container/file_ids/0 file f_1'],
    [
      { tools: [{ environment: { container_id: 'cntr_1' } }] },
      '/tools/0/environment/container_id container cntr_1',
    ],
    [{ tools: [{ skills: [{ skill_id: 'skill_1' }] }] }, '/tools/0/skills/0/skill_id skill skill_1'],
    [{ messages: [{ audio: { id: 'audio_1' } }] }, '/messages/0/audio/id audio audio_1'],
    [{ audio: { voice: { id: 'voice_1' } } }, '/audio/voice/id voice voice_1'],
    [{ input_file_id: 'f_1' }, '/input_file_id file f_1'],
    [{ training_file: 'f_1' }, '/training_file file f_1'],
    [{ data_source: { source: { type: 'file_id', id: 'f_1' } } }, '/data_source/source/id file f_1'],
    [{ model: 'ft:gpt-6:acme::1' }, '/model fine_tuned_model ft:gpt-6:acme::1'],
    [{ assistant_id: 'asst_1' }, '/assistant_id assistant asst_1'],
    [{ workflow: { id: 'wf_1' } }, '/workflow/id workflow wf_1'],
    [{ anything: { deep: [[{ file_ids: [['f_1']] }]] } }, '/anything/deep/0/0/file_ids/0/0 file f_1'],
  ])('are found: %j', (body, found) => {
    expect(inBody(body)).toEqual([found]);
  });

  it.each([
    { model: 'gpt-6', input: 'resp_1' },
    { input: [{ type: 'message', id: 'msg_1', role: 'assistant', content: [] }] },
    { input: [{ type: 'function_call_output', call_id: 'call_1', output: '' }] },
    { input: [{ type: 'image_generation_call', id: 'ig_1', result: 'AAAA' }] },
    { input: [{ type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true }] },
    { messages: [{ role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function' }] }] },
    { tools: [{ type: 'mcp', connector_id: 'connector_gmail', server_label: 'm' }] },
    { metadata: { file_id: 'f_1' } },
    {
      tools: [
        { parameters: { properties: { file_id: { default: 'f_1', const: 'x' } }, required: ['file_id'] } },
      ],
    },
    { tools: [{ parameters: { example: { file_id: 'f_1' } } }] },
    { audio: { voice: 'alloy', format: 'wav' } },
    { previous_response_id: null },
  ])('are not made up: %j', (body) => {
    expect(inBody(body)).toEqual([]);
  });

  it('are named by what is sealed, which stands for what upstream thought, and by nothing empty or of the caller', () => {
    const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'AAAA' };
    const found = `/input/0/encrypted_content sealed ${sealedId('AAAA')}`;
    expect(inBody({ input: [thought], metadata: { encrypted_content: 'AAAA' } })).toEqual([found]);
    expect(sealedId('AAAA')).toMatch(/^sealed_[A-Za-z0-9_-]{43}$/);
    const empty = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: '' };
    expect(inBody({ input: [empty] })).toEqual(['/input/0/id conversation_item rs_1']);
  });

  it('are found in forms', () => {
    const parts = [
      { name: 'model', value: 'ft:x' },
      { name: 'video[id]', value: 'video_1' },
      { name: 'file_ids[]', value: 'f_1' },
      { name: 'characters[0][id]', value: 'char_1' },
      { name: 'metadata[file_id]', value: 'f_2' },
      { name: 'file_id', filename: 'a', contentType: 'text/plain', bytes: Buffer.from('f_3') },
    ];
    const found = findReferences(endpoint('videos.create'), {}, { kind: 'multipart', parts });
    expect(found).toEqual([
      { kind: 'fine_tuned_model', id: 'ft:x', pointer: 'model' },
      { kind: 'video', id: 'video_1', pointer: 'video[id]' },
      { kind: 'file', id: 'f_1', pointer: 'file_ids[]' },
      { kind: 'video_character', id: 'char_1', pointer: 'characters[0][id]' },
    ]);
  });
});

describe('addresses', () => {
  it('are what upstream would fetch or call', () => {
    const body = json({
      input: [
        { content: [{ type: 'input_image', image_url: 'https://a.example/x.png' }] },
        { content: [{ type: 'input_file', file_url: 'FTP://b.example/x' }] },
        { content: [{ type: 'image_url', image_url: { url: ' http://c.example/' } }] },
      ],
      tools: [{ type: 'mcp', server_url: 'https://d.example/mcp' }],
    });
    expect(findUrls(body)).toEqual([
      { url: 'https://a.example/x.png', pointer: '/input/0/content/0/image_url' },
      { url: 'FTP://b.example/x', pointer: '/input/1/content/0/file_url' },
      { url: ' http://c.example/', pointer: '/input/2/content/0/image_url/url' },
      { url: 'https://d.example/mcp', pointer: '/tools/0/server_url' },
    ]);
    const parts = [{ name: 'input_reference[image_url]', value: 'https://a.example/' }];
    expect(findUrls({ kind: 'multipart', parts })).toHaveLength(1);
  });

  it('are neither content nor citations nor prose', () => {
    const body = json({
      input: [
        {
          content: [
            { image_url: 'data:image/png;base64,AAAA' },
            { image_url: { url: 'DATA:image/png;base64,AAAA' } },
          ],
        },
        { content: [{ text: 'see https://a.example', annotations: [{ url: 'https://b.example' }] }] },
      ],
      metadata: { image_url: 'https://c.example' },
    });
    expect(findUrls(body)).toEqual([]);
  });
});
