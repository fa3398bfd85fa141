/**
 * Tells people by webhook: a signed POST to each configured URL, in order, tried again for a quarter of an hour. Never
 * follows a redirect, never connects to a link-local or metadata address, and tells nobody a URL, whose path may be a
 * credential.
 */
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { isOwnCallUrl, OWN_CALL_URL } from '../../base/own-calls.ts';
import { ownDispatcher, type OwnEgress } from '../../base/own-dispatcher.ts';
import { signatureHeaders, SIGNING_SECRET } from '../../base/signature.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { NoticeQueue, type NotTold, type Told } from './notify-queue.ts';

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

/** The list `webhooks` of the section `notify`. */
export const webhooksSchema = z.array(webhookSchema).max(20).default([]);
type Webhook = z.infer<typeof webhookSchema>;

const CALL_MS_MAX = 5000;

export interface WebhookOptions {
  readonly webhooks: readonly Webhook[];
  readonly baseUrl?: string | undefined;
  /** Which receiver by its place in the list, and why: for the log. */
  readonly onFailure: (index: number, reason: string) => void;
  /** Between the first try and the second; doubled each time, up to a minute. */
  readonly firstWaitMs?: number | undefined;
  readonly egress?: OwnEgress | undefined;
}

/** Connects when there is something to tell. */
export function createWebhookNotifier(options: WebhookOptions): Notifier {
  const { webhooks, baseUrl = '', onFailure, firstWaitMs, egress = {} } = options;
  const ending = new AbortController();
  const { signal } = ending;
  // One each, also where several stand at one origin: who is slow holds up nobody else.
  const bounds = {
    msMax: CALL_MS_MAX,
    answerBytesMax: 65_536,
    connections: Math.max(webhooks.length, 1),
  };
  const agent = ownDispatcher(egress, bounds);
  const receivers = webhooks.map(
    (webhook, index) =>
      new NoticeQueue({
        deliver: (told) => post(told, webhook, agent, signal),
        firstWaitMs,
        signal,
        onFailure: (reason) => onFailure(index, reason),
      }),
  );
  return {
    receivers: receivers.length,
    notify(notice) {
      const told = { notice, link: new URL(notice.path, baseUrl).href, at: Date.now() };
      return receivers.map((receiver) => receiver.add(told)).every(Boolean);
    },
    async close() {
      ending.abort();
      await agent.destroy();
    },
  };
}

async function post(
  told: Told,
  { url, secret, format }: Webhook,
  agent: Dispatcher,
  signal: AbortSignal,
): Promise<NotTold | undefined> {
  const { origin, pathname, search } = new URL(url);
  const body = bodyOf(told, format);
  try {
    const answer = await agent.request({
      origin,
      method: 'POST',
      path: pathname + search,
      headers: {
        ...HEADERS,
        'x-sallyport-delivery': told.notice.id,
        ...(secret !== undefined && signatureHeaders(secret, body)),
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

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'sallyport' };

function bodyOf({ notice: { id, kind, text }, link, at }: Told, format: Webhook['format']): string {
  if (format === 'json') return JSON.stringify({ id, kind, text, link, at: new Date(at).toISOString() });
  // Slack's own rule: these three, so that no text makes a link or calls a channel.
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({ text: `${escaped}\n<${link}|Open it in the console>`, unfurl_links: false });
}
