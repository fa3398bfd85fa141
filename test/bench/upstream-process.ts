/** The bench's upstream, a process of its own: as little as can be, so that what is measured is in front of it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { chunkText, HOLD, PORT_MESSAGE } from './workload.ts';

const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'The quarterly report is ready for review. '.repeat(6) },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 320, completion_tokens: 60, total_tokens: 380 },
  }),
);
const usage = { prompt_tokens: 320, completion_tokens: 48, total_tokens: 368 };

function stream(reply: ServerResponse, events: number): void {
  reply.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  reply.write(chunkText({ role: 'assistant', content: 'The ' }));
  if (events === HOLD) return;
  let sent = 1;
  const more = (): void => {
    let text = '';
    for (let part = 0; part < 7 && sent < events - 2; part++, sent++)
      text += chunkText({ content: ' report' });
    if (text) {
      reply.write(text);
      setImmediate(more);
      return;
    }
    reply.end(`${chunkText({}, 'stop')}${chunkText(undefined, null, usage)}data: [DONE]\n\n`);
  };
  setImmediate(more);
}

function serve(request: IncomingMessage, reply: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('latin1');
    if (/"stream":\s*true/.test(body)) stream(reply, Number(/"seed":\s*(-?\d+)/.exec(body)?.[1] ?? 50));
    else {
      reply.writeHead(200, { 'content-type': 'application/json', 'content-length': String(answer.length) });
      reply.end(answer);
    }
  });
}

const server = createServer({ keepAliveTimeout: 60_000 }, serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.send?.({ kind: PORT_MESSAGE, port: address.port });
});
process.on('disconnect', () => process.exit(0));
