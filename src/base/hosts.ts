/** Lists of hosts, as operators write them: a host, `*.` and the name that hosts must end in, or `*`. */

/** An entry of such a list. */
export function coversHost(entry: string, host: string): boolean {
  const name = entry.toLowerCase();
  if (name === '*') return true;
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
}

/** Nothing in front of the host, nothing escaped in it, and an end that all parsers see (RFC 3986, section 3.2). */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9.-]+)(?::\d{1,5})?(?:[/?#][^\s\\]*)?$/i;

/** In lower case. */
interface Address {
  readonly scheme: string;
  readonly host: string;
}

/** Of an address that has one reading; another parser than ours will follow it. */
export function addressOf(url: string): Address | undefined {
  const [, scheme, host] = ADDRESS.exec(url) ?? [];
  return scheme && host ? { scheme: scheme.toLowerCase(), host: host.toLowerCase() } : undefined;
}
