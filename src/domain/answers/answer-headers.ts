/** Which headers of an answer reach the caller: an allow-list, and what the gateway itself has to say. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint } from '../../openai/endpoint.ts';
import type { Exchange } from '../exchange.ts';
import { rateLimitHeaders } from '../limits/rate-limit-headers.ts';

/** Of upstream's: what an SDK or a person uses, and nothing that names account, project or infrastructure. */
const RELAYED = [
  'content-type',
  'content-disposition',
  'openai-processing-ms',
  'openai-version',
  'cache-control',
] as const;

/** The id upstream gave the call, if it looks like one: it is kept in the audit log. */
export function upstreamRequestId(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined;
}

/** The id that ends `Location`, where the row says that an object's stands there. */
export function locatedId({ locates }: Endpoint, { location }: IncomingHttpHeaders): string | undefined {
  if (locates === undefined || location === undefined) return undefined;
  return /\/([A-Za-z0-9_-]{1,128})$/.exec(location)?.[1];
}

/** Headers of an answer for the caller, by lower-case name. */
export type AnswerHeaders = (exchange: Exchange, upstream: IncomingHttpHeaders) => Record<string, string>;

/** An allow-list: what is not named here stays. */
export const answerHeaders: AnswerHeaders = (exchange, upstream) => {
  const headers: Record<string, string> = exchange.admitted ? rateLimitHeaders(exchange.admitted) : {};
  for (const name of RELAYED) {
    const value = upstream[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const id = upstreamRequestId(upstream);
  if (id !== undefined) headers['x-upstream-request-id'] = id;
  const located = locatedId(exchange.endpoint, upstream);
  if (located !== undefined) headers['location'] = `/v1${exchange.endpoint.path}/${located}`;
  const cap = exchange.prepared.quote?.outputCap;
  if (cap !== undefined) headers['x-sallyport-output-cap'] = String(cap);
  const { parameters } = exchange.prepared;
  if (parameters) headers['x-sallyport-parameters'] = parameters.join(', ');
  return headers;
};
