/** The door for tools: `GET /tools`, `POST /tools/:name`, `POST /mcp`, and nothing else. What comes goes the way of a tool. */
import { errorHeaders, Refusal } from '../base/errors.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Arrival } from '../domain/exchange.ts';
import type { OpenCall } from '../domain/open-call.ts';
import { rateLimitHeaders } from '../domain/limits/rate-limit-headers.ts';
import { sendRefusal } from '../stages/refuse.ts';
import type { Reply } from '../stages/reply.ts';
import { openaiTools } from './listing.ts';
import { answerMcp, checkOrigin, checkVersion, refusedMessage } from './mcp.ts';
import { ToolCall } from './tool-call.ts';
import type { ToolWay } from './way.ts';

export interface ToolDoorDeps {
  readonly way: ToolWay;
  /** Origins of pages that may call. */
  readonly origins: readonly string[];
  /** After everything: metrics and the log. */
  readonly onDone: (call: ToolCall) => void;
}

export interface ToolDoor {
  /** Runs one call to its end; never rejects. */
  handle(arrival: Arrival, reply: Reply, onCall: (call: OpenCall) => void): Promise<void>;
}

/** Of arguments; of a message that holds them. */
const BODY_BYTES_MAX = 262_144;

export function createToolDoor({ way, origins, onDone }: ToolDoorDeps): ToolDoor {
  async function serve(call: ToolCall, reply: Reply): Promise<void> {
    const { method, headers, target } = call.arrival;
    const [path = '', query = ''] = target.split('?', 2);
    if (path === '/mcp') checkOrigin(headers.origin, origins); // 403
    const caller = await way.enter(call); //                       401 403 429
    if (call.callerGone) return;
    if (path === '/tools') {
      checkMethod(method, 'GET'); //                               405
      sendJson(reply, openaiTools(way.allowed(caller), isFlat(query)));
    } else if (path === '/mcp') {
      // Every client asks for a stream first, and is content without: nothing that its key should answer for.
      if (method !== 'POST')
        refuse(call, reply, otherMethod('POST')); // 405
      else await serveMcp(way, call, caller, reply);
    } else if (path.startsWith('/tools/')) {
      checkMethod(method, 'POST'); //                              405
      await serveRun(way, call, caller, path.slice('/tools/'.length), reply);
    } else throw new Refusal('access.unknown_operation'); //       404
  }

  return {
    async handle(arrival, reply, onCall) {
      const call = new ToolCall(arrival);
      onCall(call);
      try {
        await serve(call, reply);
      } catch (error) {
        refuse(call, reply, call.fail(error));
      } finally {
        way.close(call);
        onDone(call);
      }
    },
  };
}

async function serveRun(
  way: ToolWay,
  call: ToolCall,
  caller: Caller,
  name: string,
  reply: Reply,
): Promise<void> {
  const body = await readJson(call.arrival);
  const approval = call.arrival.headers['x-sallyport-approval'];
  const output = await way.run(call, caller, {
    name,
    arguments: body.length === 0 ? Buffer.from('{}') : body,
    approval: typeof approval === 'string' ? approval : undefined,
  });
  const { said, tainted } = call;
  const answer = { id: call.arrival.id, tool: name, output, isError: said?.isError === true, tainted };
  sendJson(reply, answer, call);
}

async function serveMcp(way: ToolWay, call: ToolCall, caller: Caller, reply: Reply): Promise<void> {
  checkVersion(call.arrival.headers['mcp-protocol-version']);
  const { status, message } = await answerMcp(way, call, caller, await readJson(call.arrival));
  if (message === undefined) reply.head(status, { 'content-length': '0' });
  else sendJson(reply, message, call, status);
  if (message === undefined) reply.end();
}

/** @throws access.method */
function checkMethod(method: string, allow: string): void {
  if (method !== allow) throw otherMethod(allow);
}

function otherMethod(allow: string): Refusal {
  return new Refusal('access.method', { headers: { allow } });
}

function isFlat(query: string): boolean {
  if (query !== '' && query !== 'api=responses' && query !== 'api=chat') throw new Refusal('request.query');
  return query === 'api=responses';
}

/** @throws request.media_type, request.too_large, request.too_slow, request.framing */
async function readJson(arrival: Arrival): Promise<Buffer> {
  const { headers } = arrival;
  const type = headers['content-type'];
  const isJson = type === undefined || /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type);
  if (!isJson || headers['content-encoding'] !== undefined) throw new Refusal('request.media_type');
  return await arrival.readBody(BODY_BYTES_MAX);
}

function sendJson(
  reply: Reply,
  value: unknown,
  call?: ToolCall,
  status = 200,
  refusal = call?.refusal,
): void {
  if (call?.callerGone) return;
  const body = Buffer.from(JSON.stringify(value));
  reply.head(status, {
    ...(refusal && errorHeaders(refusal)),
    ...(call?.admitted && rateLimitHeaders(call.admitted)),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
  });
  reply.end(body);
}

/** In OpenAI's shape, or as a message of MCP's. */
function refuse(call: ToolCall, reply: Reply, refusal: Refusal): void {
  if (call.callerGone) return;
  if (reply.headSent) reply.destroy();
  else if (call.arrival.target.startsWith('/mcp'))
    sendJson(reply, refusedMessage(refusal), call, refusal.status, refusal);
  else sendRefusal(reply, refusal, call.admitted ? rateLimitHeaders(call.admitted) : {});
}
