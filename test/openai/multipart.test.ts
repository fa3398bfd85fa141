import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Code, Refusal } from '../../src/base/errors.ts';
import type { MultipartBody } from '../../src/openai/body.ts';
import {
  buildMultipart,
  PART_HEADERS_BYTES_MAX,
  PARTS_MAX,
  parseMultipart,
} from '../../src/openai/multipart.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`multipart.test.ts: SEED=${seed}`);

const TYPE = 'multipart/form-data; boundary=XX';
const FIELD = 'Content-Disposition: form-data; name="a"';
const FILE = 'Content-Disposition: form-data; name="f"; filename="f.txt"';

const part = (headers: string, content = 'v'): string => `--XX\r\n${headers}\r\n\r\n${content}\r\n`;
const form = (...parts: string[]): string => `${parts.join('')}--XX--\r\n`;
const parse = (text: string, type = TYPE): MultipartBody => parseMultipart(Buffer.from(text), type);

function refusal(text: string | Buffer, type = TYPE): Code | undefined {
  try {
    parseMultipart(typeof text === 'string' ? Buffer.from(text) : text, type);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('read', () => {
  test.each([
    ['a field', form(part(FIELD)), [{ name: 'a', value: 'v' }]],
    ['no parts', form(), []],
    ['an empty preamble, no last line break', `\r\n${part(FIELD)}--XX--`, [{ name: 'a', value: 'v' }]],
    ['an empty value', form(part(FIELD, '')), [{ name: 'a', value: '' }]],
    ['line breaks', form(part(FIELD, '\r\n\r\n--X\r\n')), [{ name: 'a', value: '\r\n\r\n--X\r\n' }]],
    ['a name as a token', form(part('content-disposition:form-data;name=a')), [{ name: 'a', value: 'v' }]],
    [
      'a field with its type',
      form(part(`${FIELD}\r\nContent-Type: text/plain; charset=utf-8`)),
      [{ name: 'a', value: 'v', contentType: 'text/plain; charset=utf-8' }],
    ],
    [
      'headers that change nothing',
      form(part(`${FIELD}\r\nContent-Length: 1\r\nContent-Transfer-Encoding: binary`)),
      [{ name: 'a', value: 'v' }],
    ],
    [
      'an array by its brackets',
      form(
        part('Content-Disposition: form-data; name="i[]"', '1'),
        part('Content-Disposition: form-data; name="i[]"', '2'),
      ),
      [
        { name: 'i[]', value: '1' },
        { name: 'i[]', value: '2' },
      ],
    ],
    [
      'a file without a type, its name not ASCII',
      form(part('Content-Disposition: form-data; name="f"; filename="ö%22 😀.txt"', '\0')),
      [
        {
          name: 'f',
          filename: 'ö%22 😀.txt',
          contentType: 'application/octet-stream',
          bytes: Buffer.from('\0'),
        },
      ],
    ],
    [
      'a file without a name of its own',
      form(part('Content-Disposition: form-data; name="f"; filename=""\r\nContent-Type: audio/mpeg')),
      [{ name: 'f', filename: '', contentType: 'audio/mpeg', bytes: Buffer.from('v') }],
    ],
  ])('%s', (_, text, parts) => {
    expect(parse(text).parts).toEqual(parts);
  });

  test.each(['multipart/form-data; boundary="XX"', 'Multipart/Form-Data ;\tBoundary=XX'])('%s', (type) => {
    expect(refusal(form(part(FIELD)), type)).toBeUndefined();
  });

  test('any boundary of RFC 2046', () => {
    const boundary = "----=_Part.0'()+,./:=?_-9";
    expect(refusal(`--${boundary}--`, `multipart/form-data; boundary="${boundary}"`)).toBeUndefined();
  });
});

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const parts = (n: number): string => form(part('Content-Disposition: form-data; name="a[]"').repeat(n));
/** A form whose one part has headers of so many bytes, with the empty line after them. */
const headed = (bytes: number): string =>
  form(part(FILE.replace('f.txt', 'x'.repeat(bytes - FILE.length + 1))));

describe('refused', () => {
  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary=X X',
    'multipart/form-data; boundary="XX "',
    'multipart/form-data; boundary="XX',
    'multipart/form-data; boundary=XX; boundary=YY',
    'multipart/form-data; charset=utf-7; boundary=XX',
    'multipart/mixed; boundary=XX',
    `multipart/form-data; boundary=${'X'.repeat(71)}`,
    'multipart/form-data; boundary=XX\r\nx: y',
  ])('%j', (type) => {
    expect(refusal(form(part(FIELD)), type)).toBe('request.invalid_multipart');
  });

  test.each([
    ['nothing', ''],
    ['a preamble', `x\r\n${form(part(FIELD))}`],
    ['a preamble that ends at once', `x${form(part(FIELD))}`],
    ['two line breaks before', `\r\n\r\n${form(part(FIELD))}`],
    ['an epilogue', `${form(part(FIELD))}x`],
    ['a second form', form(part(FIELD)) + form(part(FILE))],
    ['no end', part(FIELD)],
    ['a cut end', `${part(FIELD)}--XX-`],
    ['a cut content', `--XX\r\n${FIELD}\r\n\r\nv`],
    ['bare line feeds', form(part(FIELD)).replaceAll('\r\n', '\n')],
    ['padding after a delimiter', form(part(FIELD)).replace('--XX\r\n', '--XX \r\n')],
    ['a delimiter inside a line', form(part(FIELD, 'v--XX'))],
    ['a delimiter after a line feed', form(part(FIELD, 'v\n--XX\r\n'))],
    ['a longer delimiter', form(part(FIELD, 'v\r\n--XXY'))],
    ['no headers', form('--XX\r\n\r\nv\r\n')],
    ['headers without an end', form(`--XX\r\n${FIELD}\r\n`)],
    ['a part of nothing', form('--XX\r\n')],
    ['no disposition', form(part('Content-Type: text/plain'))],
    ['another disposition', form(part('Content-Disposition: attachment; name="a"'))],
    ['no name', form(part('Content-Disposition: form-data'))],
    ['an empty name', form(part('Content-Disposition: form-data; name=""'))],
    ['_charset_', form(part('Content-Disposition: form-data; name="_charset_"', 'utf-7'))],
    ['two names', form(part(`${FIELD}; name="b"`))],
    ['two file names', form(part(`${FILE}; filename="g"`))],
    ['filename*', form(part(`${FILE}; filename*=UTF-8''g.txt`))],
    ['an unknown parameter', form(part(`${FIELD}; x="y"`))],
    ['an escape in a name', form(part('Content-Disposition: form-data; name="a\\"b"'))],
    ['a quote left open', form(part('Content-Disposition: form-data; name="a'))],
    ['text after a name', form(part(`${FIELD}x`))],
    ['a semicolon at the end', form(part(`${FIELD};`))],
    ['a line feed in a name', form(part('Content-Disposition: form-data; name="a\nb"'))],
    ['a carriage return in a name', form(part('Content-Disposition: form-data; name="a\rb"'))],
    ['a NUL in a file name', form(part('Content-Disposition: form-data; name="a"; filename="a\0b"'))],
    ['a folded header', form(part('Content-Disposition: form-data;\r\n name="a"'))],
    ['a space before the colon', form(part('Content-Disposition : form-data; name="a"'))],
    ['a header twice', form(part(`${FIELD}\r\n${FIELD}`))],
    ['an unknown header', form(part(`${FIELD}\r\nContent-Encoding: gzip`))],
    ['a line that is no header', form(part(`${FIELD}\r\nx`))],
    ['base64', form(part(`${FIELD}\r\nContent-Transfer-Encoding: base64`))],
    ['quoted-printable', form(part(`${FIELD}\r\nContent-Transfer-Encoding: quoted-printable`))],
    ['a wrong length', form(part(`${FIELD}\r\nContent-Length: 2`))],
    ['a field of another charset', form(part(`${FIELD}\r\nContent-Type: text/plain; charset=utf-16`))],
    ['a file without a file name', form(part(`${FIELD}\r\nContent-Type: image/png`))],
    ['a type that is none', form(part(`${FILE}\r\nContent-Type: png`))],
    ['a name twice', form(part(FIELD), part(FIELD))],
    ['a file and a field of one name', form(part(FIELD), part(FIELD.replace('"a"', '"a"; filename="x"')))],
  ])('%s', (_, text) => {
    expect(refusal(text)).toBe('request.invalid_multipart');
  });

  test('a field or header that is not UTF-8', () => {
    expect(refusal(latin(form(part(FIELD, 'ö'))))).toBe('request.invalid_multipart');
    expect(refusal(latin(form(part(FILE.replace('f.txt', 'ö')))))).toBe('request.invalid_multipart');
    expect(refusal(latin(form(part(FILE, 'ö'))))).toBeUndefined();
  });

  test('one step beyond each bound, and not one before', () => {
    expect(refusal(parts(PARTS_MAX))).toBeUndefined();
    expect(refusal(parts(PARTS_MAX + 1))).toBe('request.invalid_multipart');
    expect(refusal(headed(PART_HEADERS_BYTES_MAX))).toBeUndefined();
    expect(refusal(headed(PART_HEADERS_BYTES_MAX + 1))).toBe('request.invalid_multipart');
  });
});

describe('built anew', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/["\\\p{Cc}\u2028\u2029]|^_charset_$/u.test(text));
  const item = fc.oneof(
    fc.record({ name, value: fc.string({ unit: 'grapheme' }) }),
    fc.record({ name, value: fc.constant('{}'), contentType: fc.constant('application/json') }),
    fc.record({
      name,
      filename: name,
      contentType: fc.constantFrom('text/plain', 'audio/x-wav; rate=8'),
      bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
  );

  test('every form reads as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(item, { selector: (each) => each.name, maxLength: 8 }), (parts) => {
        const built = buildMultipart({ kind: 'multipart', parts });
        expect(parseMultipart(built.bytes, built.contentType).parts).toEqual(parts);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('what cannot be written is a fault', () => {
    for (const bad of ['a"b', 'a\r\nx: y', 'a\\']) {
      expect(() => buildMultipart({ kind: 'multipart', parts: [{ name: bad, value: '' }] })).toThrow(
        RangeError,
      );
    }
  });

  test('no text of any kind is more than a form or a refusal', () => {
    const piece = fc.constantFrom(
      '--XX',
      '--XX--',
      '\r\n',
      '\n',
      FIELD,
      FILE,
      '; name="b"',
      'Content-Type: text/plain',
      '\r\n\r\n',
      'v',
      '-',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        expect(['request.invalid_multipart', undefined]).toContain(
          refusal(`--XX\r\n${FIELD}\r\n\r\n${pieces.join('')}`),
        );
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
