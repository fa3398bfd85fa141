/**
 * Promise 38 over the whole endpoint table: whatever id upstream makes is its maker's, and a call that names another's,
 * or an unknown one, is 404 and never reaches upstream. The calls are those that the official SDK makes of every
 * operation. Shown false by taking `makes` off a row, by leaving a field out of `findReferences`, by `reveals` that
 * stop at lists, by letting pass what is within an object of the caller's own, and by streams whose events are not looked at.
 */
import OpenAI, { APIError } from 'openai';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Endpoint, ObjectKind } from '../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { matchRoute } from '../../src/openai/route.ts';
import { admin, createKey } from '../support/admin.ts';
import { bytes, json, type Behaviour } from '../support/behaviour.ts';
import { journey } from '../support/journey.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { OPEN_HOUSE } from './open-house.ts';
import { SDK_CALLS_TRAINING } from './sdk-calls-training.ts';
import { SDK_CALLS, type SdkCall } from './sdk-calls.ts';

const CALLS: Readonly<Record<string, SdkCall>> = { ...SDK_CALLS, ...SDK_CALLS_TRAINING };
const ROWS = new Map(ENDPOINTS.map((row) => [row.id, row]));
/** What the calls above name, as their files say it. */
const TUNED = 'ft:gpt-4o-mini-2024-07-18:acme::9abc:ckpt-step-70';
const NAMED =
  'chatcmpl resp pmpt conv vs cons video char rtc upload part batch vsfb cntr cfile skill ftjob eval run asst thread cksess cthr wf'
    .split(' ')
    .map((kind) => `${kind}_1`);
const ADAS = [...NAMED, 'chatcmpl-1', 'file-1', 'file-2', 'obj_9', 'obj_1', 'vs_2', TUNED];

/** Calls that name objects in a body or a query alone. */
const IN_BODIES = [
  'responses.create chained',
  'responses.create hosted',
  'responses.create unnamed',
  'voices.create',
  'videos.edit',
  'batches.create',
  'batches.list',
  'vector_stores.create',
  'vector_stores.list',
  'containers.create',
  'fine_tuning.jobs.create',
  'chatkit.sessions.create',
  'threads.create_and_run',
];

const house = journey({
  config: {
    ...OPEN_HOUSE,
    objects: { isolation: 'user' },
    request: { unreadFiles: 'relay' },
    audit: { waitMsMax: 10_000 },
    guardrails: { ...OPEN_HOUSE.guardrails, timeoutMs: 10_000 },
  },
  key: { tier: 'open', user: 'ada' },
});
let ada: OpenAI;
let eve: OpenAI;
const client = (apiKey: string) =>
  new OpenAI({ apiKey, adminAPIKey: apiKey, baseURL: house.gateway.baseUrl, maxRetries: 0 });

beforeAll(async () => {
  ada = client(house.gateway.callerKey);
  eve = client((await createKey(house.gateway, { user: 'eve', tier: 'open' })).key);
  await admin(house.gateway, 'POST', '/admin/objects/adopt', { user: 'ada', ids: ADAS });
});

/** What an answer made is named after its operation. */
const madeBy = (id: string) => `made-${id.replaceAll(/[^A-Za-z0-9]/g, '-')}`;

const rowOf = (id: string) => {
  const row = ROWS.get(id.split(' ')[0] ?? '');
  if (!row) throw new Error(`no row ${id}`);
  return row;
};

/** An answer with an id wherever the row says that one stands. */
function answerOf(row: Endpoint, { method }: SeenRequest): Behaviour {
  const { id, answer, lists, locates, reveals = {} } = row;
  const made = madeBy(id);
  if (answer === 'binary' && locates === undefined)
    return bytes([Buffer.from('bytes')], { headers: { 'content-type': 'audio/mpeg' } });
  const usage = {
    input_tokens: 3,
    output_tokens: 1,
    prompt_tokens: 3,
    completion_tokens: 1,
    total_tokens: 4,
  };
  const body: Record<string, unknown> = { id: made, object: 'thing', usage };
  if (method === 'GET' && lists !== undefined) body['data'] = [{ id: 'file-1', object: 'thing' }];
  for (const [at, path] of Object.keys(reveals).entries()) plant(body, path.split('.'), `${made}-${at}`);
  if (locates === undefined) return json(body);
  const headers = {
    'content-type': 'application/sdp',
    location: `https://api.example/v1/realtime/calls/${made}`,
  };
  return bytes(['v=0\r\n'], { status: 201, headers });
}

/** Puts the id where the path leads, lists with one element on the way. */
function plant(into: Record<string, unknown>, [step = '', ...rest]: readonly string[], id: string): void {
  const [next, ...further] = rest;
  if (step.startsWith('?')) {
    into[step.slice(1)] ??= 'some';
    plant(into, rest, id);
  } else if (next === undefined) into[step] = id;
  else if (next !== '*') plant(inside(into, step), rest, id);
  else if (further.length === 0) into[step] = [id];
  else {
    const first: Record<string, unknown> = {};
    into[step] = Array.isArray(into[step]) ? into[step] : [first];
    const [element] = Array.isArray(into[step]) ? into[step] : [];
    plant(isRecord(element) ? element : first, further, id);
  }
}

function inside(into: Record<string, unknown>, step: string): Record<string, unknown> {
  const there = into[step];
  if (isRecord(there)) return there;
  const made: Record<string, unknown> = {};
  into[step] = made;
  return made;
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });
async function adasOf(kind: ObjectKind): Promise<readonly string[]> {
  const { body } = await admin(house.gateway, 'GET', `/admin/objects?user=ada&kind=${kind}&limit=1000`);
  return listSchema.parse(body).data.map(({ id }) => id);
}

/** What upstream keeps of the answer, by kind. */
function expectedOf(id: string): readonly (readonly [kind: ObjectKind, id: string])[] {
  const { makes, locates, lists, reveals = {}, id: row } = rowOf(id);
  const isKept = row !== 'chat.completions.create' && id !== 'responses.create';
  const made = locates ?? (isKept ? makes : undefined);
  // What is sealed has no id that anybody could name.
  const shown = Object.values(reveals)
    .map((kind, at) => [kind, `${madeBy(row)}-${at}`] as const)
    .filter(([kind]) => kind !== 'sealed');
  return [
    ...(made ? [[made, madeBy(row)] as const] : []),
    ...(lists
      ? []
      : shown.filter(([kind]) => isKept || ['audio', 'container', 'container_file'].includes(kind))),
  ];
}

const statusOf = (error: unknown) => (error instanceof APIError ? Number(error.status) : 0);

/** All calls, a few at a time: how each ended, by its name. */
async function callAll(ai: OpenAI): Promise<ReadonlyMap<string, number>> {
  const waiting = Object.entries(CALLS);
  const ended = new Map<string, number>();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [id, call] = next;
      ended.set(id, await Promise.resolve(call(ai)).then(() => 200, statusOf));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return ended;
}

/** A call's id comes with the `Location` of its answer. */
const KNOWN_OTHERWISE: readonly string[] = ['realtime_call'];
/** Lists of numbers, not of ids. */
const COUNTED: readonly string[] = ['skills.versions.list'];

/** What changes, counts, measures or opens something past the gateway, but leaves nothing that has an id of its own. */
const MAKES_NOTHING = `
  chat.completions.update completions.create responses.input_tokens.count conversations.update
  embeddings.create moderations.create audio.speech.create audio.transcriptions.create
  audio.translations.create voices.consents.update images.generate images.edit images.create_variation
  content_provenance_checks.create realtime.client_secrets.create realtime.sessions.create
  realtime.transcription_sessions.create realtime.translations.client_secrets.create realtime.calls.accept
  realtime.calls.hangup realtime.calls.refer realtime.calls.reject sockets.realtime uploads.cancel
  vector_stores.update
  vector_stores.search vector_stores.files.create vector_stores.files.update
  vector_stores.file_batches.cancel skills.update
  fine_tuning.graders.run fine_tuning.graders.validate evals.update evals.runs.cancel
  chatkit.sessions.cancel threads.messages.update threads.runs.update threads.runs.cancel
  threads.runs.submit_tool_outputs`;

test('every other operation says what it makes', () => {
  const silent = ENDPOINTS.filter(
    ({ refused, method, makes, reveals, locates }) =>
      refused === undefined &&
      (method === 'POST' || method === 'WEBSOCKET') &&
      !(makes ?? reveals ?? locates),
  );
  expect(silent.map(({ id }) => id)).toEqual(MAKES_NOTHING.trim().split(/\s+/));
});

beforeEach(() => {
  house.upstream.script = (seen) => answerOf(matchRoute(seen.method, seen.target).endpoint, seen);
});

/** What the calls name of what exists within another object, and the list of it. */
const WITHIN: Readonly<Record<string, (ai: OpenAI) => PromiseLike<unknown>>> = {
  msg_1: (ai) => ai.conversations.items.list('conv_1'),
  ftckpt_1: (ai) => ai.fineTuning.jobs.checkpoints.list('ftjob_1'),
  cp_1: (ai) => ai.fineTuning.checkpoints.permissions.list(TUNED),
  item_1: (ai) => ai.evals.runs.outputItems.list('run_1', { eval_id: 'eval_1' }),
  step_1: (ai) => ai.beta.threads.runs.steps.list('run_1', { thread_id: 'thread_1' }),
};
const NAMING_THEM = `
  conversations.items.retrieve conversations.items.delete threads.messages.retrieve threads.messages.update
  threads.messages.delete fine_tuning.jobs.checkpoints.list fine_tuning.checkpoints.permissions.delete
  evals.runs.output_items.retrieve threads.runs.steps.retrieve`;

test('what exists within an object of one’s own is unknown, and 404, until an answer has shown it', async () => {
  for (const id of NAMING_THEM.trim().split(/\s+/))
    expect([id, await Promise.resolve(CALLS[id]?.(ada)).then(() => 200, statusOf)]).toEqual([id, 404]);
  expect(house.upstream.requests).toEqual([]);
  for (const [id, list] of Object.entries(WITHIN)) {
    house.upstream.script = () => json({ object: 'list', data: [{ id, object: 'thing' }], has_more: false });
    await list(ada);
  }
  house.upstream.script = () => json({ id: 'any', object: 'thing' });
  await ada.conversations.items.retrieve('msg_1', { conversation_id: 'conv_1' });
  await expect(eve.conversations.items.retrieve('msg_1', { conversation_id: 'conv_1' })).rejects.toThrow(
    '404',
  );
});

test('whatever can be named, or gone on from, is shown by some answer', () => {
  const shown = new Set(
    ENDPOINTS.flatMap(({ makes, reveals = {}, lists }) => [makes, lists, ...Object.values(reveals)]),
  );
  const named = ENDPOINTS.flatMap(({ objects = {} }) => Object.values(objects));
  expect(new Set(named.filter((kind) => !shown.has(kind)))).toEqual(new Set(KNOWN_OTHERWISE));
  const pages = ENDPOINTS.filter(({ query, refused }) => query.includes('after') && refused === undefined);
  expect(
    pages.filter(({ lists, reveals = {} }) => !(lists ?? reveals['data.*.id'])).map(({ id }) => id),
  ).toEqual(COUNTED);
});

test('every call goes up for its owner, who has whatever it makes', async () => {
  const ended = await callAll(ada);
  expect([...ended].filter(([, status]) => status !== 200)).toEqual([]);
  const answered = Object.keys(CALLS).filter((id) => rowOf(id).grants !== undefined);
  expect(house.upstream.requests).toHaveLength(ended.size - answered.length);
  const expected = Object.keys(CALLS).flatMap(expectedOf);
  expect(expected.length).toBeGreaterThan(40);
  for (const kind of new Set(expected.map(([made]) => made))) {
    const ids = expected.filter(([made]) => made === kind).map(([, id]) => id);
    await expect.poll(() => adasOf(kind)).toEqual(expect.arrayContaining(ids));
  }
});

test('what names an object of hers is 404 for another, and nothing of it goes up', async () => {
  const ended = await callAll(eve);
  const naming = Object.keys(CALLS).filter((id) => rowOf(id).objects !== undefined);
  expect(naming.length).toBeGreaterThan(80);
  expect(naming.filter((id) => ended.get(id) !== 404)).toEqual([]);
  expect(IN_BODIES.filter((id) => ended.get(id) !== 404)).toEqual([]);
  const named = house.upstream.requests.flatMap(({ target, body }) => {
    const text = `${decodeURIComponent(target)} ${body.toString('latin1')}`;
    return ADAS.filter((own) => new RegExp(`[/="\\n]${own}(?![\\w-])`).test(text));
  });
  expect(named).toEqual([]);
  // Where nobody has made anything, nobody knows of it either.
  await expect(ada.responses.retrieve('resp_of_nobody')).rejects.toMatchObject({ status: 404 });
});

/** What a run of a thread makes: messages and steps exist before anybody has listed them, and a run that waits has no usage. */
const RUN_EVENTS = [
  ['thread.created', { id: 'thr-new', object: 'thread' }],
  ['thread.run.created', { id: 'run-new', object: 'thread.run', thread_id: 'thr-new', usage: null }],
  ['thread.run.step.created', { id: 'stp-new', object: 'thread.run.step', step_details: {} }],
  ['thread.message.created', { id: 'mes-new', object: 'thread.message', content: [] }],
  ['thread.message.delta', { id: 'mes-new', object: 'thread.message.delta', delta: { content: [] } }],
  [
    'thread.message.completed',
    {
      id: 'mes-new',
      object: 'thread.message',
      content: [{ type: 'image_file', image_file: { file_id: 'fil-new' } }],
    },
  ],
  ['thread.run.step.completed', { id: 'stp-new', object: 'thread.run.step', usage: { total_tokens: 3 } }],
] as const;

test('what a streamed run makes is its maker’s as soon as an event shows it', async () => {
  house.upstream.script = () => ({
    ...bytes(
      RUN_EVENTS.map(([name, event]) => `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`),
      { headers: { 'content-type': 'text/event-stream' } },
    ),
  });
  const stream = await ada.beta.threads.createAndRun({ assistant_id: 'asst_1', stream: true });
  const seen: string[] = [];
  for await (const { event } of stream) seen.push(event);
  expect(seen).toEqual(RUN_EVENTS.map(([name]) => name));
  for (const [kind, id] of [
    ['thread', 'thr-new'],
    ['run', 'run-new'],
    ['run_step', 'stp-new'],
    ['message', 'mes-new'],
    ['file', 'fil-new'],
  ] as const)
    await expect.poll(async () => [kind, (await adasOf(kind)).includes(id)]).toEqual([kind, true]);
  expect(await adasOf('run')).not.toContain('stp-new');
  house.upstream.script = () => json({ id: 'any', object: 'thing' });
  const outputs = { thread_id: 'thr-new', tool_outputs: [{ tool_call_id: 'call_1', output: 'ok' }] };
  await ada.beta.threads.runs.submitToolOutputs('run-new', outputs);
  await ada.beta.threads.messages.retrieve('mes-new', { thread_id: 'thr-new' });
  await expect(eve.beta.threads.runs.submitToolOutputs('run-new', outputs)).rejects.toThrow('404');
});
