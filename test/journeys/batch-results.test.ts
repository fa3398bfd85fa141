/**
 * Promise 39 for results of batches: each line of a result file is an answer, screened when it is downloaded, however it is
 * cut on its way; what may not leave is told as a call that failed; the files belong to whose the batch is. Other files come
 * byte for byte. Shown false by taking `results` off the row, and by relaying lines as they come (stages/answer-results).
 * Values behind placeholders of its file come back in its results, and to nobody else: shown false by leaving out `madeFrom`,
 * and by a `derived` that does not look whose the file is.
 */
import OpenAI from 'openai';
import { beforeEach, describe, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { bytes, json } from '../support/behaviour.ts';
import { journey } from '../support/journey.ts';
import { entriesOf } from '../support/money.ts';
import { until } from '../support/until.ts';

const house = journey({
  key: { tier: 'internal', user: 'ada', team: 'one' },
});
const ai = (apiKey = house.gateway.callerKey) =>
  new OpenAI({ apiKey, baseURL: house.gateway.baseUrl, maxRetries: 0 });
const batch = {
  id: 'batch_1',
  object: 'batch',
  output_file_id: 'file-out',
  error_file_id: 'file-err',
  input_file_id: 'file-in',
};

let content: string | Buffer = '';
let splitAt: number[] = [];
beforeEach(async () => {
  splitAt = [];
  house.upstream.script = ({ target, method }) => {
    if (target.endsWith('/content'))
      return bytes([content], { splitAt, headers: { 'content-type': 'application/octet-stream' } });
    if (method === 'POST' && target.endsWith('/files')) return json({ id: 'file-in', object: 'file' });
    return json(batch);
  };
});

const line = (message: object, at = 1) =>
  JSON.stringify({
    id: `batch_req_${at}`,
    custom_id: `mine-${at}`,
    response: {
      status_code: 200,
      request_id: `req_${at}`,
      body: { id: `chatcmpl-${at}`, choices: [{ index: 0, message: { role: 'assistant', ...message } }] },
    },
    error: null,
  });
const saying = (text: string, at?: number) => line({ content: text }, at);
const calling = (name: string, at?: number) =>
  line(
    { content: null, tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: '{"x":1}' } }] },
    at,
  );

/** Of a batch of ada's. */
async function download(file: string | Buffer, id = 'file-out', apiKey?: string): Promise<Buffer> {
  content = file;
  await ai().batches.retrieve('batch_1');
  const answer = await ai(apiKey).files.content(id);
  return Buffer.from(await answer.arrayBuffer());
}

/** Known by its maker alone. */
async function made(): Promise<void> {
  const input = new File(
    [
      JSON.stringify({
        custom_id: 'a',
        method: 'POST',
        url: '/v1/chat/completions',
        body: { model: 'gpt-4o-mini', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
      }),
    ],
    'a.jsonl',
  );
  await ai().files.create({ file: input, purpose: 'batch' });
  await ai().batches.create({
    input_file_id: 'file-in',
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
}
beforeEach(made);

const secret = ['AKIA', 'Q3ZX2P4LKT7WVN5R'].join('');

describe('results', () => {
  test('are screened line by line, at every cut; what is benign comes byte for byte', async () => {
    const benign = saying('It is “fine”.\n', 1).replace('"id"', ' "id" ');
    const file = `${benign}\n${saying(`Here: ${secret}, and Jane Roe, jane.roe@example.com.`, 2)}\n\n${saying('Bye.', 3)}`;
    for (const at of [
      [],
      [3],
      [benign.length],
      [benign.length + 1],
      [benign.length + 230, benign.length + 240],
    ]) {
      splitAt = at;
      const lines = (await download(file)).toString().split('\n');
      expect(lines).toHaveLength(5 - 1);
      expect(lines[0]).toBe(benign);
      expect(lines[1]).toContain('Here: [REDACTED_SECRET], and ');
      expect(lines[1]).not.toContain('jane.roe@example.com');
      expect(lines.slice(2)).toEqual(['', saying('Bye.', 3)]);
    }
  });

  test('that may not leave are calls that failed, and the others come', async () => {
    const file = [
      calling('search', 1),
      calling('execute_shell', 2),
      '{"custom_id":"mine-3","custom_id":"x","response":{}}',
      saying('Bye.', 4),
    ];
    const lines = (await download(file.join('\n'), 'file-err')).toString().split('\n');
    expect(lines[0]).toBe(file[0]);
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      id: 'batch_req_2',
      custom_id: 'mine-2',
      response: null,
      error: { code: 'tool.denied', message: expect.any(String) },
    });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({
      custom_id: 'x',
      error: { code: 'upstream.invalid_answer' },
    });
    expect(lines[3]).toBe(file[3]);
    const outcome = await until(
      async () =>
        (await entriesOf(house.gateway)).findLast(
          ({ action, resource }) => action === 'exchange.outcome' && resource === 'files.content',
        ),
      (found) => found?.metadata['tools'] !== undefined,
    );
    expect(outcome?.metadata).toMatchObject({
      outcome: 'completed',
      tools: { search: { allowed: 1 }, execute_shell: { denied: 1 } },
      answerScreened: true,
    });
  });

  test('of any size are screened, large lines elsewhere', async () => {
    const long = `${'The road goes on. '.repeat(4000)}${secret}`;
    const file = Array.from({ length: 300 }, (_, at) =>
      saying(at === 150 ? long : `Hello ${at}. `.repeat(40), at),
    );
    const got = (await download(file.join('\n'))).toString();
    expect(got).not.toContain(secret);
    expect(got.split('\n')).toEqual(
      file.map((one, at) => (at === 150 ? one.replace(secret, '[REDACTED_SECRET]') : one)),
    );
  });

  test('are whose the batch is: another user has neither file', async () => {
    const { key } = await createKey(house.gateway, { user: 'eve', tier: 'internal' });
    for (const id of ['file-out', 'file-err'])
      await expect(download(saying('Hello'), id, key)).rejects.toMatchObject({ status: 404 });
    expect((await download(saying('Hello'))).toString()).toBe(saying('Hello'));
  });
});

const lineOf = (content: string) =>
  JSON.stringify({
    custom_id: content.length,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4o-mini', max_tokens: 9, messages: [{ role: 'user', content }] },
  }).replace(/"custom_id":(\d+)/, '"custom_id":"a$1"');
const mate = async (user = 'bea') =>
  (await createKey(house.gateway, { user, team: 'one', tier: 'internal' })).key;

describe('values behind placeholders', () => {
  const mail = ['ann@example.com', 'bob@example.org'];
  let count = 0;

  /** A batch of ada's whose file holds two addresses. */
  async function placed(apiKey?: string) {
    const own = { input: `file-in-${++count}`, output: `file-out-${count}`, batch: `batch_of_${count}` };
    house.upstream.script = ({ target, method, body }) => {
      if (target.endsWith('/content')) return bytes([content], { splitAt });
      if (target.endsWith('/files'))
        return json({ id: own.input, object: 'file', sent: body.toString().includes('<EMAIL_2>') });
      if (target.endsWith('/chat/completions'))
        return json({
          id: 'c',
          choices: [{ index: 0, message: { content: '<EMAIL_1> <EMAIL_2> <EMAIL_3>' } }],
        });
      const made = {
        id: own.batch,
        object: 'batch',
        input_file_id: own.input,
        output_file_id: method === 'POST' ? null : own.output,
      };
      return json(
        method === 'GET' && !target.includes('batch_of')
          ? { object: 'list', data: [made], has_more: false }
          : made,
      );
    };
    const text = [lineOf(`Write to ${mail[0]}.`), lineOf(`Write to ${mail[1]}, and to ${mail[0]}.`)].join(
      '\n',
    );
    const file = await ai(apiKey).files.create({ file: new File([text], 'a.jsonl'), purpose: 'batch' });
    expect(file).toMatchObject({ id: own.input, sent: true });
    await ai().batches.create({
      input_file_id: own.input,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    return own;
  }
  const results = [
    saying('To <EMAIL_1>, <EMAIL_2> and <EMAIL_3>.'),
    calling('search').replace('{\\"x\\":1}', '{\\"to\\":\\"<email\\\\_2>\\"}'),
  ].join('\n');
  const read = async (id: string, apiKey?: string) => {
    content = results;
    return (await ai(apiKey).files.content(id)).text();
  };

  test.each<readonly [string, (batch: string) => Promise<unknown>]>([
    ['a look at the batch', (batch) => ai().batches.retrieve(batch)],
    ['a list', () => ai().batches.list()],
    ["a team-mate's look", async (batch) => ai(await mate()).batches.retrieve(batch)],
  ])('come back in its results, wherever they are cut, after %s', async (_name, look) => {
    const { output, batch } = await placed();
    await look(batch);
    for (splitAt of [[], [200, 201], [results.indexOf('<EMAIL_2>') + 3]]) {
      const text = await read(output);
      expect(text).toContain(`"To ${mail[0]}, ${mail[1]} and <EMAIL_3>."`);
      expect(text).toContain(`\\"to\\":\\"${mail[1]}\\"`);
    }
    const theirs = await read(output, await mate());
    expect(theirs).toContain('<EMAIL_1>');
    for (const value of mail) expect(theirs).not.toContain(value);
  });

  test("do not come back in another user's batch over the same file", async () => {
    const theirs = await mate();
    const { output, batch } = await placed(theirs);
    await ai().batches.retrieve(batch);
    for (const key of [undefined, theirs])
      expect(await read(output, key)).toContain('"To <EMAIL_1>, <EMAIL_2> and');
  });

  test('of a file that a call reads are not mixed up with its own', async () => {
    const { input } = await placed();
    const file = { type: 'file' as const, file: { file_id: input } };
    const messages = [
      { role: 'user' as const, content: [file, { type: 'text' as const, text: 'From cyd@example.net.' }] },
    ];
    for (const [key, wanted] of [
      [undefined, `${mail.join(' ')} cyd@example.net`],
      [await mate(), '<EMAIL_1> <EMAIL_2> cyd@example.net'],
    ] as const) {
      const { choices } = await ai(key).chat.completions.create({
        model: 'gpt-4o-mini',
        max_tokens: 99,
        messages,
      });
      expect(choices[0]?.message.content).toBe(wanted);
    }
  });
});

test.each<readonly [string, string | Buffer]>([
  ['bytes', Buffer.from(Array.from({ length: 4096 }, (_, at) => at % 256))],
  ['JSON lines of another kind', `{"messages":[{"role":"user","content":"${secret}"}]}\n{"custom_id":"a"}\n`],
  ['one line without an end', 'x'.repeat(300_000)],
  ['blank lines, and text', '\n\r\n\nHello\n\n'],
  ['nothing', ''],
])('other files come as they are: %s', async (_what, file) => {
  splitAt = [1, 7];
  expect((await download(file)).equals(Buffer.from(file))).toBe(true);
});
