/** The `"usage":null` that chunks carry since the gateway asked for usage: whoever did not ask does not see it. */

export const NULL_USAGE = ',"usage":null';

/**
 * A chunk as upstream sends it to who did not ask for usage. In place: the bytes are this event's alone, and move by a
 * few. What is written otherwise stays; within a string the quotes would be escaped.
 */
export function withoutNullUsage(raw: Buffer, data: string): Buffer {
  const found = data.lastIndexOf(NULL_USAGE);
  if (found < 0) return raw;
  // Usually ASCII stands behind it, and two line feeds.
  const likely = raw.length - 2 - (data.length - found);
  const at = standsAt(raw, NULL_USAGE, likely) ? likely : raw.lastIndexOf(NULL_USAGE);
  raw.copyWithin(at, at + NULL_USAGE.length);
  return raw.subarray(0, raw.length - NULL_USAGE.length);
}

function standsAt(bytes: Buffer, ascii: string, at: number): boolean {
  for (let i = 0; i < ascii.length; i++) if (bytes[at + i] !== ascii.charCodeAt(i)) return false;
  return true;
}
