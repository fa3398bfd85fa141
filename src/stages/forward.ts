/**
 * Sends the prepared call upstream, once (a list asks for up to ten pages), and relays what comes back. Limits are
 * taken and the intent is durable. Upstream's path, headers and body are built here, never copied.
 */
import { Refusal } from '../base/errors.ts';
import type { UpstreamPressure } from '../domain/upstreams/upstream-pressure.ts';
import type { Credential } from '../domain/upstreams/upstream-credential.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { AnswerHeaders } from '../domain/answers/answer-headers.ts';
import type { AskPage } from '../domain/objects/object-lists.ts';
import { relayedHeaders } from '../domain/answers/relayed-headers.ts';
import {
  isToldByHeader,
  SAFETY_HEADER,
  type SafetyIdentifier,
} from '../domain/callers/safety-identifiers.ts';
import { upstreamFault } from '../domain/upstreams/upstream-errors.ts';
import { upstreamPath } from '../openai/route.ts';
import type { Upstream, UpstreamFault, UpstreamRequest } from '../ports/upstream.ts';
import { furtherPage } from './further-page.ts';
import { createRelay, type Relay } from './relay.ts';
import type { Reply } from './reply.ts';
import type { OwnObjects } from './own-objects.ts';
import type { AnswerScreening } from './screen-answer.ts';
import { wholeQuery } from './taken-up.ts';

/** The gateway's own names upstream: the only credential that is ever sent. */
export interface OwnNames {
  readonly credential: Credential;
  readonly organization: string | undefined;
  readonly project: string | undefined;
  /** What upstream is told of whom a call is for; undefined: what its caller says. */
  readonly safetyIdentifier?: SafetyIdentifier | undefined;
}

/** The way to one configured upstream. */
export interface Destination extends OwnNames {
  readonly upstream: Upstream;
  /** A call whose key upstream refused is sent once more where there is another key. */
  readonly retryOnCredential?: boolean | undefined;
}

/** The way up: to the default upstream, and to those that are named. */
export interface ForwardDeps extends Destination {
  readonly named?: ReadonlyMap<string, Destination> | undefined;
  /** What is left of upstream's limits; undefined where nobody asks. */
  readonly pressure?: UpstreamPressure | undefined;
  readonly answerHeaders: AnswerHeaders;
  readonly ownObjects: OwnObjects;
  readonly screening: AnswerScreening;
}

/** Resolves once the answer has ended, whole or broken off; rejects only while nothing was answered. */
export type Forward = (exchange: Exchange, reply: Reply) => Promise<void>;

/** @throws upstream.* when nothing was answered yet; a broken stream ends with an error event instead */
export function forward(deps: ForwardDeps): Forward {
  return (exchange, reply) =>
    new Promise<void>((resolve, reject) => {
      if (exchange.aborted) throw faultOf(exchange, 'aborted');
      const relay = createRelay(exchange, reply, deps.answerHeaders, {
        ownObjects: deps.ownObjects,
        screening: deps.screening,
        breakOff(refusal) {
          relay.fail(refusal, settle);
          relay.control?.abort();
        },
        askPage: askPage(deps, exchange),
      });
      const settle = (refusal?: Refusal): void => {
        exchange.whenAborted(undefined);
        if (refusal) reject(refusal);
        else resolve();
      };
      send({ deps, to: destinationOf(deps, exchange.upstream), exchange, relay, settle });
    });
}

/** @throws upstream.unreachable for a name that is not configured */
export function destinationOf(deps: ForwardDeps, upstream: string | undefined): Destination {
  const found = upstream === undefined ? deps : deps.named?.get(upstream);
  if (!found) throw new Refusal('upstream.unreachable', { detail: 'an upstream that is not configured' });
  return found;
}

interface Sending {
  readonly deps: ForwardDeps;
  readonly to: Destination;
  readonly exchange: Exchange;
  readonly relay: Relay;
  readonly settle: (refusal?: Refusal) => void;
}

/** @param isAgain with another key, as the first was refused: no third try */
function send(sending: Sending, isAgain = false): void {
  const { deps, to, exchange, relay, settle } = sending;
  /** Whatever a listener throws ends the exchange, never the process. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      // In this order: what breaking off brings must not be taken for the reason.
      relay.fail(error instanceof Refusal ? error : new Refusal('gateway.fault', { cause: error }), settle);
      relay.control?.abort();
    }
  };
  const key = to.credential.key();
  let isRefused = false;
  const control = to.upstream.send(requestUp(to, exchange, deps.ownObjects.query(exchange), key), {
    sent() {
      exchange.sentUpstream = true;
      exchange.sentAt = performance.now();
    },
    head: (status, headers) =>
      guarded(() => {
        const hasOther = status === 401 && to.credential.refused(key);
        isRefused = hasOther && !isAgain && to.retryOnCredential === true;
        deps.pressure?.observe(exchange.upstream, exchange.prepared.facts.model, { status, headers });
        if (!isRefused) relay.head(status, headers);
      }),
    data: (chunk) => isRefused || guarded(() => relay.data(chunk)),
    end() {
      if (!isRefused) guarded(() => relay.end(settle));
      else if (exchange.aborted) relay.fail(faultOf(exchange, 'aborted'), settle);
      // It was not executed: what is sent now is the call's one request.
      else guarded(() => send(sending, true));
    },
    failed: (fault, detail) => relay.fail(faultOf(exchange, fault, detail), settle),
  });
  relay.control = control;
  exchange.whenAborted(() => control.abort());
}

/** Further pages of a list that is being answered: the same call, from another place on. */
function askPage(deps: ForwardDeps, exchange: Exchange): AskPage {
  return (query) => {
    const to = destinationOf(deps, exchange.upstream);
    const request = requestUp(to, exchange, query, to.credential.key());
    return furtherPage(exchange, (listener) => to.upstream.send(request, listener));
  };
}

function requestUp(
  to: Destination,
  exchange: Exchange,
  query: Exchange['match']['query'],
  key: string,
): UpstreamRequest {
  const { endpoint, params } = exchange.match;
  const asked = wholeQuery(exchange.match, query);
  const { method } = endpoint;
  // Sockets have a way of their own.
  if (method === 'WEBSOCKET') throw new Refusal('gateway.fault');
  return {
    method,
    path: upstreamPath(to.upstream.basePath, { endpoint, params, query: asked }),
    headers: headersUp(to, exchange, key),
    body: exchange.prepared.bytes,
  };
}

function faultOf(exchange: Exchange, fault: UpstreamFault, detail?: string): Refusal {
  return exchange.abortedWith ?? upstreamFault(fault, detail);
}

/** All headers that go up, but for what the protocol itself needs. */
export function headersUp(
  { organization, project, safetyIdentifier }: Omit<OwnNames, 'credential'>,
  exchange: Exchange,
  key: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...relayedHeaders(exchange.arrival.headers),
    authorization: `Bearer ${key}`,
    'accept-encoding': 'identity',
    'user-agent': 'sallyport',
  };
  if (exchange.prepared.contentType !== undefined) headers['content-type'] = exchange.prepared.contentType;
  if (organization !== undefined) headers['openai-organization'] = organization;
  if (project !== undefined) headers['openai-project'] = project;
  const identifier = isToldByHeader(exchange.endpoint) ? safetyIdentifier?.(exchange.caller) : undefined;
  if (identifier !== undefined) headers[SAFETY_HEADER] = identifier;
  return headers;
}
