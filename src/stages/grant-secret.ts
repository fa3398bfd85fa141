/**
 * Answers a call for a client secret with one of ours: upstream is not asked, and its own secrets reach nobody. All limits
 * are taken, and the intent is on record.
 */
import { Refusal } from '../base/errors.ts';
import type { AnswerHeaders } from '../domain/answer-headers.ts';
import type { ClientSecrets } from '../domain/client-secrets.ts';
import type { Exchange } from '../domain/exchange.ts';
import { askedSession, grantAnswer } from '../openai/client-secret.ts';
import type { Reply } from './reply.ts';

/** Who makes secrets; undefined where nothing could open them. */
export interface GrantDeps {
  readonly clientSecrets: ClientSecrets;
  readonly answerHeaders: AnswerHeaders;
}

/** False: the call asks for something else. @throws request.too_large */
export function grantSecret({ clientSecrets, answerHeaders }: GrantDeps) {
  return function grantSecret(exchange: Exchange, reply: Reply): boolean {
    const { endpoint, received, caller, answer, id } = exchange;
    if (endpoint.grants === undefined) return false;
    // Read strictly before; what goes up of it later is screened again, in the session it starts.
    const asked = askedSession(endpoint, received === undefined ? {} : parsed(received));
    const { value, until } = clientSecrets.grant(caller, asked.session, asked.seconds, id);
    const secret = { value, expires_at: Math.floor(until / 1000) };
    const body = Buffer.from(JSON.stringify(grantAnswer(endpoint, asked, secret, `sess_${id}`)));
    answer.status = 200;
    answer.bytes = body.length;
    answer.complete = true;
    const headers = answerHeaders(exchange, {});
    const changed = [...(exchange.prepared.parameters ?? []), ...asked.leftOut];
    if (changed.length > 0) headers['x-sallyport-parameters'] = changed.join(', ');
    const length = String(body.length);
    reply.head(200, { ...headers, 'content-type': 'application/json', 'content-length': length });
    reply.end(body);
    return true;
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Refusal('gateway.fault', { cause });
  }
}
