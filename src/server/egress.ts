/**
 * How the gateway goes out: whose certificates it trusts, which it shows, and through which proxy. What it trusts is
 * checked end to end, through a proxy too; proxies of the environment are ignored.
 */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type ClientRequestArgs, request } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { z } from 'zod';
import type { OwnEgress } from '../base/own-dispatcher.ts';

function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash } = new URL(text);
  return protocol === 'http:' && pathname === '/' && search === '' && hash === '';
}

/** Fields of a section that says where the gateway goes. */
export const egressFields = {
  /** PEM file of certificate authorities to trust instead of Node's. */
  caFile: z.string().optional(),
  /** PEM files of the certificate that the gateway shows, and of its key: both or none. */
  clientCertFile: z.string().optional(),
  clientKeyFile: z.string().optional(),
  /** `http://host:port`, with `user:password@` where it asks for them; all goes through it by CONNECT. */
  proxy: z.string().refine(isProxyUrl, 'must be http://host:port').optional(),
};
/** After the schema. */
export interface Egress {
  readonly caFile?: string | undefined;
  readonly clientCertFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
  readonly proxy?: string | undefined;
}

/** How certificates are checked and shown; the files are read now. @throws the system's errors */
export function tlsOf({ caFile, clientCertFile, clientKeyFile }: Egress) {
  return {
    rejectUnauthorized: true,
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    ...(clientCertFile !== undefined && { cert: readFileSync(clientCertFile) }),
    ...(clientKeyFile !== undefined && { key: readFileSync(clientKeyFile) }),
  };
}

/** For calls of the gateway's own. @throws the system's errors */
export function ownEgressOf(egress: Egress): OwnEgress {
  return { tls: tlsOf(egress), proxy: egress.proxy };
}

type Done = (error: Error | null, stream?: Duplex) => void;

/** For sockets: an agent whose every connection is a tunnel of its own through the proxy. */
export class TunnelAgent extends HttpAgent {
  readonly #proxy: URL;
  readonly #tls: ReturnType<typeof tlsOf>;
  readonly #isSecure: boolean;
  readonly #connectMsMax: number;

  constructor(egress: Egress & { readonly proxy: string }, isSecure: boolean, connectMsMax: number) {
    super();
    // Whoever asks by https takes no other agent; what is secure here is the tunnel's inside.
    Object.assign(this, { protocol: isSecure ? 'https:' : 'http:' });
    this.#proxy = new URL(egress.proxy);
    this.#tls = tlsOf(egress);
    this.#isSecure = isSecure;
    this.#connectMsMax = connectMsMax;
  }

  override createConnection(options: ClientRequestArgs, done: Done): undefined {
    const { hostname, port, username, password } = this.#proxy;
    const host = options.host ?? '';
    const to = `${host.includes(':') ? `[${host}]` : host}:${options.port}`;
    const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const asked = request({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || 80,
      method: 'CONNECT',
      path: to,
      timeout: this.#connectMsMax,
      headers: {
        host: to,
        ...(username && { 'proxy-authorization': `Basic ${Buffer.from(words).toString('base64')}` }),
      },
    });
    asked.once('timeout', () => asked.destroy(new Error('the proxy timed out')));
    asked.once('error', (error) => done(error));
    asked.once('connect', ({ statusCode }, socket) => {
      socket.setTimeout(0);
      if (statusCode === 200) return done(null, this.#isSecure ? this.#secured(socket, host) : socket);
      socket.destroy();
      done(new Error(`the proxy said ${statusCode}`));
    });
    asked.end();
    return undefined;
  }

  /** An address is no name of a server (RFC 6066, section 3), and is looked for in the certificate all the same. */
  #secured(socket: Duplex, host: string): Duplex {
    return connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }), ...this.#tls });
  }
}
