/** The configuration's files: read, laid over each other, their `env:NAME` filled in. Knows no setting. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { Fault } from './environment.ts';

type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lays one tree over another: objects merge, lists and single values replace. An object of another `kind` is another
 * thing: nothing of the one below is left in it.
 */
export function overlay(under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (!isTree(under) || !isTree(over)) return over;
  if (over['kind'] !== undefined && over['kind'] !== under['kind']) return over;
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) merged.set(key, overlay(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** Replaces `env:NAME` by the variable; an absent one leaves the key out, so that the schema says what is missing. */
export function fillIn(value: unknown, variable: (name: string) => unknown): unknown {
  if (typeof value === 'string' && value.startsWith('env:')) return variable(value.slice('env:'.length));
  if (Array.isArray(value)) return value.map((item) => fillIn(item, variable));
  if (!isTree(value)) return value;
  const filled = Object.entries(value).map(([key, inner]) => [key, fillIn(inner, variable)] as const);
  return Object.fromEntries(filled.filter(([, inner]) => inner !== undefined));
}

/** All files as one tree, later ones over earlier ones; what cannot be read goes to `faults`. */
export function readFiles(names: readonly string[], faults: Fault[]): unknown {
  let merged: unknown = {};
  for (const name of names) {
    const content = readYaml(name, faults);
    if (isTree(content)) merged = overlay(merged, content);
    else if (content !== undefined) faults.push({ path: name, message: 'must be a mapping of sections' });
  }
  return merged;
}

/** YAML 1.2 without aliases and repeated keys; an empty file is an empty mapping. */
function readYaml(name: string, faults: Fault[]): unknown {
  const fault = (message: string): undefined => void faults.push({ path: name, message });
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return fault(absent ? 'no such file' : 'cannot be read');
  }
  const document = parseDocument(text, { uniqueKeys: true });
  // Only the place: a parser's own message quotes the line, and a line may hold a secret.
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong)
    return fault(`is not YAML as it is read here: line ${wrong.linePos?.[0].line ?? 1}, ${wrong.code}`);
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch {
    return fault('has aliases, which are not read');
  }
}

const KEYS = ['apiKey', 'apiKeyNext'] as const;

/** Beside upstream's keys that come as `NAME_FILE`: the files, so that they can be followed. */
export function withKeyFiles(tree: unknown, fileOf: (name: string) => string | undefined): unknown {
  if (!isTree(tree)) return tree;
  const beside = (upstream: unknown): unknown => {
    if (!isTree(upstream)) return upstream;
    const files = KEYS.flatMap((key) => {
      const value = upstream[key];
      const file =
        typeof value === 'string' && value.startsWith('env:')
          ? fileOf(value.slice('env:'.length))
          : undefined;
      return file === undefined ? [] : [[`${key}File`, file] as const];
    });
    return { ...upstream, ...Object.fromEntries(files) };
  };
  const { upstream, upstreams } = tree;
  const further = isTree(upstreams)
    ? Object.fromEntries(Object.entries(upstreams).map(([name, one]) => [name, beside(one)]))
    : upstreams;
  return { ...tree, upstream: beside(upstream), ...(further !== undefined && { upstreams: further }) };
}
