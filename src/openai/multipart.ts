/**
 * Multipart forms, read strictly and built anew (RFC 7578; RFC 2046, section 5.1).
 * What two readers could take in two ways is refused; nothing but names, types and contents is carried over.
 */
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { Refusal } from '../base/errors.ts';
import type { MultipartBody, MultipartField, MultipartFile } from './body.ts';

/** Parts in one form. */
export const PARTS_MAX = 1_000;
/** Bytes of all headers of one part. */
export const PART_HEADERS_BYTES_MAX = 8_192;

type Part = MultipartField | MultipartFile;
type Headers = ReadonlyMap<string, string>;

/** bchars of RFC 2046 without those that only a quoted boundary could have. */
const CONTENT_TYPE =
  /^multipart\/form-data[ \t]*;[ \t]*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'()+./:=?-]{1,70}))[ \t]*$/i;
const HEADER = /^([A-Za-z-]+):[ \t]*([^ \t].*)?$/;
const LENGTH = /^\d{1,12}$/;
/** The disposition, then each parameter; a backslash is read in two ways by readers of today. */
const DISPOSITION = /^form-data(?=[ \t;])/i;
const PARAMETER = /[ \t]*;[ \t]*([A-Za-z*]+)=(?:"([^"\\]*)"|([\w!#$&'+.^`|~-]+))/y;
const MEDIA_TYPE =
  /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:[ \t]*;[ \t]*[\w!#$&^.+-]+=(?:[\w!#$&'*^.+/:-]+|"[^"\\]*"))*$/;
const FIELD_TYPE =
  /^(?:text\/plain|application\/json|application\/sdp)(?:[ \t]*;[ \t]*charset="?(?:utf-8|us-ascii)"?)?$/i;
const IDENTITY = /^(?:binary|8bit|7bit)$/i;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/;
const UNQUOTABLE = /["\\]/;

const CRLF = Buffer.from('\r\n');
const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * The parts of a form in their order; contents of files are views of `bytes`. A name comes twice only as an array
 * (`image[]`). A part is a file where it has a file name, which must not be in the extended form (`filename*`,
 * forbidden by RFC 7578, section 4.2).
 * @throws request.invalid_multipart
 */
export function parseMultipart(bytes: Buffer, contentType: string): MultipartBody {
  const match = CONTENT_TYPE.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined || boundary.endsWith(' ')) refuse('boundary');
  const parts = split(bytes, Buffer.from(`--${boundary}`)).map((part) => readPart(part));
  const names = new Set<string>();
  for (const { name } of parts) {
    if (names.has(name) && !name.includes('[]')) refuse('name twice');
    names.add(name);
  }
  return { kind: 'multipart', parts };
}

/** The bytes between delimiters. Wherever the delimiter's characters stand, they must be one. */
function split(bytes: Buffer, delimiter: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = bytes.indexOf(delimiter);
  if (at !== 0 && !(at === 2 && isCrlf(bytes, 0))) refuse('preamble');
  for (;;) {
    const after = at + delimiter.length;
    if (bytes.toString('latin1', after, after + 2) === '--') {
      if (after + 2 !== bytes.length && !(after + 4 === bytes.length && isCrlf(bytes, after + 2)))
        refuse('epilogue');
      return parts;
    }
    const start = after + 2;
    if (!isCrlf(bytes, after)) refuse('delimiter');
    at = bytes.indexOf(delimiter, start);
    if (at < start + 2 || !isCrlf(bytes, at - 2)) refuse('delimiter');
    if (parts.push(bytes.subarray(start, at - 2)) > PARTS_MAX) refuse('too many parts');
  }
}

function isCrlf(bytes: Buffer, at: number): boolean {
  return bytes[at] === CRLF[0] && bytes[at + 1] === CRLF[1];
}

function readPart(part: Buffer): Part {
  const end = part.subarray(0, PART_HEADERS_BYTES_MAX).indexOf(HEADERS_END);
  if (end < 0) refuse('headers');
  const bytes = part.subarray(end + HEADERS_END.length);
  const headers = readHeaders(part.subarray(0, end));
  const { name, filename } = readDisposition(headers.get('content-disposition'));
  const contentType = headers.get('content-type');
  if (!IDENTITY.test(headers.get('content-transfer-encoding') ?? 'binary')) refuse('transfer encoding');
  const length = headers.get('content-length') ?? String(bytes.length);
  if (!LENGTH.test(length) || Number(length) !== bytes.length) refuse('length');
  if (filename !== undefined) {
    if (contentType !== undefined && !MEDIA_TYPE.test(contentType)) refuse('content type');
    return { name, filename, contentType: contentType ?? 'application/octet-stream', bytes };
  }
  if (!isUtf8(bytes)) refuse('field not UTF-8');
  const value = bytes.toString('utf8');
  if (contentType === undefined) return { name, value };
  if (!FIELD_TYPE.test(contentType)) refuse('content type');
  return { name, value, contentType };
}

const KNOWN_HEADERS: ReadonlySet<string> = new Set([
  'content-disposition',
  'content-type',
  'content-transfer-encoding',
  'content-length',
]);

function readHeaders(block: Buffer): Headers {
  if (!isUtf8(block)) refuse('headers not UTF-8');
  const headers = new Map<string, string>();
  for (const line of block.toString('utf8').split('\r\n')) {
    const match = HEADER.exec(line);
    const name = match?.[1]?.toLowerCase() ?? '';
    if (CONTROL.test(line) || headers.has(name) || !KNOWN_HEADERS.has(name)) refuse('header');
    headers.set(name, match?.[2] ?? '');
  }
  return headers;
}

function readDisposition(value = ''): { name: string; filename: string | undefined } {
  const parameters = new Map<string, string>();
  let at = DISPOSITION.exec(value)?.[0].length ?? refuse('disposition');
  while (at < value.length) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(value);
    const key = match?.[1]?.toLowerCase() ?? '';
    if ((key !== 'name' && key !== 'filename') || parameters.has(key)) refuse('disposition');
    parameters.set(key, match?.[2] ?? match?.[3] ?? '');
    at = PARAMETER.lastIndex;
  }
  const name = parameters.get('name');
  // `_charset_` would change how the other fields are read (RFC 7578, section 4.6).
  if (!name || name === '_charset_') refuse('name');
  return { name, filename: parameters.get('filename') };
}

function refuse(what: string): never {
  throw new Refusal('request.invalid_multipart', { detail: `multipart: ${what}` });
}

/**
 * The form as bytes, under a boundary of its own that occurs nowhere in it. Names and contents as they are.
 * @throws RangeError for a name that cannot be written, a fault of ours
 */
export function buildMultipart(body: MultipartBody): { contentType: string; bytes: Buffer } {
  const heads = body.parts.map((part) => head(part));
  const contents = body.parts.map((part) => ('bytes' in part ? part.bytes : Buffer.from(part.value)));
  const boundary = freshBoundary([...heads, ...contents]);
  const chunks: Buffer[] = [];
  for (const [i, content] of contents.entries()) {
    chunks.push(Buffer.from(`--${boundary}\r\n`), heads[i] ?? CRLF, content, CRLF);
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.concat(chunks) };
}

function head(part: Part): Buffer {
  const filename = 'bytes' in part ? `; filename=${quoted(part.filename)}` : '';
  const type = part.contentType === undefined ? '' : `Content-Type: ${part.contentType}\r\n`;
  if (CONTROL.test(part.contentType ?? '')) throw new RangeError('not a content type');
  return Buffer.from(`Content-Disposition: form-data; name=${quoted(part.name)}${filename}\r\n${type}\r\n`);
}

function quoted(text: string): string {
  if (CONTROL.test(text) || UNQUOTABLE.test(text)) throw new RangeError('not a name');
  return `"${text}"`;
}

function freshBoundary(chunks: readonly Buffer[]): string {
  const boundary = `sallyport-${randomBytes(16).toString('hex')}`;
  return chunks.some((chunk) => chunk.includes(boundary)) ? freshBoundary(chunks) : boundary;
}
