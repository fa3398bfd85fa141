/** What the gateway does with each operation, from the endpoint table itself: for operators and auditors. */
import { ENDPOINTS } from './endpoints/index.ts';

export interface CoverageRow {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly group: string;
  /** `relayed`, or why not. */
  readonly decision: string;
  readonly retired: string | undefined;
  readonly cost: string;
  /** How its text is found; every string leaf is screened in any shape. */
  readonly shape: string;
  /** What nothing here reads. */
  readonly unread: readonly string[];
}

/** Content that passes unread, by the shape of the body. */
function unreadOf(body: string, shape: string): string[] {
  if (body === 'multipart' || body === 'either') return ['bytes of files that are not text'];
  if (shape === 'chat' || shape === 'responses' || shape === 'items')
    return ['pixels of images', 'audio', 'bytes of files', 'encrypted_content'];
  return body === 'sdp' ? ['media past the gateway'] : [];
}

export function coverage(): readonly CoverageRow[] {
  return ENDPOINTS.map((row) => ({
    id: row.id,
    method: row.method,
    path: row.path,
    group: row.group,
    decision: row.refused === undefined ? 'relayed' : `refused: ${row.refused}`,
    retired: row.retired,
    cost: row.cost,
    shape: row.shape,
    unread: unreadOf(row.body, row.shape),
  }));
}
