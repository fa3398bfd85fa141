/** One further page of a list that is being answered: read whole, in JSON, or a refusal. Nothing of it is relayed. */
import type { IncomingHttpHeaders } from 'node:http';
import { asRefusal, Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import { upstreamFault, upstreamRefusal } from '../domain/upstreams/upstream-errors.ts';
import type { UpstreamControl, UpstreamListener } from '../ports/upstream.ts';

/** Of all pages of a list together. */
const BYTES_MAX = 128 * 1024 * 1024;

/** Sends one request upstream, for whoever listens. */
export type Send = (listener: UpstreamListener) => UpstreamControl;

/**
 * The page that `send` asks for.
 * @throws upstream.* ; what the exchange was aborted with
 */
export function furtherPage(exchange: Exchange, send: Send): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    if (exchange.aborted) {
      reject(exchange.abortedWith ?? upstreamFault('aborted'));
      return;
    }
    const control = send({
      sent() {},
      head(came, with_) {
        status = came;
        headers = with_;
      },
      data(chunk) {
        exchange.answer.bytes += chunk.length;
        if (exchange.answer.bytes <= BYTES_MAX) chunks.push(chunk);
        else {
          reject(new Refusal('upstream.overran', { detail: 'a list over 128 MiB' }));
          control.abort();
        }
      },
      end() {
        try {
          resolve(read(status, headers, Buffer.concat(chunks)));
        } catch (error) {
          reject(asRefusal(error));
        }
      },
      failed: (fault, detail) => reject(exchange.abortedWith ?? upstreamFault(fault, detail)),
    });
    exchange.whenAborted(() => control.abort());
  });
}

function read(status: number, headers: IncomingHttpHeaders, body: Buffer): unknown {
  if (status < 200 || status >= 300) throw upstreamRefusal(status, headers, body);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal('upstream.invalid_answer', { detail: 'not JSON' });
  }
}
