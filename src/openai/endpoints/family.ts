/** Builders of table rows: what the rows of a family share is said once, a row says only what is its own. */
import { type Endpoint, LISTED, type Method, type ObjectKind } from '../endpoint.ts';

const MiB = 1024 * 1024;

/** Largest bodies, in bytes. All are below upstream's own limits: a body is held in memory while it is screened. */
export const BYTES = {
  none: 0,
  /** Settings and references. */
  small: MiB,
  /** Plain text in quantity. */
  text: 4 * MiB,
  /** Conversations: images and files travel in them as data URLs. */
  conversation: 16 * MiB,
  audio: 26 * MiB,
  images: 64 * MiB,
  file: 64 * MiB,
} as const;

/** Query keys of the lists. */
export const PAGE = ['after', 'limit'] as const;
export const ORDERED_PAGE = [...PAGE, 'order'] as const;
export const TWO_WAY_PAGE = [...ORDERED_PAGE, 'before'] as const;

/** A list within an object of the path: whatever it shows is of whoever that object is of. */
export const within = (kind: ObjectKind) => ({ reveals: { [LISTED]: kind } }) as const;

/** In a response: items that later calls can refer to, and containers that were made for tools that run in them. */
export const RESPONSE_OUTPUT = {
  'output.*.id': 'conversation_item',
  'output.*.container_id': 'container',
  'output.*.environment.container_id': 'container',
  // Citations of other files have no container; those are known from elsewhere.
  'output.*.content.*.annotations.*.?container_id.file_id': 'container_file',
  'output.*.encrypted_content': 'sealed',
  'output.*.content.*.encrypted_content': 'sealed',
} as const;

type Fields = Partial<Omit<Endpoint, 'id' | 'group' | 'method' | 'path' | 'objects'>>;
type Build = (verb: string, path: string, own?: Fields) => Endpoint;

interface Family {
  readonly get: Build;
  /** With a JSON body, or as `body` says. */
  readonly post: Build;
  /** A POST without a body. */
  readonly act: Build;
  readonly remove: Build;
  /** A socket, whose every event has a JSON body. */
  readonly socket: Build;
}

/**
 * Builders for one group. `kinds` says which path parameters name objects of upstream's.
 * What is left out of a row: no query, JSON body of 1 MiB for a POST, JSON answer, not streamed, no model, free.
 */
export function family(group: string, kinds: Record<string, ObjectKind> = {}, common: Fields = {}): Family {
  const row = (method: Method, own: Fields, verb: string, path: string): Endpoint => {
    const fields = { ...common, ...own };
    const body = fields.body ?? 'none';
    const named = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) => {
      const kind = kinds[name];
      return kind ? [[name, kind] as const] : [];
    });
    return {
      id: `${group}.${verb}`,
      group,
      method,
      path,
      query: [],
      body,
      shape: body === 'none' ? 'none' : 'leaves',
      answer: 'json',
      streams: false,
      model: 'none',
      cost: 'free',
      bodyBytesMax: body === 'none' ? BYTES.none : BYTES.small,
      ...(named.length > 0 && { objects: Object.fromEntries(named) }),
      ...fields,
    };
  };
  return {
    get: (verb, path, own = {}) => row('GET', own, verb, path),
    post: (verb, path, own = {}) => row('POST', { body: 'json', ...own }, verb, path),
    act: (verb, path, own = {}) => row('POST', own, verb, path),
    remove: (verb, path, own = {}) => row('DELETE', own, verb, path),
    socket: (verb, path, own = {}) => row('WEBSOCKET', { body: 'json', ...own }, verb, path),
  };
}
