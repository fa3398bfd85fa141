/** A request body after the strict parse: the value, and where every string stands in the text it came from. */
import type { Trust } from '../base/finding.ts';

/** One step of the way from the root to a value; linked, so that a path costs nothing until it is printed. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

/** One string of the body: a value, or the key of an object. */
export interface Leaf {
  /** Where it is; for a key, the place of the value it names. */
  readonly at: Place | undefined;
  readonly isKey: boolean;
  /** The decoded string. */
  readonly value: string;
  /** Half-open range of the raw token in `source`, quotes included, UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface JsonBody {
  readonly kind: 'json';
  /** The body as text, exactly as it came. */
  readonly source: string;
  /** As JSON.parse would give it; objects have no prototype surprises (`__proto__` is an own key). */
  readonly value: unknown;
  readonly leaves: readonly Leaf[];
}

/** JSON inside of a part: the value of a field, or a line of a file. */
export interface Document {
  /** Of a field, the field's name stands above: as if it were a member of a JSON body. */
  readonly body: JsonBody;
  /** Where its source starts in the text of the part, UTF-16 units. */
  readonly at: number;
}

export interface MultipartField {
  readonly name: string;
  readonly value: string;
  /** As it came, where the part named one: text/plain, application/json or application/sdp. */
  readonly contentType?: string;
  /** One, where the value is a JSON object or array. */
  readonly documents?: readonly Document[];
}

export interface MultipartFile {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** What the bytes say, where they are text that is read. */
  readonly text?: string;
  /** Its lines, of a file of JSON lines. */
  readonly documents?: readonly Document[];
  /** A document that may hold text in a way that is not read. */
  readonly isUnread?: boolean;
}

export interface MultipartBody {
  readonly kind: 'multipart';
  /** In the order they came. */
  readonly parts: readonly (MultipartField | MultipartFile)[];
}

export type Body = JsonBody | MultipartBody;

/** What the file of a form is for: `batch`, `fine-tune`, `user_data`… */
export function purposeOf({ parts }: MultipartBody): string | undefined {
  for (const part of parts) if (part.name === 'purpose' && 'value' in part) return part.value;
  return undefined;
}

/** The JSON of a form that upstream acts upon: in its fields, and the lines of a batch or of fine-tuning. */
export function documentsOf(form: MultipartBody): JsonBody[] {
  const purpose = purposeOf(form);
  const acts = purpose === 'batch' || purpose === 'fine-tune';
  return form.parts.flatMap((part) =>
    'value' in part || acts ? (part.documents ?? []).map(({ body }) => body) : [],
  );
}

/** A string with what is known of it before it is screened. */
export interface Text {
  readonly text: string;
  readonly trust: Trust;
  /** `prose` may be rewritten; `token` (ids, enumerations, names, URLs, schema keys) may not; `opaque` is not read. */
  readonly class: 'prose' | 'token' | 'opaque';
  /** JSON pointer (RFC 6901), or the part's name for multipart. */
  readonly pointer: string;
  /** Which leaf or part it is, to rewrite it: an index into `leaves` or `parts`. */
  readonly index: number;
  /** Of a string of JSON inside of a part: half-open range of its token in the part's text, UTF-16 units. */
  readonly token?: readonly [start: number, end: number];
  /** Position of the message or item it belongs to, so that the last turn is known; -1 outside of any. */
  readonly turn: number;
}
