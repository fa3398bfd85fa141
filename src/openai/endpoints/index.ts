/**
 * The endpoint table: every operation of OpenAI's API, one row each, its sockets among them, and which of them are open.
 * What has no row is unknown.
 */
import type { Endpoint } from '../endpoint.ts';
import { ADMINISTRATION } from './administration.ts';
import { AGENTS } from './agents.ts';
import { MEDIA } from './media.ts';
import { SOCKETS } from './sockets.ts';
import { STORAGE } from './storage.ts';
import { TEXT } from './text.ts';
import { TRAINING } from './training.ts';

/** All rows. `?beta=true` of OpenAI's description is no row of its own but a query key of the plain one. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...TEXT,
  ...MEDIA,
  ...SOCKETS,
  ...STORAGE,
  ...TRAINING,
  ...AGENTS,
  ...ADMINISTRATION,
];

const byId = new Map(ENDPOINTS.map((endpoint) => [endpoint.id, endpoint]));

/** The row of this id. */
export function endpointOf(id: string): Endpoint | undefined {
  return byId.get(id);
}

const relayable = ENDPOINTS.filter((endpoint) => endpoint.refused === undefined);

/** Every group that can be allowed, in the order of the table. */
export const GROUPS: readonly string[] = [...new Set(relayable.map((endpoint) => endpoint.group))];

/** What is open when nothing is configured: nothing retired, nothing that runs past the gateway. */
export const DEFAULT_GROUPS: readonly string[] = [
  'chat.completions',
  'responses',
  'conversations',
  'completions',
  'embeddings',
  'moderations',
  'models',
  'images',
  'audio',
  'files',
  'uploads',
  'batches',
  'vector_stores',
  'realtime',
];

/**
 * A name covers what it names (a group or one row), and everything under it by dots; `*` covers all. What runs past the
 * gateway is covered by `*` and its own names alone: who opens live sessions does not mean those.
 */
function covers(name: string, endpoint: Endpoint): boolean {
  if (name === '*' || name === endpoint.id || name === endpoint.group || name === endpoint.under) return true;
  return !endpoint.bypasses && (endpoint.group.startsWith(`${name}.`) || endpoint.id.startsWith(`${name}.`));
}

/** Whether a row is open under this list of names. Administration is under none, `*` included. */
export function allowedBy(allow: readonly string[]): (endpoint: Endpoint) => boolean {
  const open = new Set(
    relayable
      .filter((endpoint) => allow.some((name) => covers(name, endpoint)))
      .map((endpoint) => endpoint.id),
  );
  return (endpoint) => open.has(endpoint.id);
}

/** The names that open nothing: misspelt, or administration. */
export function unknownNames(allow: readonly string[]): readonly string[] {
  return allow.filter((name) => !relayable.some((endpoint) => covers(name, endpoint)));
}
