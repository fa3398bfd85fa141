/** An answer that is one text (transcripts, subtitles): read whole, screened, sent in one write. */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '../base/errors.ts';
import type { Answer, AnswerContext } from './relay.ts';
import { screenWhole } from './screen-answer.ts';

const BYTES_MAX = 16 * 1024 * 1024;

/** Nothing reaches the caller before all of it was read. Holds at most 16 MiB. */
export function createTextAnswer(status: number, context: AnswerContext): Answer {
  const { exchange, reply, headers } = context;
  const chunks: Buffer[] = [];
  return {
    data(chunk) {
      if (exchange.answer.bytes > BYTES_MAX)
        throw new Refusal('upstream.overran', { detail: 'a text over 16 MiB' });
      chunks.push(chunk);
    },
    async end() {
      const whole = Buffer.concat(chunks);
      // In another coding it would be read by others than us.
      if (!isUtf8(whole) || whole.includes(0))
        throw new Refusal('upstream.invalid_answer', { detail: 'a text that is none' });
      const body = await screenWhole(exchange, context.screening, 'plain', whole);
      reply.head(status, { ...headers, 'content-length': String(body.length) });
      reply.end(body);
    },
    fail: () => reply.destroy(),
  };
}
