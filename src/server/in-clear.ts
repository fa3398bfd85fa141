/** Which requests travelled in clear: told from the socket, and from what a trusted proxy says. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Presented } from '../domain/callers/authentication.ts';

/**
 * What becomes of a request in clear. `auto`: in production, what came in clear to a proxy that says so is refused,
 * and always what comes in clear to a port with TLS. `refuse`: whatever did not come over TLS, here or at a trusted
 * proxy. `allow`: nothing is looked at.
 */
export const plainHttpSchema = z.enum(['auto', 'refuse', 'allow']).default('auto');

/** Whether a request came in clear. */
export type InClear = (request: FastifyRequest) => boolean;

/** Told what came in clear and was refused, with the request's id. */
export type OnInClear = (presented: Presented, request: string) => Promise<void>;

/** Undefined where no request has to be looked at. @param proxied `server.trustProxy` names a peer */
export function inClearBy(
  mode: z.infer<typeof plainHttpSchema>,
  production: boolean,
  proxied: boolean,
): InClear | undefined {
  if (mode === 'refuse') return ({ protocol }) => protocol !== 'https';
  if (mode === 'allow' || !production || !proxied) return undefined;
  // Without a word of a proxy's nothing is known of the way to it: whoever wants that refused says `refuse`.
  return ({ protocol, headers }) => protocol !== 'https' && lastWord(headers['x-forwarded-proto']) === 'http';
}

/** The nearest proxy's, whoever wrote the others. */
function lastWord(value: string | string[] | undefined): string | undefined {
  return value?.toString().split(',').at(-1)?.trim().toLowerCase();
}

/** Beside the refusal (RFC 9110, section 15.5.22). */
export const UPGRADE_HEADERS = { upgrade: 'TLS/1.2, HTTP/1.1', connection: 'upgrade, close' } as const;
