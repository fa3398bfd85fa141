/**
 * The Model Context Protocol over streamable HTTP, as far as tools go: one JSON message in, one JSON message out. No
 * sessions, no streams, no batches: everything that is known of a caller is in its credential.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports
 */
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../domain/callers/caller.ts';
import { parseJson } from '../openai/json.ts';
import { mcpTools } from './listing.ts';
import type { ToolCall } from './tool-call.ts';
import type { ToolWay } from './way.ts';

/** Newest first. */
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'];
const SERVER = { name: 'sallyport', version: '0.1.0' };

/** JSON-RPC 2.0, section 5.1; -32000 is ours. */
const CODES = { request: -32600, method: -32601, params: -32602, refused: -32000 } as const;

type Fields = Readonly<Record<string, unknown>>;
type Id = string | number;

/** What goes back: none for a notification, which is taken (202). */
export interface McpAnswer {
  readonly status: 200 | 202 | 400;
  readonly message?: unknown;
}

/** @throws request.invalid_field for a version that is not spoken here */
export function checkVersion(header: string | string[] | undefined): void {
  if (header !== undefined && !VERSIONS.includes(String(header)))
    throw new Refusal('request.invalid_field', { param: 'mcp-protocol-version' });
}

/** Pages of other origins have no business here, whatever name they reach us by. @throws access.origin */
export function checkOrigin(header: string | undefined, allowed: readonly string[]): void {
  if (header !== undefined && !allowed.includes(header)) throw new Refusal('access.origin');
}

/** @throws request.* for what is no JSON; what is no message, or is refused, is an answer */
export async function answerMcp(
  way: ToolWay,
  call: ToolCall,
  caller: Caller,
  body: Buffer,
): Promise<McpAnswer> {
  const { value } = parseJson(body);
  const message = fieldsOf(value);
  const { jsonrpc, id, method } = message;
  // What a client answers, and what it only tells.
  if (jsonrpc === '2.0' && (method === undefined ? isId(id) : typeof method === 'string' && id === undefined))
    return { status: 202 };
  if (jsonrpc !== '2.0' || typeof method !== 'string' || !isId(id))
    return { status: 400, message: failure(null, CODES.request, 'One JSON-RPC message is needed.') };
  try {
    const result = await resultOf(way, call, caller, method, fieldsOf(message['params']));
    if (result === undefined) return { status: 200, message: failure(id, CODES.method, 'Unknown method.') };
    return { status: 200, message: { jsonrpc: '2.0', id, result } };
  } catch (error) {
    return { status: 200, message: refused(id, call.fail(error)) };
  }
}

/** The refusal of a message that was not read, or not let in. */
export function refusedMessage(refusal: Refusal): unknown {
  return refused(null, refusal);
}

function refused(id: Id | null, refusal: Refusal): unknown {
  const { code, options, row } = refusal;
  const isParams = code === 'tool.unknown' || code === 'tool.input';
  return failure(id, isParams ? CODES.params : CODES.refused, options.message ?? row.message, {
    code,
    param: options.param,
    approval: options.headers?.['x-sallyport-approval'],
    retryAfterS: options.retryAfterS ?? row.retryAfterS,
  });
}

function failure(id: Id | null, code: number, message: string, data?: object): unknown {
  return { jsonrpc: '2.0', id, error: { code, message, data } };
}

/** Undefined for a method that is not known here. */
async function resultOf(
  way: ToolWay,
  call: ToolCall,
  caller: Caller,
  method: string,
  params: Fields,
): Promise<unknown> {
  if (method === 'initialize') return initialized(params['protocolVersion']);
  if (method === 'ping') return {};
  if (method === 'tools/list') return mcpTools(way.allowed(caller));
  return method === 'tools/call' ? await called(way, call, caller, params) : undefined;
}

function initialized(wanted: unknown): unknown {
  const protocolVersion = VERSIONS.find((version) => version === wanted) ?? VERSIONS[0];
  return { protocolVersion, capabilities: { tools: { listChanged: false } }, serverInfo: SERVER };
}

async function called(way: ToolWay, call: ToolCall, caller: Caller, params: Fields): Promise<unknown> {
  const { name, arguments: given = {} } = params;
  if (typeof name !== 'string') throw new Refusal('tool.unknown');
  const approval =
    fieldsOf(params['_meta'])['sallyport/approval'] ?? call.arrival.headers['x-sallyport-approval'];
  const text = await way.run(call, caller, {
    name,
    // Read strictly already: this is the only reading there is.
    arguments: Buffer.from(JSON.stringify(given)),
    approval: typeof approval === 'string' ? approval : undefined,
  });
  return {
    content: [{ type: 'text', text }],
    isError: call.said?.isError === true,
    _meta: { 'sallyport/id': call.arrival.id, 'sallyport/tainted': call.tainted },
  };
}

function isId(id: unknown): id is Id {
  return typeof id === 'string' || Number.isInteger(id);
}

function fieldsOf(value: unknown): Fields {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object of JSON has members of unknown types
  return isObject ? (value as Fields) : {};
}
