/** How a receiver knows that a POST is ours: an HMAC over the second it was sent in and its body. */
import { createHmac } from 'node:crypto';

/**
 * `x-sallyport-timestamp`: seconds since 1970; `x-sallyport-signature`: `v1=` and HMAC-SHA-256, hex, over
 * `timestamp.body`. A receiver refuses what is older than it likes.
 */
export function signatureHeaders(secret: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-sallyport-timestamp': timestamp, 'x-sallyport-signature': `v1=${digest}` };
}

/** What a secret that signs must be. */
export const SIGNING_SECRET = /^[\x21-\x7e]{16,256}$/;
