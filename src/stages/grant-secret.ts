/**
 * Answers a call for a client secret with one of ours: upstream is not asked, and its own secrets reach nobody. All limits
 * are taken, and the intent is on record.
 */
import { hash } from 'node:crypto';
import { Refusal } from '../base/errors.ts';
import type { AnswerHeaders } from '../domain/answers/answer-headers.ts';
import type { ClientSecrets } from '../domain/callers/client-secrets.ts';
import type { Exchange } from '../domain/exchange.ts';
import { askedSession, grantAnswer } from '../openai/client-secret.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Reply } from './reply.ts';

/** Who makes secrets, and how many of them for one user. */
export interface GrantDeps {
  readonly clientSecrets: ClientSecrets;
  readonly secretsPerHour: number;
  readonly ledger: Ledger;
  readonly answerHeaders: AnswerHeaders;
}

/** False: the call asks for something else. @throws request.too_large, rate.requests, ledger.unavailable */
export function grantSecret(deps: GrantDeps) {
  return function grantSecret(exchange: Exchange, reply: Reply): false | Promise<void> {
    return exchange.endpoint.grants !== undefined && grant(deps, exchange, reply);
  };
}

async function grant(deps: GrantDeps, exchange: Exchange, reply: Reply): Promise<void> {
  const { endpoint, received, caller, answer, id } = exchange;
  // Read strictly before; what goes up of it later is screened again, in the session it starts.
  const asked = askedSession(endpoint, received === undefined ? {} : parsed(received));
  const { value, until } = deps.clientSecrets.grant(caller, asked.session, asked.seconds, id);
  await count(deps, exchange);
  const secret = { value, expires_at: Math.floor(until / 1000) };
  const body = Buffer.from(JSON.stringify(grantAnswer(endpoint, asked, secret, `sess_${id}`)));
  answer.status = 200;
  answer.bytes = body.length;
  answer.complete = true;
  const headers = deps.answerHeaders(exchange, {});
  const changed = [...(exchange.prepared.parameters ?? []), ...asked.leftOut];
  if (changed.length > 0) headers['x-sallyport-parameters'] = changed.join(', ');
  const length = String(body.length);
  reply.head(200, { ...headers, 'content-type': 'application/json', 'content-length': length });
  reply.end(body);
}

/** Nothing is kept of them, so that those of an hour are what can be counted. @throws rate.requests, ledger.unavailable */
async function count({ ledger, secretsPerHour }: GrantDeps, { id, userId }: Exchange): Promise<void> {
  const reservationId = `${id}:secret`;
  // A scope beside the user's own: no name of a user is this long a digest.
  const of = `secrets:${hash('sha256', `secrets of ${userId}`)}`;
  const scopes = [{ kind: 'user', id: of, requestsPerHour: secretsPerHour } as const];
  const taken = await ledger.admit({ reservationId, scopes, tokens: 0, nano: 0 });
  if (!taken.admitted) throw new Refusal('rate.requests', { detail: 'client secrets of an hour' });
  void ledger.settle({ reservationId, tokens: 0, nano: 0 });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Refusal('gateway.fault', { cause });
  }
}
