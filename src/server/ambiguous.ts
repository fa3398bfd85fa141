/** What Node's parser lets pass although it can be read in two ways. Never repairs: what is ambiguous is refused. */
import type { IncomingMessage } from 'node:http';

const VERSIONS = new Set(['1.0', '1.1']);

/**
 * Whether somebody between the caller and here may have read this head otherwise: a version that is none of ours, not
 * exactly one Host, a transfer coding beside `chunked`, an expectation beside `100-continue` (RFC 9112, sections 2.3,
 * 3.2 and 6.1; RFC 9110, section 10.1.1).
 */
export function isAmbiguous({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  if (!VERSIONS.has(httpVersion)) return true;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // By their lengths first: these are few among many.
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 6 && name.toLowerCase() === 'expect') {
      if (rawHeaders[index + 1]?.toLowerCase() !== '100-continue') return true;
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (httpVersion === '1.0' || rawHeaders[index + 1]?.toLowerCase() !== 'chunked') return true;
    }
  }
  return httpVersion === '1.0' ? hosts > 1 : hosts !== 1;
}
