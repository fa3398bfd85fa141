/** What of a configuration may change while calls are under way, and what has changed between two of them. Paths, never values. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../base/canonical-json.ts';

/** Whether it waits for a second administrator, or is told. */
const takesTwo = z.enum(['hold', 'tell']).default('tell');

/** The section `policy` of the configuration: what a reload always asks for, where something else weakens. */
export const weakeningSchema = z.strictObject({
  /** A start that is weaker than what held, which goes on holding until somebody confirms. */
  weakerStart: takesTwo,
  /** A key that gives a user more money, or the house one more administrator. */
  widerKeys: takesTwo,
});

/** The sections that are the policy: rules that hold from the next call on. */
export const POLICY_SECTIONS = [
  'tiers',
  'house',
  'teams',
  'parameters',
  'endpoints',
  'request',
  'models',
  'guardrails',
  'tools',
  'references',
  'objects',
] as const;
/** One of them. */
export type PolicySection = (typeof POLICY_SECTIONS)[number];

/** Within them, what threads and their queue were made by, and whether there is a history to keep. */
const FIXED = /^(?:guardrails\.(?:workers(?:\.|$)|timeoutMs$)|tiers\.[^.]+\.history(?:\.|$))/;

type Tree = Readonly<Record<string, unknown>>;

/** Equal in every process that goes by the same policy: SHA-256 of its canonical JSON, 64 hex digits. */
export function policyDigest(config: Tree): string {
  const sections = POLICY_SECTIONS.map((name) => [name, config[name]] as const);
  return hash('sha256', canonicalJson(Object.fromEntries(sections)));
}

/** What is different, sorted: what the next call may go by, and what only a start can change. */
export interface PolicyChange {
  readonly changed: readonly string[];
  readonly needRestart: readonly string[];
}

/** Of two whole configurations. */
export function policyChange(before: Tree, after: Tree): PolicyChange {
  const paths = differing(before, after, '').sort();
  return { changed: paths.filter(isPolicy), needRestart: paths.filter((path) => !isPolicy(path)) };
}

function isPolicy(path: string): boolean {
  return POLICY_SECTIONS.some((name) => path === name || path.startsWith(`${name}.`)) && !FIXED.test(path);
}

/** Objects are looked into; a list or a single value is one thing. */
function differing(before: unknown, after: unknown, path: string): string[] {
  if (!isTree(before) || !isTree(after)) return canonicalJson(before) === canonicalJson(after) ? [] : [path];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differing(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_MAX = 100;

/** For an entry or an answer: at most 100 of them, and how many there are beyond. */
export function shownPaths(paths: readonly string[]): readonly string[] {
  if (paths.length <= SHOWN_MAX) return paths;
  return [...paths.slice(0, SHOWN_MAX), `and ${paths.length - SHOWN_MAX} more`];
}
