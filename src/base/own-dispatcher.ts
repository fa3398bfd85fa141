/** How calls of the gateway's own go out: bounded, never to a forbidden address, and through the house's proxy where there is one. */
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { allowedLookup } from './own-calls.ts';

/** Whose certificates are trusted, which is shown, and through which proxy. */
export interface OwnEgress {
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
  /** `http://host:port`; all goes through it by CONNECT, and it resolves names. */
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
  const connect = { ...tls, timeout: msMax, rejectUnauthorized: true };
  if (proxy === undefined) return new Agent({ ...common, connect: { ...connect, lookup: allowedLookup } });
  const proxyTls = { timeout: msMax };
  return new ProxyAgent({ uri: proxy, proxyTunnel: true, ...common, requestTls: connect, proxyTls });
}
