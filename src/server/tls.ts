/**
 * TLS at a listener: the certificate from files, taken anew when they change, and plain HTTP on the same port told
 * apart by its first byte, so that its sender reads why it is refused. Never serves a call that came in clear.
 */
import { statSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { z } from 'zod';
import { readCertificate } from '../base/certificate.ts';

/** A listener's certificate in the configuration. */
export const tlsSchema = z.strictObject({
  /** PEM: the certificate, then those between it and its authority. */
  certFile: z.string().min(1),
  /** PEM, without a passphrase. */
  keyFile: z.string().min(1),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
});
/** The section after its schema. */
export type TlsSettings = z.infer<typeof tlsSchema>;

/** First byte of a TLS record that opens a connection (RFC 8446, section 5.1). */
const HANDSHAKE = 22;
/** For the first byte, for a hand-shake, and for a whole call in clear, which gets nothing but a refusal. */
const FIRST_MS_MAX = 10_000;
/** How often the files are looked at. */
const LOOK_MS = 2000;

/** Told when a new certificate is in force, or why it is not. */
export type OnCertificate = (fault: Error | undefined) => void;

/** A listener that speaks TLS alone. */
export interface Secured {
  readonly settings: TlsSettings;
  readonly onCertificate: OnCertificate;
  /** Answers what comes in clear on its port. */
  readonly onPlain: RequestListener;
}

/**
 * Node's HTTP server, with TLS where it is asked for.
 * @throws Error if the certificate cannot be used
 */
export function createListener(
  secured: Secured | undefined,
  options: ServerOptions,
  listener: RequestListener,
): Server {
  if (secured === undefined) return createServer(options, listener);
  const { settings, onCertificate, onPlain } = secured;
  const { minVersion } = settings;
  const tls = { handshakeTimeout: FIRST_MS_MAX, minVersion, ...readCertificate(settings) };
  const server = createTlsServer({ ...options, ...tls }, listener);
  answerPlain(server, onPlain);
  followCertificate(server, settings, onCertificate);
  return server;
}

/**
 * Looks at the files until the server is closed; open connections keep what they began with. A pair that is not whole,
 * as in the middle of a renewal, leaves the last good one in force and is tried again at the next change.
 */
function followCertificate(server: TlsServer, settings: TlsSettings, told: OnCertificate): void {
  let seen = stamp(settings);
  const timer = setInterval(() => {
    const now = stamp(settings);
    if (now === seen) return;
    seen = now;
    try {
      server.setSecureContext({ ...readCertificate(settings), minVersion: settings.minVersion });
      told(undefined);
    } catch (error) {
      told(error instanceof Error ? error : new Error('unknown'));
    }
  }, LOOK_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** Changes when a file is written, replaced, or its link points elsewhere. */
function stamp({ certFile, keyFile }: TlsSettings): string {
  return [certFile, keyFile]
    .map((file) => {
      const { ino, mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return `${ino} ${mtimeMs} ${size}`;
    })
    .join(' ');
}

/** What speaks HTTP in clear on this server's port goes to `onPlain`, one call a connection. */
function answerPlain(server: TlsServer, onPlain: RequestListener): void {
  const plain = createServer({ headersTimeout: FIRST_MS_MAX }, (request, response) => {
    response.setHeader('connection', 'close');
    onPlain(request, response);
  });
  const handshakes = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const waiting = setTimeout(() => socket.destroy(), FIRST_MS_MAX).unref();
    socket.once('close', () => clearTimeout(waiting));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first !== null) socket.unshift(first);
      if (first === null) socket.destroy();
      else if (first[0] !== HANDSHAKE) plain.emit('connection', socket);
      else {
        clearTimeout(waiting);
        for (const begin of handshakes) begin.call(server, socket);
      }
    });
  });
}
