/**
 * Events in batches by POST, as JSON lines, signed. Never follows a redirect, never connects to a link-local or metadata
 * address; whatever is not 2xx is sent again.
 */
import { Pool } from 'undici';
import { z } from 'zod';
import { allowedLookup, isOwnCallUrl, OWN_CALL_URL } from '../base/own-calls.ts';
import { signatureHeaders, SIGNING_SECRET } from '../base/signature.ts';
import type { EventSink } from '../ports/event-sink.ts';

/** A target of this kind in the section `exports`. */
export const webhookExportSchema = z.strictObject({
  kind: z.literal('webhook'),
  name: z.string().regex(/^[a-z0-9-]{1,64}$/),
  /** https, or http to loopback. */
  url: z.string().refine(isOwnCallUrl, OWN_CALL_URL),
  /** Signs each POST. */
  secret: z.string().regex(SIGNING_SECRET, 'must be 16 to 256 printable characters without spaces'),
  /** Sent as `Authorization`, as it is, for receivers that ask for a token of theirs. */
  authorization: z
    .string()
    .regex(/^[\x20-\x7e]{1,1024}$/)
    .optional(),
});

const CALL_MS_MAX = 10_000;

/** Connects when there is something to send. */
export function createWebhookExport({
  url,
  secret,
  authorization,
}: z.infer<typeof webhookExportSchema>): EventSink {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, {
    connections: 1,
    pipelining: 1,
    connect: { lookup: allowedLookup, timeout: CALL_MS_MAX, rejectUnauthorized: true },
    headersTimeout: CALL_MS_MAX,
    bodyTimeout: CALL_MS_MAX,
    maxResponseSize: 65_536,
  });
  return {
    async send(events) {
      const body = `${events.join('\n')}\n`;
      const { statusCode, body: answer } = await pool.request({
        method: 'POST',
        path: pathname + search,
        headers: {
          'content-type': 'application/x-ndjson',
          'user-agent': 'sallyport',
          ...(authorization !== undefined && { authorization }),
          ...signatureHeaders(secret, body),
        },
        body,
        signal: AbortSignal.timeout(CALL_MS_MAX),
      });
      await answer.dump().catch(() => undefined);
      if (statusCode < 200 || statusCode > 299) throw new Error(`the receiver answered ${statusCode}`);
    },
    close: () => pool.destroy(),
  };
}
