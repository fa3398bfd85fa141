/**
 * Lists of names of tools. What is denied or held stays so in any spelling that a careless look-up takes for the name;
 * what is allowed is allowed as it is spelled.
 */
import { canonicalise } from '../../guardrails/canonical.ts';

/** A list as it is asked: names, and what names may start with. */
interface Index {
  readonly names: ReadonlySet<string>;
  readonly starts: readonly string[];
}
const exact = new WeakMap<readonly string[], Index>();
const loose = new WeakMap<readonly string[], Index>();

const UNSEEN = /[\s\p{Cc}\p{Cf}\p{DI}]+/gu;
/** White space at an edge, and what nobody sees: no name that anybody would give. */
const ODD = /^\s|\s$|[\p{Cc}\p{Cf}\p{DI}\p{Cs}]/u;
const PLAIN = /^[a-z0-9_-]+$/;

/** Without what is not seen, in lower case, look-alikes within a Latin word as the letters they pass for. */
export function looseName(name: string): string {
  return PLAIN.test(name) ? name : canonicalise(name.replace(UNSEEN, '')).text.toLowerCase();
}

/** Whether it could pass for another name, or for none. */
export function isOddName(name: string): boolean {
  return name === '' || ODD.test(name);
}

function indexOf(entries: readonly string[]): Index {
  const starts = entries.filter((entry) => entry.endsWith('*')).map((entry) => entry.slice(0, -1));
  return { names: new Set(entries), starts };
}

/** As it is spelled. */
export function isIn(entries: readonly string[], name: string): boolean {
  let index = exact.get(entries);
  if (!index) exact.set(entries, (index = indexOf(entries)));
  return index.names.has(name) || index.starts.some((start) => name.startsWith(start));
}

/** In any spelling. */
export function isInLoosely(entries: readonly string[], name: string): boolean {
  if (entries.length === 0) return false;
  let index = loose.get(entries);
  if (!index) loose.set(entries, (index = indexOf(entries.map(looseName))));
  const told = looseName(name);
  return index.names.has(told) || index.starts.some((start) => told.startsWith(start));
}
