/** Who leaves before the end of the answer ends the call: told of every call, once, whatever becomes of its connection. */
import type { ServerResponse } from 'node:http';
import type { OpenCall } from '../domain/open-call.ts';

/**
 * `close` of the raw response is the one event that always comes: before its end, the caller has left. But for an answer
 * that waits behind another of its connection: Node never gave it the socket, and tells it nothing of the socket's end.
 *
 * @param onClose once, left or not
 */
export function watchCaller(call: OpenCall, response: ServerResponse, onClose: () => void): void {
  const { socket } = response.req;
  const isBehind = response.socket === null;
  let isOver = false;
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    if (isBehind) socket.off('close', over);
    onClose();
    if (response.writableFinished) return;
    call.callerGone = true;
    call.abort();
  };
  response.once('close', over);
  if (isBehind) socket.once('close', over);
}
