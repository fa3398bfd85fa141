/** A JSON answer is a stream of one event: read whole, counted, its object recorded, screened, sent in one write. */
import { Refusal } from '../base/errors.ts';
import { usageFromAnswer } from '../openai/usage.ts';
import type { Answer, AnswerContext } from './relay.ts';
import { hasScreening, screenWhole } from './screen-answer.ts';

const BYTES_MAX = 128 * 1024 * 1024;
/** Costs of calls whose answer is what was paid for: it is never empty. */
const BOUGHT = new Set(['tokens', 'unit']);

/** Relays a JSON answer: nothing reaches the caller before all of it was read. Holds at most 128 MiB. */
export function createJsonAnswer(status: number, context: AnswerContext): Answer {
  const { exchange, reply, headers } = context;
  const chunks: Buffer[] = [];
  return {
    data(chunk) {
      if (exchange.answer.bytes > BYTES_MAX)
        throw new Refusal('upstream.overran', { detail: 'a JSON answer over 128 MiB' });
      chunks.push(chunk);
    },
    async end() {
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const value = read(bytes, status !== 204 && BOUGHT.has(exchange.endpoint.cost));
      exchange.answer.usage = usageFromAnswer(exchange.endpoint, value);
      const recorded = context.ownObjects.record(exchange, value);
      if (recorded) await recorded;
      const filtered =
        value === undefined ? undefined : context.ownObjects.filter(exchange, value, context.askPage);
      const shown = filtered ? Buffer.from(JSON.stringify(await filtered)) : bytes;
      const body = isRead(context) ? await screenWhole(exchange, context.screening, 'json', shown) : shown;
      reply.head(status, { ...headers, 'content-length': String(body.length) });
      reply.end(body);
    },
    fail: () => reply.destroy(),
  };
}

/** Embeddings are numbers, millions of them. */
function isRead({ exchange, screening }: AnswerContext): boolean {
  return hasScreening(screening, exchange) && exchange.endpoint.group !== 'embeddings';
}

function read(bytes: Buffer, bought: boolean): unknown {
  if (bytes.length === 0 && !bought) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal('upstream.invalid_answer', { detail: 'not JSON' });
  }
}
