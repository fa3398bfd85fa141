import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import {
  documentsOf,
  type MultipartBody,
  type MultipartField,
  type MultipartFile,
} from '../../src/openai/body.ts';
import { endpointOf } from '../../src/openai/endpoints/index.ts';
import { findReferences, findUrls } from '../../src/openai/objects.ts';
import {
  checkPurpose,
  FILE_TEXT_BYTES_MAX,
  joinsPieces,
  LINES_MAX,
  readParts,
  unreadIn,
} from '../../src/openai/parts.ts';

function endpoint(id: string) {
  const row = endpointOf(id);
  if (!row) throw new Error(`no row ${id}`);
  return row;
}
const purpose = (value: string): MultipartField => ({ name: 'purpose', value });
function file(content: string | Buffer, filename = 'a.txt', contentType = 'text/plain'): MultipartFile {
  return { name: 'file', filename, contentType, bytes: Buffer.from(content) };
}
function read(
  parts: MultipartBody['parts'],
  { id = 'files.create', unread = 'refuse' }: { id?: string; unread?: 'refuse' | 'relay' | 'flag' } = {},
): MultipartBody {
  return readParts(endpoint(id), { kind: 'multipart', parts }, unread);
}
/** The code it is refused with, or `read` or `unread`. */
function fate(
  content: MultipartFile,
  more: Parameters<typeof read>[1] = {},
  fields: MultipartField[] = [],
): string {
  try {
    const [part] = read([content, ...fields], more).parts;
    return part && 'bytes' in part && part.text !== undefined ? 'read' : 'unread';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]);
const UNREADABLE: readonly (readonly [string, MultipartFile])[] = [
  ['an archive', file(Buffer.from([0x50, 0x4b, 3, 4, 0]), 'a.docx')],
  ['compressed text', file(gzipSync('hello'), 'a.txt.gz')],
  ['a PDF, also one in ASCII', file('%PDF-1.4\n1 0 obj', 'a.pdf')],
  ['RTF', file(String.raw`{\rtf1 \'34\'31}`, 'a.rtf')],
  ['UTF-16', file(Buffer.from('\ufeffhello', 'utf16le'))],
  ['Latin-1', file(Buffer.from('caf\u00e9', 'latin1'))],
  ['text that says it is in another encoding', file('+ADQ-', 'a.txt', 'text/plain; charset=utf-7')],
  ['more text than is read', file(Buffer.alloc(FILE_TEXT_BYTES_MAX + 1, 'a'))],
];

describe('documents', () => {
  it.each(UNREADABLE)('%s: refused, or relayed unseen where the operator says so', (_what, content) => {
    expect(fate(content)).toBe('request.unread_file');
    expect(fate(content, { id: 'uploads.parts.create' })).toBe('request.unread_file');
    expect(fate(content, { id: 'skills.create' })).toBe('request.unread_file');
    expect(fate(content, { unread: 'relay' })).toBe('unread');
  });

  it.each(UNREADABLE)('%s: never as JSON lines', (_what, content) => {
    for (const use of ['batch', 'fine-tune', 'evals'])
      expect(fate(content, { unread: 'relay' }, [purpose(use)])).toBe('request.unread_file');
  });

  it('text of any name is read', () => {
    for (const [content, name] of [
      ['# Title', 'a.md'],
      ['a;b\r\n1;2', 'a.csv'],
      ['\ufeffwith a mark', 'a.bin'],
      ['', 'empty'],
    ] as const)
      expect(fate(file(content, name, 'application/octet-stream'))).toBe('read');
    expect(fate(file('a', 'a.txt', 'text/plain; charset="UTF-8"'))).toBe('read');
    expect(fate(file(Buffer.alloc(FILE_TEXT_BYTES_MAX, 'a')))).toBe('read');
  });

  it('pictures pass unseen, media where media belong', () => {
    expect(fate(file(PNG, 'a.png', 'image/png'))).toBe('unread');
    expect(fate(file(Buffer.from([0xff, 0xfb, 0]), 'a.mp3'), { id: 'audio.transcriptions.create' })).toBe(
      'unread',
    );
    expect(fate(file('text', 'a.mp3'), { id: 'audio.transcriptions.create' })).toBe('read');
  });
});

const lines = (text: string, use = 'batch') => fate(file(text, 'a'), {}, [purpose(use)]);

describe('JSON lines', () => {
  it.each([
    ['{"a":1}\n{"a":1,"a":2}', 'request.duplicate_key'],
    ['{"a":1}\n{"a":}', 'request.invalid_json'],
    ['{"a":1} {"b":2}', 'request.invalid_json'],
    ['\ufeff{"a":1}', 'request.invalid_json'],
    ['{"a":1}\r{"b":2}', 'request.invalid_json'],
    ['{"a":1}\u2028{"b":2}', 'request.invalid_json'],
    ['{"a":1e999}', 'request.number'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'request.too_deep'],
    ['1\n'.repeat(LINES_MAX + 1), 'request.too_complex'],
  ])('%j: refused', (text, code) => {
    expect(lines(text)).toBe(code);
    expect(lines(text, 'fine-tune')).toBe(code);
    expect(fate(file(text, 'a.jsonl'))).toBe(code);
  });

  it('are found by purpose or by name, each where it stands', () => {
    const text = '{"a":"x"}\r\n\n {"b":"y"}\n';
    expect(lines(text)).toBe('read');
    const [part] = read([file(text, 'a.jsonl')]).parts;
    expect(part?.documents?.map(({ at }) => at)).toEqual([0, 12]);
    expect(read([file(text)]).parts[0]?.documents).toBeUndefined();
    expect(read([file(text, 'a.jsonl')], { id: 'uploads.parts.create' }).parts[0]?.documents).toBeUndefined();
  });

  it('cannot come in pieces', () => {
    expect(() => checkPurpose(endpoint('uploads.create'), 'batch')).toThrow('request.unread_file');
    expect(() => checkPurpose(endpoint('uploads.create'), 'fine-tune')).toThrow('request.unread_file');
    checkPurpose(endpoint('uploads.create'), 'assistants');
    checkPurpose(endpoint('files.create'), 'batch');
  });

  it('refer to objects and addresses where upstream acts upon them', () => {
    const line = '{"body":{"previous_response_id":"resp_1","input":[{"image_url":"https://a.example/x"}]}}';
    const form = (use: string) => read([file(line, 'a.jsonl'), purpose(use)]);
    expect(findReferences(endpoint('files.create'), {}, form('batch')).map(({ id }) => id)).toEqual([
      'resp_1',
    ]);
    expect(findUrls(form('batch')).map(({ url }) => url)).toEqual(['https://a.example/x']);
    expect(findReferences(endpoint('files.create'), {}, form('user_data'))).toEqual([]);
  });
});

const field = (value: string, contentType?: string): MultipartField => ({
  name: 'session',
  value,
  ...(contentType !== undefined && { contentType }),
});

describe('JSON in a field', () => {
  it('names objects as a JSON body would', () => {
    const form = read([field('{"prompt":{"id":"pmpt_1"},"tools":[{"server_url":"https://a.example"}]}')]);
    expect(findReferences(endpoint('realtime.calls.create'), {}, form)).toMatchObject([
      { kind: 'prompt', id: 'pmpt_1' },
    ]);
    expect(findUrls(form)).toMatchObject([{ url: 'https://a.example' }]);
    const ids = read([{ name: 'file_ids', value: '["file_1"]' }], { id: 'containers.create' });
    expect(findReferences(endpoint('containers.create'), {}, ids)).toMatchObject([
      { kind: 'file', id: 'file_1' },
    ]);
  });

  it('has one reading, or is refused', () => {
    expect(() => read([field('{"a":1,"a":2}')])).toThrow('request.duplicate_key');
    expect(() => read([field('nothing', 'application/json')])).toThrow('request.invalid_json');
  });

  it('is text where it is none', () => {
    for (const value of ['[1] see above', '{braces}', 'plain'])
      expect(documentsOf(read([field(value)]))).toEqual([]);
  });
});

// Shown false by a `joinsPieces` that looks at no operation, and by pictures that count as unread.
describe('what nobody read', () => {
  it('no file is put together of pieces that were read one by one, unless the operator says so', () => {
    const complete = endpoint('uploads.complete');
    expect(() => joinsPieces(complete, ['part_1', 'part_2'], 'refuse')).toThrow('request.unread_file');
    expect(() => joinsPieces(complete, ['part_1', 'part_1'], 'refuse')).toThrow('request.unread_file');
    expect(joinsPieces(complete, ['part_1', 'part_2'], 'flag')).toBe(true);
    expect(joinsPieces(complete, ['part_1'], 'refuse')).toBe(false);
    expect(joinsPieces(complete, undefined, 'refuse')).toBe(false);
    expect(joinsPieces(endpoint('files.create'), ['part_1', 'part_2'], 'refuse')).toBe(false);
  });

  it('is counted: documents that are no text, not pictures and not text', () => {
    expect(unreadIn(read([file('%PDF-1.7'), file('hello'), file('GIF89a\0')], { unread: 'flag' }))).toBe(1);
  });
});
