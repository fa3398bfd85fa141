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

export interface MultipartField {
  readonly name: string;
  readonly value: string;
  /** As it came, where the part named one: text/plain, application/json or application/sdp. */
  readonly contentType?: string;
}

export interface MultipartFile {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface MultipartBody {
  readonly kind: 'multipart';
  /** In the order they came. */
  readonly parts: readonly (MultipartField | MultipartFile)[];
}

export type Body = JsonBody | MultipartBody;

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
  /** Position of the message or item it belongs to, so that the last turn is known; -1 outside of any. */
  readonly turn: number;
}
