/** What a gateway process holds on to, garbage aside: asked over the inspector, which collects first. */
import type { Gateway } from './gateway.ts';

/** The environment of a gateway that can be asked; the inspector listens on loopback, on a port of its own. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Bytes of the heap and of the buffers outside of it. @throws if the process was not started to be inspected */
export async function heldBytes(gateway: Gateway): Promise<number> {
  const url = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(gateway.logs())?.[0];
  if (url === undefined) throw new Error(`nobody listens:\n${gateway.logs()}`);
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no inspector')));
  });
  try {
    await ask(socket, 'HeapProfiler.collectGarbage');
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
    const { result } = JSON.parse(await ask(socket, 'Runtime.evaluate', { expression }));
    return Number(result.result.value);
  } finally {
    socket.close();
  }
}

/** One command, and the text of its answer. */
function ask(socket: WebSocket, method: string, params: object = {}): Promise<string> {
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
    socket.send(JSON.stringify({ id: 1, method, params }));
  });
}
