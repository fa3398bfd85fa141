/** Ids of calls: UUIDs of version 7 (RFC 9562, section 5.7), so that they sort by time; never to be guessed. */
import { randomFillSync } from 'node:crypto';
import { V7Generator } from 'uuidv7';

/** Random words are drawn by the kilobyte: a draw costs 2 µs, however small it is. */
const words = new Uint32Array(256);
let at = words.length;

function nextUint32(): number {
  if (at === words.length) {
    randomFillSync(words);
    at = 0;
  }
  const word = words[at] ?? 0;
  words[at++] = 0;
  return word;
}

const generator = new V7Generator({ nextUint32 });

/** Rises from call to call, also within a millisecond. */
export function requestId(): string {
  return generator.generate().toString();
}
