/**
 * What upstream's refusals become: those about the request reach the caller, cleaned; those about the gateway's own
 * account are the gateway's fault, never the caller's.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal, type Code } from '../../base/errors.ts';
import { screen, type ScreenPolicy } from '../../guardrails/screening.ts';
import type { JsonBody, Place } from '../../openai/body.ts';
import { child, isRecord } from '../../openai/child.ts';
import { quote, splice } from '../../openai/json-edit.ts';
import { parseJson } from '../../openai/json.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';

const MESSAGE_CHARS_MAX = 2000;
/** Looked at; longer than what is told, so that nothing is cut in two before it was seen whole. */
const SEEN_CHARS_MAX = 2 * MESSAGE_CHARS_MAX;
const POLICY: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };

const FAULTS = {
  unreachable: 'upstream.unreachable',
  timeout: 'upstream.timeout',
  broken: 'upstream.broken',
  aborted: 'upstream.broken',
} as const satisfies Record<UpstreamFault, Code>;

/** The refusal for an exchange with upstream that did not end by itself. `detail` is for the log alone. */
export function upstreamFault(fault: UpstreamFault, detail: string = fault): Refusal {
  return new Refusal(FAULTS[fault], { detail });
}

/** Statuses whose message is about the caller's request. */
const CALLERS = new Set([400, 404, 405, 409, 413, 415, 422]);

/** Names of account, project and keys never leave: they are not the caller's. */
export function maskAccount(text: string): string {
  return text
    .replace(/\bsk-[A-Za-z0-9_*.-]{2,}/g, '[hidden]')
    .replace(/\b(?:org|proj|acct)[-_][A-Za-z0-9]{6,}/g, '[hidden]')
    .replace(/\buser-(?![a-z]+\b)[A-Za-z0-9]{6,}/g, '[hidden]');
}

/** As it may leave: without names of the account, secrets and personal data, of whomever. */
function clean(message: string): string {
  const text = maskAccount(message.slice(0, SEEN_CHARS_MAX));
  const { rewrites } = screen([{ text, trust: 'tool', class: 'prose' }], POLICY);
  return (rewrites[0]?.text ?? text).slice(0, MESSAGE_CHARS_MAX);
}

/**
 * The `data` of an event of a running stream that holds an error, as it may leave; every other byte stays.
 * What is not JSON loses the names of the account at least.
 */
export function cleanEvent(data: string): string {
  let body: JsonBody;
  try {
    body = parseJson(Buffer.from(data));
  } catch {
    return maskAccount(data);
  }
  const flat = !isRecord(child(body.value, 'error')) && !isRecord(child(body.value, 'response'));
  const edits = body.leaves.flatMap((leaf) => {
    if (leaf.isKey || !(flat || isOfError(leaf.at))) return [];
    const text = clean(leaf.value);
    return text === leaf.value ? [] : [{ start: leaf.start, end: leaf.end, text: quote(text) }];
  });
  return splice(body.source, edits);
}

/** Within `error`, or within `response.error`. */
function isOfError(place: Place | undefined): boolean {
  const keys: (string | number)[] = [];
  for (let at = place; at; at = at.parent) keys.unshift(at.key);
  return keys[0] === 'error' || (keys[0] === 'response' && keys[1] === 'error');
}

function field(value: unknown, name: string): string | undefined {
  const found = child(value, name);
  return typeof found === 'string' ? found : undefined;
}

const isCode = (text: string | undefined): text is string =>
  text !== undefined && /^[A-Za-z0-9_.:[\]-]{1,128}$/.test(text) && clean(text) === text;

/** The refusal for an answer of upstream's with a status that is no success. */
export function upstreamRefusal(status: number, headers: IncomingHttpHeaders, body: Buffer): Refusal {
  if (status === 429) return limited(headers, body);
  if (status === 401 || status === 403)
    return new Refusal('upstream.credential', { detail: `upstream said ${status}` });
  if (status === 408 || status === 504)
    return new Refusal('upstream.timeout', { detail: `upstream said ${status}` });
  if (!CALLERS.has(status)) return new Refusal('upstream.failed', { detail: `upstream said ${status}` });
  const error = errorOf(body);
  const message = field(error, 'message');
  const code = field(error, 'code');
  const param = field(error, 'param');
  return new Refusal('upstream.refused', {
    status,
    openaiCode: isCode(code) ? code : null,
    ...(message === undefined ? {} : { message: clean(message) }),
    ...(isCode(param) ? { param } : {}),
  });
}

function errorOf(body: Buffer): unknown {
  try {
    return child(JSON.parse(body.toString('utf8')), 'error');
  } catch {
    return undefined;
  }
}

/**
 * Upstream's own rate limit, or its account without money: the second is the gateway's to mend, no budget of a caller's,
 * and the same a second later, so that SDKs must not repeat it.
 */
function limited(headers: IncomingHttpHeaders, body: Buffer): Refusal {
  if (field(errorOf(body), 'code') === 'insufficient_quota') {
    return new Refusal('upstream.quota', { detail: "upstream's account has no quota left" });
  }
  const after = Number(headers['retry-after']);
  return new Refusal('upstream.limited', {
    retryAfterS: Number.isFinite(after) && after > 0 ? Math.min(after, 3600) : 1,
  });
}
