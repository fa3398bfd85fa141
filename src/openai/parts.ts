/**
 * What stands inside of the parts of a form: JSON in the value of a field, text in a file, JSON lines in a file of those.
 * What cannot be read is never passed on as if it had been.
 */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '../base/errors.ts';
import {
  type Document,
  type MultipartBody,
  type MultipartField,
  type MultipartFile,
  purposeOf,
} from './body.ts';
import type { Endpoint } from './endpoint.ts';
import { parseJson } from './json.ts';

/** What becomes of what cannot be read; `flag` puts it on record. */
export type UnreadFiles = 'refuse' | 'relay' | 'flag';

/** Files up to here are read, if text they are. In bytes. */
export const FILE_TEXT_BYTES_MAX = 4 * 1024 * 1024;
/** OpenAI takes no more requests in one batch. */
export const LINES_MAX = 50_000;
/** Strings of all lines together. */
const LINE_LEAVES_MAX = 500_000;

/** What upstream reads line by line: these are JSON whatever their name is. */
const LINE_PURPOSES: ReadonlySet<string | undefined> = new Set(['batch', 'fine-tune', 'evals']);

/**
 * The form with the text of its files, and what is JSON in it parsed.
 * @param unread what happens to a document that is not text
 * @throws request.unread_file; request.* for JSON that has not exactly one reading
 */
export function readParts(endpoint: Endpoint, form: MultipartBody, unread: UnreadFiles): MultipartBody {
  const purpose = purposeOf(form);
  const parts = form.parts.map((part) => {
    if (!('bytes' in part)) return readField(part);
    // Pieces of an upload are cut anywhere: none of them is lines of its own.
    const isPiece = endpoint.id === 'uploads.parts.create';
    const isLines = LINE_PURPOSES.has(purpose) || (!isPiece && part.filename.endsWith('.jsonl'));
    return readFile(part, endpoint.files === 'documents', isLines, unread);
  });
  return { kind: 'multipart', parts };
}

/**
 * An upload in pieces of what must be read by the line: no piece can be.
 * @throws request.unread_file
 */
export function checkPurpose(endpoint: Endpoint, purpose: unknown): void {
  const isLines = typeof purpose === 'string' && LINE_PURPOSES.has(purpose);
  if (endpoint.id === 'uploads.create' && isLines)
    throw new Refusal('request.unread_file', { param: 'purpose' });
}

/**
 * Whether upstream would put a file together of several pieces: each was read by itself, and nobody what stands across.
 * @throws request.unread_file where what is not read is refused
 */
export function joinsPieces(endpoint: Endpoint, partIds: unknown, unread: UnreadFiles): boolean {
  const isJoined = endpoint.id === 'uploads.complete' && Array.isArray(partIds) && partIds.length > 1;
  if (isJoined && unread === 'refuse') throw new Refusal('request.unread_file', { param: 'part_ids' });
  return isJoined;
}

/** Files that go up as they came, with text in them that nobody read. */
export function unreadIn(form: MultipartBody): number {
  return form.parts.filter((part) => 'bytes' in part && part.isUnread).length;
}

/** @throws request.* for what upstream may read as JSON in another way than we do */
function readField(part: MultipartField): MultipartField {
  const isJson = /^application\/json/i.test(part.contentType ?? '');
  if (!isJson && !/^\s*[[{]/.test(part.value)) return part;
  try {
    const body = parseJson(Buffer.from(part.value), fieldOf(part.name));
    return { ...part, documents: [{ body, at: 0 }] };
  } catch (error) {
    if (isJson || isLooseJson(part.value)) throw error;
    return part;
  }
}

/** Of `a[b][]`, `b`. */
function fieldOf(name: string): string {
  const members = name.replaceAll(']', '').split('[');
  return members.findLast((member) => member !== '') ?? name;
}

function isLooseJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readFile(
  part: MultipartFile,
  isDocument: boolean,
  isLines: boolean,
  unread: UnreadFiles,
): MultipartFile {
  if (!isReadable(part, isDocument)) {
    const isUnread = isDocument && !isPicture(part.bytes);
    if (isLines || (isUnread && unread === 'refuse'))
      throw new Refusal('request.unread_file', { param: part.name });
    return isUnread ? { ...part, isUnread } : part;
  }
  const text = part.bytes.toString('utf8');
  return isLines ? { ...part, text, documents: readLines(text) } : { ...part, text };
}

/** Formats that may look like text and hold it in other ways than written. */
const DISGUISED = ['%PDF-', String.raw`{\rtf`];
const CHARSET = /;[ \t]*charset=(?!"?(?:utf-8|us-ascii)"?[ \t]*(?:;|$))/i;

/** The content type is the caller's word alone, so the bytes themselves say whether they are text. */
function isReadable({ bytes, contentType }: MultipartFile, isDocument: boolean): boolean {
  if (bytes.length > FILE_TEXT_BYTES_MAX || bytes.includes(0) || !isUtf8(bytes)) return false;
  const head = bytes.toString('latin1', 0, 8);
  return !isDocument || !(DISGUISED.some((start) => head.startsWith(start)) || CHARSET.test(contentType));
}

/** PNG, JPEG, GIF. */
const PICTURES = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff', 'GIF87a', 'GIF89a'];

/** By the first bytes: pixels are read by nobody here, in whatever way they come. */
function isPicture(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 12);
  const isWebp = head.startsWith('RIFF') && head.endsWith('WEBP');
  return isWebp || PICTURES.some((start) => head.startsWith(start));
}

/** @throws request.too_complex, request.* of the first line that is not one JSON value */
function readLines(text: string): Document[] {
  const documents: Document[] = [];
  let leaves = 0;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const line = text.slice(at, end);
    if (line.trim() !== '') {
      const body = parseJson(Buffer.from(line));
      leaves += body.leaves.length;
      if (documents.push({ body, at }) > LINES_MAX || leaves > LINE_LEAVES_MAX) {
        throw new Refusal('request.too_complex');
      }
    }
    at = end + 1;
  }
  return documents;
}
