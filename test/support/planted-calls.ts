/** Calls with a text planted somewhere, sent to a gateway many at a time; what upstream got of each, told by its key. */
import { Pool } from 'undici';
import type { Gateway } from './gateway.ts';
import type { SeenRequest } from './seen-request.ts';
import type { Upstream } from './upstream.ts';

export interface PlantedCall {
  /** Unique among those sent together; goes up as `idempotency-key`. Letters, digits, `.:_-`. */
  readonly key: string;
  readonly method: string;
  /** With the version prefix. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

export interface PlantedAnswer<C extends PlantedCall> {
  readonly call: C;
  readonly status: number;
  /** The catalogue's code; empty on a success. */
  readonly code: string;
  /** What upstream saw of it, if anything. */
  readonly seen: SeenRequest | undefined;
}

const AT_ONCE = 48;

/** Sends all of them over real sockets; answers in the order of the calls. */
export async function sendAll<C extends PlantedCall>(
  gateway: Gateway,
  upstream: Upstream,
  calls: readonly C[],
): Promise<PlantedAnswer<C>[]> {
  const from = upstream.requests.length;
  const pool = new Pool(`http://127.0.0.1:${gateway.port}`, { connections: AT_ONCE });
  const answers: { call: C; status: number; code: string }[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < calls.length; index = next++) {
      const call = calls[index];
      if (call) answers[index] = await send(pool, gateway, call);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await pool.close();
  const seen = new Map(upstream.requests.slice(from).map((each) => [each.headers['idempotency-key'], each]));
  return answers.map((answer) => ({ ...answer, seen: seen.get(answer.call.key) }));
}

async function send<C extends PlantedCall>(pool: Pool, gateway: Gateway, call: C) {
  const { statusCode, headers, body } = await pool.request({
    method: call.method,
    path: call.target,
    headers: {
      authorization: `Bearer ${gateway.callerKey}`,
      'idempotency-key': call.key,
      ...call.headers,
    },
    body: call.body ?? null,
  });
  await body.dump();
  const code = headers['x-sallyport-code'];
  return { call, status: statusCode, code: typeof code === 'string' ? code : '' };
}
