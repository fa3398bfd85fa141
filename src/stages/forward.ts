/**
 * Sends the prepared call upstream, once (a list asks for up to ten pages), and relays what comes back. Limits are
 * taken and the intent is durable. Upstream's path, headers and body are built here, never copied.
 */
import { Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { AnswerHeaders } from '../domain/answer-headers.ts';
import type { AskPage } from '../domain/object-lists.ts';
import { relayedHeaders } from '../domain/relayed-headers.ts';
import { upstreamFault } from '../domain/upstream-errors.ts';
import { upstreamPath } from '../openai/route.ts';
import type { Upstream, UpstreamControl, UpstreamFault, UpstreamRequest } from '../ports/upstream.ts';
import { furtherPage } from './further-page.ts';
import { createRelay, type Relay } from './relay.ts';
import type { Reply } from './reply.ts';
import type { OwnObjects } from './own-objects.ts';
import type { AnswerScreening } from './screen-answer.ts';

/** The gateway's own names upstream: the only credential that is ever sent. */
export interface OwnNames {
  readonly apiKey: string;
  readonly organization: string | undefined;
  readonly project: string | undefined;
}

/** The way up. */
export interface ForwardDeps extends OwnNames {
  readonly upstream: Upstream;
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
        exchange.onAbort = undefined;
        if (refusal) reject(refusal);
        else resolve();
      };
      const control = send(deps, exchange, relay, settle);
      relay.control = control;
      exchange.onAbort = () => control.abort();
    });
}

function send(
  deps: ForwardDeps,
  exchange: Exchange,
  relay: Relay,
  settle: (refusal?: Refusal) => void,
): UpstreamControl {
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
  return deps.upstream.send(requestUp(deps, exchange, deps.ownObjects.query(exchange)), {
    sent() {
      exchange.sentUpstream = true;
      exchange.sentAt = performance.now();
    },
    head: (status, headers) => guarded(() => relay.head(status, headers)),
    data: (chunk) => guarded(() => relay.data(chunk)),
    end: () => guarded(() => relay.end(settle)),
    failed: (fault, detail) => relay.fail(faultOf(exchange, fault, detail), settle),
  });
}

/** Further pages of a list that is being answered: the same call, from another place on. */
function askPage(deps: ForwardDeps, exchange: Exchange): AskPage {
  return (query) =>
    furtherPage(exchange, (listener) => deps.upstream.send(requestUp(deps, exchange, query), listener));
}

function requestUp(
  deps: ForwardDeps,
  exchange: Exchange,
  query: Exchange['match']['query'],
): UpstreamRequest {
  const { endpoint, params } = exchange.match;
  const { method } = endpoint;
  // Sockets have a way of their own.
  if (method === 'WEBSOCKET') throw new Refusal('gateway.fault');
  return {
    method,
    path: upstreamPath(deps.upstream.basePath, { endpoint, params, query }),
    headers: headersUp(deps, exchange),
    body: exchange.prepared.bytes,
  };
}

function faultOf(exchange: Exchange, fault: UpstreamFault, detail?: string): Refusal {
  return exchange.abortedWith ?? upstreamFault(fault, detail);
}

/** All headers that go up, but for what the protocol itself needs. */
export function headersUp(deps: OwnNames, exchange: Exchange): Record<string, string> {
  const headers: Record<string, string> = {
    ...relayedHeaders(exchange.arrival.headers),
    authorization: `Bearer ${deps.apiKey}`,
    'accept-encoding': 'identity',
    'user-agent': 'sallyport',
  };
  if (exchange.prepared.contentType !== undefined) headers['content-type'] = exchange.prepared.contentType;
  if (deps.organization !== undefined) headers['openai-organization'] = deps.organization;
  if (deps.project !== undefined) headers['openai-project'] = deps.project;
  return headers;
}
