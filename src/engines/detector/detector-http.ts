/**
 * The call that detectors of all kinds make: one POST of JSON to one configured URL, the answer bounded in time and
 * size. Never follows a redirect, never asks twice, never connects to a link-local or metadata address.
 */
import { z } from 'zod';
import { isOwnCallUrl, OWN_CALL_URL } from '../../base/own-calls.ts';
import { ownDispatcher, type OwnEgress } from '../../base/own-dispatcher.ts';

/** What every kind has; the URL is a whole one for some, a base for others. */
export const detectorServiceShape = {
  /** https, or http to loopback. */
  url: z.string().refine(isOwnCallUrl, OWN_CALL_URL),
  /** Sent as `Authorization: Bearer …`; none where left out. */
  apiKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,1024}$/, 'must be printable characters without spaces')
    .optional(),
  /** For one call, with connecting and waiting for a connection. */
  timeoutMs: z.int().min(10).max(30_000).default(1000),
  connectionsMax: z.int().min(1).max(1024).default(64),
};
/** After the schema. */
export interface DetectorService {
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly timeoutMs: number;
  readonly connectionsMax: number;
}

/** Answers beyond this are none: some 2 KB a text is what the wordiest kind says. */
const ANSWER_BYTES_MAX = 4_194_304;

/** One service. */
export interface JsonService {
  /**
   * The answer, of this shape. Rejects with an Error on every status but 200 and on every other shape; nothing of the
   * answer is in it, which may repeat what callers wrote.
   */
  post<T>(body: unknown, shape: z.ZodType<T>): Promise<T>;
  close(): Promise<void>;
}

/** With connections of its own, to the service's origin alone. @param egress through which proxy, whom it trusts and shows */
export function jsonService(service: DetectorService, egress: OwnEgress): JsonService {
  const { timeoutMs, connectionsMax, apiKey } = service;
  const { origin, pathname, search } = new URL(service.url);
  const bounds = { msMax: timeoutMs, answerBytesMax: ANSWER_BYTES_MAX, connections: connectionsMax };
  const dispatcher = ownDispatcher(egress, bounds);
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'sallyport',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  return {
    async post(body, shape) {
      const answer = await dispatcher.request({
        origin,
        method: 'POST',
        path: pathname + search,
        headers,
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (answer.statusCode !== 200) {
        // What nobody reads would hold the connection; how that ends is no matter of this call.
        answer.body.dump().catch(() => undefined);
        throw new Error(`the detector answered ${answer.statusCode}`);
      }
      const read = shape.safeParse(parsed(await answer.body.text()));
      if (!read.success) throw new Error('the detector gave an answer of another shape');
      return read.data;
    },
    close: () => dispatcher.destroy(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the detector answered no JSON');
  }
}
