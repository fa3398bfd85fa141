/**
 * Tells people by e-mail, over SMTP with TLS: one message a notice, to all that are named. Never in clear, never to a
 * link-local or metadata address; the library is loaded when there is something to tell, and reads no file and no URL.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { allowedLookup, isOwnCallHost } from '../../base/own-calls.ts';
import type { Notifier } from '../../ports/notifier.ts';
import { NoticeQueue, type NotTold, type Told } from './notify-queue.ts';

/** An address, and no name beside it, that could hide another. */
const address = z
  .string()
  .max(254)
  .regex(/^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,189}$/, 'must be an address alone');

/** `mail` of the section `notify`. */
export const mailSchema = z.strictObject({
  host: z.string().min(1).max(253).refine(isOwnCallHost, 'must not be a link-local address'),
  /** 587 with `starttls`, 465 with `tls`, unless said otherwise. */
  port: z.int().min(1).max(65_535).optional(),
  /** TLS after a word in clear, without which nothing is sent (RFC 3207), or from the first byte on (RFC 8314). */
  security: z.enum(['starttls', 'tls']).default('starttls'),
  user: z.string().min(1).max(256).optional(),
  password: z.string().min(1).max(1024).optional(),
  from: address,
  to: z.array(address).min(1).max(50),
  /** Certificates that the server's is checked against, instead of those that are known; PEM. */
  caFile: z.string().optional(),
});
/** After the schema. */
export type MailSettings = z.infer<typeof mailSchema>;

export interface MailOptions {
  readonly mail: MailSettings;
  readonly baseUrl?: string | undefined;
  /** For the log: no address. */
  readonly onFailure: (reason: string) => void;
  readonly firstWaitMs?: number | undefined;
}

const STEP_MS_MAX = 10_000;

/** Connects when there is something to tell. @throws the system's errors for a `caFile` that cannot be read */
export function createMailNotifier({ mail, baseUrl = '', onFailure, firstWaitMs }: MailOptions): Notifier {
  const ending = new AbortController();
  const { signal } = ending;
  const send = sender(mail, signal);
  const queue = new NoticeQueue({ deliver: send, firstWaitMs, signal, onFailure });
  return {
    receivers: 1,
    notify: (notice) => queue.add({ notice, link: new URL(notice.path, baseUrl).href, at: Date.now() }),
    async close() {
      ending.abort();
    },
  };
}

function sender(mail: MailSettings, signal: AbortSignal): (told: Told) => Promise<NotTold | undefined> {
  const { host, security, user, password, from, to, caFile } = mail;
  const port = mail.port ?? (security === 'tls' ? 465 : 587);
  const ca = caFile === undefined ? undefined : readFileSync(caFile);
  const options = {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca && { ca }) },
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: STEP_MS_MAX,
    greetingTimeout: STEP_MS_MAX,
    socketTimeout: STEP_MS_MAX,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_: unknown, callback: OnSocket) => openSocket({ host, port }, signal, callback),
  } as const;
  return async ({ notice: { id, kind, text }, link }) => {
    try {
      const { createTransport } = await import('nodemailer');
      await createTransport(options).sendMail({
        from,
        to: [...to],
        subject: `Sallyport: ${kind}`,
        text: `${text}\n\n${link}\n`,
        messageId: `<${id.replaceAll(/[^A-Za-z0-9.-]/g, '-')}.${kind}@${from.split('@')[1] ?? ''}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return undefined;
    } catch (error) {
      return notTold(error);
    }
  };
}

type OnSocket = (error: Error | null, socket?: { connection: Socket } | false) => void;

/** Names are resolved by what refuses forbidden addresses. */
function openSocket(to: { host: string; port: number }, signal: AbortSignal, callback: OnSocket): void {
  const socket = connect({ ...to, lookup: allowedLookup, signal });
  socket.setTimeout(STEP_MS_MAX, () => socket.destroy(new Error('no connection in time')));
  socket.once('error', callback);
  socket.once('connect', () => {
    socket.setTimeout(0);
    socket.off('error', callback);
    callback(null, { connection: socket });
  });
}

/** A server's no for good (5xx) is final; its words may hold an address, and are not told. */
function notTold(error: unknown): NotTold {
  const { code, responseCode } = Object(error);
  const isAnswered = typeof responseCode === 'number';
  const reason = isAnswered ? `answered ${responseCode}` : typeof code === 'string' ? code : 'failed';
  return { reason, isFinal: isAnswered && responseCode >= 500 };
}
