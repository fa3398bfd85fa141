/** How calls of the gateway's own go out: bounded, never to a forbidden address, and through the house's proxy where there is one. */
import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { allowedLookup } from './own-calls.ts';

/** Whose certificates are trusted, which is shown, and through which proxy. */
export interface OwnEgress {
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
  /** `http://host:port`; all but what is on this machine, by http, goes through it by CONNECT, and it resolves names. */
  readonly proxy?: string | undefined;
}

/** Bounds of one kind of call. */
export interface OwnBounds {
  readonly msMax: number;
  readonly answerBytesMax: number;
  /** To one receiver, at a time. */
  readonly connections: number;
}

/** Connects when it is used; certificates are checked, through a proxy too. */
export function ownDispatcher({ tls, proxy }: OwnEgress, bounds: OwnBounds): Dispatcher {
  const { msMax, answerBytesMax, connections } = bounds;
  const common = {
    connections,
    pipelining: 1,
    headersTimeout: msMax,
    bodyTimeout: msMax,
    maxResponseSize: answerBytesMax,
  };
  const secure = { ...tls, timeout: msMax, rejectUnauthorized: true };
  const direct = { ...common, connect: { ...secure, lookup: allowedLookup } };
  if (proxy === undefined) return new Agent(direct);
  const tunnel = {
    ...common,
    uri: proxy,
    proxyTunnel: true,
    requestTls: secure,
    proxyTls: { timeout: msMax },
  };
  return new Agent({
    factory: (to) => (isHere(to) ? new Pool(to, direct) : new ProxyAgent(tunnel)),
  });
}

/** What may be called by http is on this machine alone, where no proxy leads. */
function isHere(origin: string | URL): boolean {
  return new URL(origin).protocol === 'http:';
}
