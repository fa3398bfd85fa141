/** Doing what a behaviour says to one reply. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { piecesToWrite, type Behaviour } from './behaviour.ts';
import type { OpenRequest } from './seen-request.ts';

/** Who ended it: `ended` is set when the upstream itself did. */
export interface Ours {
  ended: boolean;
}

/** Each piece is a write of its own, and is counted as executed before it is written. */
export async function perform(
  behaviour: Behaviour,
  reply: ServerResponse,
  seen: OpenRequest,
  ours: Ours,
  signal: AbortSignal,
): Promise<void> {
  seen.executed = behaviour.executed ?? seen.executed;
  if (behaviour.waitMs) await sleep(behaviour.waitMs, undefined, { signal });
  const out = behaviour.raw ? reply.socket : reply;
  if (!out) return;
  if (!behaviour.silent) {
    if (!behaviour.raw) {
      reply.writeHead(behaviour.status ?? 200, { 'x-request-id': `req_${seen.index}`, ...behaviour.headers });
      reply.flushHeaders();
    }
    for (const [index, piece] of piecesToWrite(behaviour).entries()) {
      if (index > 0) await (behaviour.gapMs ? sleep(behaviour.gapMs, undefined, { signal }) : turn());
      if (index === behaviour.hold?.piece) await behaviour.hold.until;
      if (signal.aborted) return;
      const { inputTokens, outputTokens } = seen.executed;
      seen.executed = { inputTokens, outputTokens: outputTokens + piece.outputTokens };
      const flowing = out.write(piece.bytes);
      seen.sentBytes += piece.bytes.length;
      seen.sentPieces += 1;
      if (!flowing) await once(out, 'drain', { signal });
    }
  }
  if (behaviour.ending === 'stall') return;
  ours.ended = true;
  if (behaviour.ending === 'reset') reply.socket?.resetAndDestroy();
  else if (behaviour.ending === 'close' || behaviour.raw) reply.socket?.destroySoon();
  else reply.end();
}
