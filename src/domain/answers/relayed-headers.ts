/**
 * Which of the caller's headers go up: a few that change what upstream does. None of them carries prose, a credential
 * or personal data; what might is left out, and nobody reads it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isHarmless } from '../requests/harmless.ts';

/** The plain forms of each; what is not one of them does not go up. */
const FORMS: Readonly<Record<string, RegExp>> = {
  accept: /^[\w*+./;=, -]{1,256}$/,
  'openai-beta': /^[\w.=,; -]{1,256}$/,
  'idempotency-key': /^[\w.:-]{1,255}$/,
};
const NAMES = Object.keys(FORMS);

/** Name and value, lower case; never one with the caller's own credential in it. */
export function relayedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const credential = headers.authorization?.split(' ').at(-1);
  const relayed: Record<string, string> = {};
  for (const name of NAMES) {
    const value = headers[name];
    if (typeof value !== 'string' || !FORMS[name]?.test(value) || !isHarmless(value)) continue;
    if (!credential || !value.includes(credential)) relayed[name] = value;
  }
  return relayed;
}
