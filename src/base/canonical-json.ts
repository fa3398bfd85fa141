/** One text for one value: the JSON Canonicalization Scheme (RFC 8785), so that a digest of it means the value. */

/**
 * Members by their names' UTF-16 code units, no spaces, numbers and strings as ECMAScript writes them; a member that is
 * undefined is left out, as JSON.stringify does. For plain data, of a depth that the caller bounds.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
