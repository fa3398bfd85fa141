/**
 * I36 for what is no JSON body: fields of forms and their names, file names, content types and contents, path parameters
 * and query values, session descriptions; plain, escaped, and in envelopes that a reader might open later. Upstream's raw
 * bytes are the witness; the same call with harmless words gets there.
 * Shown false by switching the guardrails off in planting-house (all planted rows are told, the harmless stay green), and
 * by relaying what cannot be read (`unreadFiles: relay`: compressed and UTF-16 files are told).
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { OPERATIONS, type Shape } from '../openai/description.ts';
import { plantsOf } from '../openai/plants.ts';
import { fieldsOf, FORM_TYPE, formBytes, type FormPart } from '../support/form-bytes.ts';
import { type PlantedCall, sendAll } from '../support/planted-calls.ts';
import { failuresOf, lossesOf, type Row } from '../support/planted-rows.ts';
import { CARD, escaped, INJECTION, plantingHouse, SECRET } from '../support/planting-house.ts';

const house = plantingHouse();

const form = (target: string, parts: readonly FormPart[]): Omit<PlantedCall, 'key'> => ({
  method: 'POST',
  target,
  headers: { 'content-type': FORM_TYPE },
  body: formBytes(parts),
});

const MODEL: FormPart = { name: 'model', content: 'gpt-4o-mini' };
const fileOf = (own: Partial<FormPart>): FormPart => ({
  name: 'file',
  filename: 'a.txt',
  contentType: 'text/plain',
  content: 'nothing',
  ...own,
});

interface Place {
  readonly where: string;
  readonly parts: (text: string) => FormPart[];
  readonly benign?: string;
  readonly kept?: (text: string) => string;
}

/** What any form has beside the fields of its description. */
const COMMON: readonly Place[] = [
  { where: 'name of a field', parts: (text) => [fileOf({}), { name: text, content: 'x' }] },
  { where: 'file name', parts: (text) => [fileOf({ filename: `${text}.txt` })] },
  {
    where: 'content type',
    parts: (text) => [fileOf({ contentType: `text/plain; x=${text.replaceAll(' ', '')}` })],
  },
  { where: 'text of a file', parts: (text) => [fileOf({ content: `A report.\n\n${text}\n` })] },
  {
    where: 'escaped text of a file',
    parts: (text) => [fileOf({ content: `{"a":"${escaped(text)}"}` })],
    kept: escaped,
  },
  {
    where: 'JSON in a field',
    parts: (text) => [fileOf({}), { name: 'session', content: `{"a":["${text}"]}` }],
  },
  {
    where: 'escaped JSON in a field',
    parts: (text) => [fileOf({}), { name: 'session', content: `{"a":"${escaped(text)}"}` }],
    kept: escaped,
  },
];

function fieldPlaces(shape: Shape): Place[] {
  return plantsOf(shape)
    .filter(({ path }) => path !== '/purpose')
    .map(({ path, make, benign }) => ({
      where: path,
      benign,
      parts: (text) => {
        const made = Object.entries(Object(make(text))).flatMap(([name, value]) => fieldsOf(name, value));
        return [fileOf({}), ...made.filter(({ name }) => name !== 'file')];
      },
    }));
}

/** The forms of the description, each with its fields and a file. */
function formRows(): Row[] {
  return [...OPERATIONS].flatMap(([operation, { bodies }]) => {
    const shape = bodies['multipart/form-data'];
    const [, path = ''] = operation.split(' ');
    if (shape === undefined || path.includes('?')) return [];
    const hasModel = /^\/(?:audio|images|videos|content_provenance)/.test(path);
    return [...fieldPlaces(shape), ...COMMON].map(({ where, parts, ...more }) => ({
      what: `${operation} ${where}`,
      make: (text) => {
        const made = parts(text);
        const bare = hasModel && !made.some(({ name }) => name === 'model');
        return form(`/v1${path.replace(/\{\w+\}/g, 'x1')}`, bare ? [...made, MODEL] : made);
      },
      ...more,
    }));
  });
}
const FORM_ROWS = formRows();

describe('forms', () => {
  test('are those of the description', () => {
    expect(new Set(FORM_ROWS.map(({ what }) => what.split(' ').slice(0, 2).join(' '))).size).toBe(18);
    expect(FORM_ROWS.length).toBeGreaterThan(250);
  });
  test('harmless ones get there', async () => {
    expect(await lossesOf(house, FORM_ROWS)).toEqual([]);
  });
  test('planted ones do not', async () => {
    expect(await failuresOf(house, FORM_ROWS, [CARD, SECRET])).toEqual([]);
  });
});

const upload = (purpose: string, content: string | Buffer, own: Partial<FormPart> = {}) =>
  form('/v1/files', [
    { name: 'purpose', content: purpose },
    { name: 'file', filename: 'lines.jsonl', contentType: 'application/jsonl', content, ...own },
  ]);

const chat = (body: string | Buffer, headers: Record<string, string>): Omit<PlantedCall, 'key'> => ({
  method: 'POST',
  target: '/v1/chat/completions',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const asked = (text: string) =>
  JSON.stringify({ model: 'gpt-4o-mini', max_tokens: 5, messages: [{ role: 'user', content: text }] });
const zipped = (text: string) => upload('user_data', gzipSync(text), { filename: 'a.gz' });

const sdp = (text: string) => ({
  ...chat(`v=0\r\ns=${text}\r\n`, { 'content-type': 'application/sdp' }),
  target: '/v1/realtime/calls',
});

describe('envelopes', () => {
  test.each<[string, (text: string) => Omit<PlantedCall, 'key'>, number, string]>([
    [
      'a compressed body',
      (text) => chat(gzipSync(asked(text)), { 'content-encoding': 'gzip' }),
      415,
      'request.media_type',
    ],
    [
      'a body in two codings',
      (text) => chat(gzipSync(asked(text)), { 'content-encoding': 'identity, gzip' }),
      415,
      'request.media_type',
    ],
    [
      'a body in UTF-16',
      (text) => chat(Buffer.from(asked(text), 'utf16le'), {}),
      400,
      'request.invalid_json',
    ],
    [
      'a body that says it is in another encoding',
      (text) => chat(asked(text), { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'request.media_type',
    ],
    [
      'a body of another type',
      (text) => chat(`model=x&content=${text}`, { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'request.media_type',
    ],
    ['a compressed file', zipped, 400, 'request.unread_file'],
    [
      'a file in UTF-16',
      (text) => upload('user_data', Buffer.from(`\ufeff${text}`, 'utf16le'), { filename: 'a.txt' }),
      400,
      'request.unread_file',
    ],
    [
      'a part in base64',
      (text) =>
        upload('user_data', Buffer.from(text).toString('base64'), {
          filename: 'a.txt',
          headers: ['Content-Transfer-Encoding: base64'],
        }),
      400,
      'request.invalid_multipart',
    ],
    ['a compressed batch', (text) => upload('batch', gzipSync(text)), 400, 'request.unread_file'],
    [
      'a line with two readings',
      (text) => upload('batch', `{"custom_id":"c","custom_id":"${text}"}`),
      400,
      'request.duplicate_key',
    ],
    [
      'a line behind an odd line break',
      (text) => upload('batch', `{}\u2028{"a":"${text}"}`),
      400,
      'request.invalid_json',
    ],
    [
      'pieces of a batch',
      () => ({
        ...chat('{"purpose":"batch","filename":"a","bytes":1,"mime_type":"x/y"}', {}),
        target: '/v1/uploads',
      }),
      400,
      'request.unread_file',
    ],
  ])('%s: refused', async (_what, make, status, code) => {
    const calls = [CARD, SECRET, INJECTION].map((text, index) => ({ ...make(text), key: `e${index}` }));
    const answers = await sendAll(house.gateway, house.upstream, calls);
    expect(answers.map((each) => [each.status, each.code])).toEqual(answers.map(() => [status, code]));
    expect(answers.filter(({ seen }) => seen !== undefined)).toEqual([]);
  });

  test('a session description is read', async () => {
    expect(await lossesOf(house, [{ what: 'sdp', make: sdp }])).toEqual([]);
    expect(await failuresOf(house, [{ what: 'sdp', make: sdp }], [CARD, SECRET])).toEqual([]);
  });
});

/** Every path parameter and every query key of every relayed operation. */
function targetRows(): Row[] {
  return [...OPERATIONS].flatMap(([operation, { query, bodies }]) => {
    const [method = '', template = ''] = operation.split(' ');
    if (template.includes('?') || (method === 'POST' && Object.keys(bodies).length > 0)) return [];
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const path = (own?: string, text = '') =>
      `/v1${template.replace(/\{(\w+)\}/g, (_, name: string) => (name === own ? text.replaceAll(' ', '') : 'x1'))}`;
    const params = names.map((name) => ({
      what: `${operation} {${name}}`,
      make: (text: string) => ({ method, target: path(name, text) }),
    }));
    const values = query.map((key) => ({
      what: `${operation} ?${key}`,
      make: (text: string) => ({
        method,
        target: `${path()}?${key}${key === 'metadata' ? '[a]' : ''}=${encodeURIComponent(text)}`,
      }),
    }));
    return [...params, ...values];
  });
}

const withMember = (text: string) => `/v1/chat/completions?metadata[${text.replaceAll(' ', '')}]=x`;

describe('targets', () => {
  const rows = targetRows();
  test('are those of the description', () => expect(rows.length).toBe(220));
  test('harmless ones get there', async () => {
    expect(await lossesOf(house, rows)).toEqual([]);
  });
  test('planted ones do not', async () => {
    expect(await failuresOf(house, rows, [CARD, SECRET])).toEqual([]);
  });
  test('nor does the name of a member', async () => {
    const row = { what: 'metadata', make: (text: string) => ({ method: 'GET', target: withMember(text) }) };
    expect(await lossesOf(house, [row])).toEqual([]);
    expect(await failuresOf(house, [row], [CARD, SECRET])).toEqual([]);
  });
});
