/** A JSON answer is a stream of one event: read whole, counted, its object recorded, screened, sent in one write. */
import { countCalls } from './count-calls.ts';
import { isAscii } from 'node:buffer';
import { Refusal } from '../base/errors.ts';
import type { JsonBody } from '../openai/body.ts';
import { parseAnswer } from '../openai/json.ts';
import { usageFromAnswer } from '../openai/usage.ts';
import { parkAnswer } from './ask-approval.ts';
import type { Answer, AnswerContext } from './relay.ts';
import { hasScreening, screenRead, screenWhole } from './screen-answer.ts';

const BYTES_MAX = 128 * 1024 * 1024;
/** Node puts a longer string together by copying it. */
const ONE_PIECE_MAX = 16 * 1024;
/** Costs of calls whose answer is what was paid for: it is never empty, whatever status says so. */
const BOUGHT = new Set(['tokens', 'unit']);

/** Relays a JSON answer: nothing reaches the caller before all of it was read. Holds at most 128 MiB. */
export function createJsonAnswer(status: number, context: AnswerContext): Answer {
  const { exchange, reply, headers, screening } = context;
  const chunks: Buffer[] = [];
  return {
    data(chunk) {
      if (exchange.answer.bytes > BYTES_MAX)
        throw new Refusal('upstream.overran', { detail: 'a JSON answer over 128 MiB' });
      chunks.push(chunk);
    },
    async end() {
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const source = bytes.toString('utf8');
      if (exchange.heard) exchange.heard.json = source;
      const body = isRead(context) ? readOnce(source, screening.inlineCharsMax) : undefined;
      const value = body ? body.value : read(source, BOUGHT.has(exchange.endpoint.cost));
      exchange.answer.usage = usageFromAnswer(exchange.endpoint, value);
      const recorded = context.ownObjects.record(exchange, value);
      if (recorded) await recorded;
      const filtered =
        value === undefined ? undefined : context.ownObjects.filter(exchange, value, context.askPage);
      const list = filtered ? await filtered : value;
      if (exchange.endpoint.quotes) await context.ownObjects.recallItems(exchange, list);
      let shown: Buffer | string;
      if (body && !filtered) shown = asCame(source, bytes, screenRead(exchange, screening, body));
      else {
        const whole = filtered ? Buffer.from(JSON.stringify(list)) : bytes;
        shown = isRead(context) ? await screenWhole(exchange, screening, 'json', whole) : whole;
      }
      if (exchange.answer.hasTainted) await context.ownObjects.record(exchange, value);
      if (screening.counting && exchange.answer.tools) await countCalls(screening.counting, exchange);
      const { cutFor } = exchange.answer;
      const code = cutFor === undefined ? {} : { 'x-sallyport-code': cutFor };
      const { toApprove } = exchange.answer;
      if (toApprove && screening.asking) {
        const whole = { status, headers: { ...headers, ...code }, body: Buffer.from(shown) };
        await parkAnswer(exchange, toApprove, screening.asking, whole);
      }
      reply.head(status, { ...headers, ...code, 'content-length': String(shown.length) });
      reply.end(shown);
    },
    fail: () => reply.destroy(),
  };
}

/** Embeddings are numbers, millions of them. */
function isRead({ exchange, screening }: AnswerContext): boolean {
  return hasScreening(screening, exchange) && exchange.endpoint.group !== 'embeddings';
}

/** The one reading of an answer for its use, its object and its texts; none of what is large, or not well formed. */
function readOnce(source: string, charsMax: number): JsonBody | undefined {
  if (source.length > charsMax) return undefined;
  try {
    return parseAnswer(source);
  } catch {
    // What it used is looked for all the same, and the screening says what is wrong with it.
    return undefined;
  }
}

/** What is to be sent: as a string where that is ASCII and short, which goes out with the head in one piece. */
function asCame(source: string, bytes: Buffer, screened: string): Buffer | string {
  if (screened !== source) return Buffer.from(screened);
  return bytes.length <= ONE_PIECE_MAX && isAscii(bytes) ? source : bytes;
}

function read(source: string, bought: boolean): unknown {
  if (source.length === 0 && !bought) return undefined;
  try {
    return JSON.parse(source);
  } catch {
    throw new Refusal('upstream.invalid_answer', { detail: 'not JSON' });
  }
}
