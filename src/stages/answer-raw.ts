/** Bytes that nobody here reads (audio, images, archives, file content): relayed as they come, with backpressure. */
import type { Answer, AnswerContext } from './relay.ts';

/** Relays bytes in the pieces they come in; holds none of them. */
export function createRawAnswer(status: number, context: AnswerContext): Answer {
  const { reply, headers } = context;
  let held = false;
  return {
    data(chunk) {
      if (!reply.headSent) reply.head(status, headers);
      if (reply.write(chunk) || held) return;
      held = true;
      context.pause();
      reply.drained(() => {
        held = false;
        context.resume();
      });
    },
    end() {
      if (!reply.headSent) reply.head(status, headers);
      reply.end();
    },
    fail: () => reply.destroy(),
  };
}
