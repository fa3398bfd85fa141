/**
 * Events in batches by POST, as JSON lines, signed. Never follows a redirect, never connects to a link-local or metadata
 * address; whatever is not 2xx is sent again.
 */
import { z } from 'zod';
import { isOwnCallUrl, OWN_CALL_URL } from '../../base/own-calls.ts';
import { ownDispatcher, type OwnEgress } from '../../base/own-dispatcher.ts';
import { signatureHeaders, SIGNING_SECRET } from '../../base/signature.ts';
import type { EventSink } from '../../ports/event-sink.ts';

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
export function createWebhookExport(
  { url, secret, authorization }: z.infer<typeof webhookExportSchema>,
  egress: OwnEgress = {},
): EventSink {
  const { origin, pathname, search } = new URL(url);
  const bounds = { msMax: CALL_MS_MAX, answerBytesMax: 65_536, connections: 1 };
  const dispatcher = ownDispatcher(egress, bounds);
  return {
    async send(events) {
      const body = `${events.join('\n')}\n`;
      const { statusCode, body: answer } = await dispatcher.request({
        origin,
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
    close: () => dispatcher.destroy(),
  };
}
