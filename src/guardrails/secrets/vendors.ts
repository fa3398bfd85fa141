/** The rules of the vendors' table, ready to be tried at a place of a text: sticky, bounded, by their first characters. */
import { VENDOR_LINES, VENDOR_LINES_BUSINESS } from './vendors-table.ts';

export interface VendorRule {
  /** Type of the finding. */
  readonly type: string;
  /** Two characters or more that every such token starts with; the pattern starts with the same. */
  readonly prefix: string;
  readonly pattern: RegExp;
  /** For people: whose it is. */
  readonly vendor: string;
}

const CLASSES: Readonly<Record<string, string>> = {
  w: 'A-Za-z0-9',
  u: 'A-Za-z0-9_-',
  h: 'a-f0-9',
  H: 'a-fA-F0-9',
  U: 'A-Z0-9',
};

/** The expression for what follows a prefix. */
function bodyOf(short: string): string {
  if (short.startsWith('/')) return short.slice(1, -1);
  const lengths = short.slice(1);
  if (short.startsWith('b')) return `[A-Za-z0-9+/]{${lengths}}={0,3}`;
  const end = short.startsWith('u') ? '(?![A-Za-z0-9_-])' : '(?![A-Za-z0-9_])';
  return `[${CLASSES[short.charAt(0)] ?? ''}]{${lengths}}${end}`;
}

function rulesOf(line: string): VendorRule[] {
  const [type = '', vendor = '', prefixes = '', ...rest] = line.split(' | ').map((cell) => cell.trim());
  const body = bodyOf(rest.join(' | '));
  return prefixes.split(/\s+/).map((prefix) => {
    const literal = prefix.replace(/[.$|+/]/g, '\\$&');
    return { type, vendor, prefix, pattern: new RegExp(`${literal}${body}`, 'y') };
  });
}

/** Longer prefixes first, so that the nearer vendor is named. */
export const VENDOR_RULES: readonly VendorRule[] = `${VENDOR_LINES}${VENDOR_LINES_BUSINESS}`
  .split('\n')
  .filter((line) => line !== '')
  .flatMap(rulesOf)
  .sort((a, b) => b.prefix.length - a.prefix.length);

const rulesByStart = Map.groupBy(VENDOR_RULES, ({ prefix }) =>
  startOf(prefix.charCodeAt(0), prefix.charCodeAt(1)),
);
const starts = new Uint8Array(1 << 14);
for (const start of rulesByStart.keys()) starts[start] = 1;

function startOf(first: number, second: number): number {
  return ((first & 127) << 7) | (second & 127);
}

const NONE: readonly VendorRule[] = [];

/** The rules whose prefix begins with these two units, longest prefix first; most pairs have none. */
export function rulesFor(first: number, second: number): readonly VendorRule[] {
  const start = startOf(first, second);
  return starts[start] === 1 ? (rulesByStart.get(start) ?? NONE) : NONE;
}
