/**
 * The way upstream: one pool of undici's, one origin from the configuration. Never follows a redirect, never retries,
 * never sends what the pipeline did not build; upstream's certificate is always verified.
 */
import { Pool, ProxyAgent, type Dispatcher } from 'undici';
import { z } from 'zod';
import type {
  Upstream,
  UpstreamControl,
  UpstreamFault,
  UpstreamListener,
  UpstreamRequest,
} from '../ports/upstream.ts';
import { DEFAULT_UPSTREAM } from '../domain/upstreams/upstreams.ts';
import { type Egress, egressFields, tlsOf } from './egress.ts';

/** What can stand in a header (RFC 9110, section 5.5), without spaces. */
const header = z.string().regex(/^[\x21-\x7e]{1,1024}$/, 'must be printable characters without spaces');
const ms = z.int().min(10).max(3_600_000);
const BOTH = { path: ['clientKeyFile'], message: 'clientCertFile and clientKeyFile go together' };

function hasBoth({ clientCertFile: cert, clientKeyFile: key }: Egress): boolean {
  return (cert === undefined) === (key === undefined);
}

function allowedUrl(text: string): boolean {
  // What is no URL at all was told already.
  if (!URL.canParse(text)) return true;
  const url = new URL(text);
  const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return plain && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback));
}

/** What is said of any upstream. */
const fields = z.strictObject({
  /** https, or http to loopback only. */
  baseUrl: z
    .url()
    .refine(allowedUrl, 'must be https, or http to a loopback address, without user, query or fragment'),
  apiKey: header.optional(),
  /** Used from the moment that upstream refuses the other, and the other way round. */
  apiKeyNext: header.optional(),
  /** Files that the two were read from: read again when they change. */
  apiKeyFile: z.string().optional(),
  apiKeyNextFile: z.string().optional(),
  /** A call whose key upstream refused (401: not executed) is sent once more, with the other key. */
  retryOnCredential: z.boolean().default(false),
  /** ISO date on which the key was made: over 90 days is warned about. */
  apiKeyCreatedAt: z.iso.date().optional(),
  organization: header.optional(),
  project: header.optional(),
  ...egressFields,
  connectMsMax: ms.default(10_000),
  /** Until the head of the answer: reasoning models think for minutes. */
  headMsMax: ms.default(600_000),
  /** Silence within an answer. */
  idleMsMax: ms.default(300_000),
  connectionsMax: z.int().min(1).max(65_535).default(4096),
});
/** The section `upstream` of the configuration. */
export const upstreamSchema = fields
  .extend({
    /**
     * What every upstream is told of whom a call is for, as `safety_identifier`: a keyed digest of the gateway's own,
     * whatever the caller says (`digest`: in every call; `endUsers`: in those that name an end user, and others go up as
     * they came), or (`off`) what the caller says.
     */
    safetyIdentifier: z.enum(['endUsers', 'digest', 'off']).default('endUsers'),
  })
  .refine(hasBoth, BOTH);
/** The section `upstreams`: further ones, by name, each with a key of its own. */
export const upstreamsSchema = z.record(
  z
    .string()
    .regex(/^[a-z0-9._-]{1,64}$/)
    .refine((name) => name !== DEFAULT_UPSTREAM, 'is what the section `upstream` is called'),
  fields.required({ apiKey: true }).refine(hasBoth, BOTH),
);
/** The section after its schema. */
export type UpstreamSettings = z.infer<typeof fields>;

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
/** Interim answers (1xx) a call; each would put its time-out off. */
const INTERIM_MAX = 16;

/** One exchange with upstream, in the form that undici calls back. */
class Dispatch implements Dispatcher.DispatchHandler, UpstreamControl {
  readonly #listener: UpstreamListener;
  #controller: Dispatcher.DispatchController | undefined;
  #aborted = false;
  #over = false;
  #interim = 0;

  constructor(listener: UpstreamListener) {
    this.#listener = listener;
  }
  abort(): void {
    if (this.#over || this.#aborted) return;
    this.#aborted = true;
    if (this.#controller) this.#controller.abort(new Error('aborted'));
    // Still without a connection, which may take its time: nothing was sent, and nothing will be.
    else this.#fail('aborted', 'before it was sent');
  }
  pause(): void {
    this.#controller?.pause();
  }
  resume(): void {
    this.#controller?.resume();
  }
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('aborted'));
    else this.#listener.sent();
  }
  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status >= 200) this.#listener.head(status, headers);
    else if ((this.#interim += 1) > INTERIM_MAX) controller.abort(new Error('too many interim answers'));
  }
  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#listener.data(chunk);
  }
  onResponseEnd(): void {
    this.#over = true;
    this.#listener.end();
  }
  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(this.#faultOf(error), error.message);
  }

  #faultOf(error: Error): UpstreamFault {
    if (this.#aborted) return 'aborted';
    if (!this.#controller) return 'unreachable';
    return 'code' in error && TIMEOUTS.has(String(error.code)) ? 'timeout' : 'broken';
  }

  #fail(fault: UpstreamFault, detail: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.failed(fault, detail);
  }
}

/** The way to `baseUrl`, with a pool of its own. */
export function createUpstream(settings: UpstreamSettings): Upstream {
  const base = new URL(settings.baseUrl);
  const { origin } = base;
  const pool = dispatcherOf(settings, origin);
  return {
    basePath: base.pathname.replace(/\/+$/, ''),
    send(request: UpstreamRequest, listener: UpstreamListener): UpstreamControl {
      const dispatch = new Dispatch(listener);
      pool.dispatch(
        {
          origin,
          method: request.method,
          path: request.path,
          headers: request.headers,
          body: request.body ?? null,
        },
        dispatch,
      );
      return dispatch;
    },
    close: () => pool.destroy(),
  };
}

function dispatcherOf(settings: UpstreamSettings, origin: string): Dispatcher {
  const { connectionsMax: connections, headMsMax, idleMsMax, connectMsMax: timeout, proxy } = settings;
  const bounds = { connections, pipelining: 1, headersTimeout: headMsMax, bodyTimeout: idleMsMax };
  const tls = { timeout, ...tlsOf(settings) };
  if (proxy === undefined) return new Pool(origin, { ...bounds, connect: tls });
  // A tunnel whatever the scheme: the proxy sees names and sizes, and never a header.
  return new ProxyAgent({ uri: proxy, proxyTunnel: true, ...bounds, requestTls: tls, proxyTls: { timeout } });
}
