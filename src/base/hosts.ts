/** Lists of hosts, as operators write them: a host, `*.` and the name that hosts must end in, or `*`. */

/** An entry of such a list. */
export function coversHost(entry: string, host: string): boolean {
  const name = entry.toLowerCase();
  if (name === '*') return true;
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name;
}
