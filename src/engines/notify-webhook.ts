/**
 * Tells people by webhook: a signed POST to each configured URL, in order, tried again for a quarter of an hour. Never
 * follows a redirect, never connects to a link-local or metadata address, and tells nobody a URL, whose path may be a
 * credential.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import { z } from 'zod';
import { allowedLookup, isOwnCallUrl, OWN_CALL_URL } from '../base/own-calls.ts';
import { signatureHeaders, SIGNING_SECRET } from '../base/signature.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';

const webhookSchema = z
  .strictObject({
    /** https, or http to loopback. */
    url: z.string().refine(isOwnCallUrl, OWN_CALL_URL),
    /** Signs each POST; only Slack, which looks at none, can do without. */
    secret: z
      .string()
      .regex(SIGNING_SECRET, 'must be 16 to 256 printable characters without spaces')
      .optional(),
    format: z.enum(['json', 'slack']).default('json'),
  })
  .refine(({ secret, format }) => format === 'slack' || secret !== undefined, {
    path: ['secret'],
    message: 'is needed: the receiver knows by it who calls',
  });

/** The section `notify`. */
export const notifySchema = z
  .strictObject({
    webhooks: z.array(webhookSchema).max(20).default([]),
    /** Where people reach the console: what links begin with. */
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine(({ webhooks, baseUrl }) => webhooks.length === 0 || baseUrl !== undefined, {
    path: ['baseUrl'],
    message: 'is needed by webhooks: what is told is a link',
  });
export type NotifySettings = z.infer<typeof notifySchema>;
type Webhook = NotifySettings['webhooks'][number];

const QUEUE_MAX = 1000;
const AGE_MS_MAX = 900_000;
const CALL_MS_MAX = 5000;
const FIRST_WAIT_MS = 1000;
const WAIT_MS_MAX = 60_000;

export interface WebhookOptions extends NotifySettings {
  /** Which receiver by its place in the list, and why: for the log. */
  readonly onFailure: (index: number, reason: string) => void;
  /** Between the first try and the second; doubled each time, up to a minute. */
  readonly firstWaitMs?: number;
}

/** Connects when there is something to tell. */
export function createWebhookNotifier(options: WebhookOptions): Notifier {
  const { webhooks, baseUrl = '', onFailure, firstWaitMs = FIRST_WAIT_MS } = options;
  const ending = new AbortController();
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    connect: { lookup: allowedLookup, timeout: CALL_MS_MAX, rejectUnauthorized: true },
    headersTimeout: CALL_MS_MAX,
    bodyTimeout: CALL_MS_MAX,
    maxResponseSize: 65_536,
  });
  const receivers = webhooks.map(
    (webhook, index) =>
      new Receiver({
        webhook,
        agent,
        firstWaitMs,
        signal: ending.signal,
        onFailure: (reason) => onFailure(index, reason),
      }),
  );
  return {
    receivers: receivers.length,
    notify(notice) {
      const told = { notice, link: new URL(notice.path, baseUrl).href, at: Date.now() };
      return receivers.map((receiver) => receiver.queue(told)).every(Boolean);
    },
    async close() {
      ending.abort();
      await agent.destroy();
    },
  };
}

interface Told {
  readonly notice: Notice;
  readonly link: string;
  readonly at: number;
}

interface ReceiverOptions {
  readonly webhook: Webhook;
  readonly agent: Agent;
  readonly firstWaitMs: number;
  readonly signal: AbortSignal;
  readonly onFailure: (reason: string) => void;
}

/** One webhook: its queue, and who empties it. */
class Receiver {
  readonly #options: ReceiverOptions;
  readonly #waiting: Told[] = [];
  #isSending = false;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  queue(told: Told): boolean {
    if (this.#waiting.length >= QUEUE_MAX) {
      this.#options.onFailure('too many notices wait; one is dropped');
      return false;
    }
    this.#waiting.push(told);
    if (!this.#isSending) void this.#send();
    return true;
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    this.#isSending = true;
    const { signal, firstWaitMs, onFailure } = this.#options;
    for (let waitMs = firstWaitMs; !signal.aborted; ) {
      const [next] = this.#waiting;
      if (!next) break;
      const failure = await this.#post(next);
      const isOver = Date.now() - next.at > AGE_MS_MAX;
      if (failure === undefined || failure.isFinal || isOver) this.#waiting.shift();
      if (failure) onFailure(failure.reason);
      if (failure === undefined || failure.isFinal) waitMs = firstWaitMs;
      else if (!isOver) {
        await pause(waitMs, undefined, { ref: false, signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
      }
    }
    this.#isSending = false;
  }

  async #post(told: Told): Promise<{ readonly reason: string; readonly isFinal: boolean } | undefined> {
    const { webhook, agent, signal } = this.#options;
    const { origin, pathname, search } = new URL(webhook.url);
    const body = bodyOf(told, webhook.format);
    try {
      const answer = await agent.request({
        origin,
        method: 'POST',
        path: pathname + search,
        headers: {
          ...HEADERS,
          'x-sallyport-delivery': told.notice.id,
          ...(webhook.secret !== undefined && signatureHeaders(webhook.secret, body)),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS_MAX)]),
      });
      answer.body.dump().catch(() => undefined);
      const { statusCode } = answer;
      if (statusCode >= 200 && statusCode < 300) return undefined;
      const isFinal = statusCode < 500 && statusCode !== 408 && statusCode !== 429;
      return { reason: `answered ${statusCode}`, isFinal };
    } catch (error) {
      return { reason: error instanceof Error ? error.name : 'failed', isFinal: false };
    }
  }
}

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'sallyport' };

function bodyOf({ notice: { id, kind, text }, link, at }: Told, format: Webhook['format']): string {
  if (format === 'json') return JSON.stringify({ id, kind, text, link, at: new Date(at).toISOString() });
  // Slack's own rule: these three, so that no text makes a link or calls a channel.
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({ text: `${escaped}\n<${link}|Open it in the console>`, unfurl_links: false });
}
