/**
 * The regular expressions of the sources, and texts made to hurt each: whatever it can match, repeated, then something
 * it cannot. By scanning and sampling, without an engine of its own; what it finds is real, what it misses may be too.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesUnder, regexesOf, ROOT, textOf } from './source-code.ts';

export interface Expression {
  /** From the root. */
  readonly path: string;
  readonly source: string;
  readonly flags: string;
}

/** Every literal below these folders of `src/`, and all that loading a file there builds; each once. */
export async function expressionsUnder(folders: readonly string[]): Promise<readonly Expression[]> {
  const paths = folders.flatMap((folder) => filesUnder(`src/${folder}`, /\.ts$/));
  const literals = paths.flatMap((path) => regexesOf(textOf(path)).map((found) => ({ path, ...found })));
  const all = [...literals, ...(await builtWhileLoading(paths))];
  return [...new Map(all.map((found) => [`/${found.source}/${found.flags}`, found])).values()];
}

/** Literals do not call the constructor, so that these are the ones that are put together. */
async function builtWhileLoading(paths: readonly string[]): Promise<readonly Expression[]> {
  const built: Expression[] = [];
  const native = globalThis.RegExp;
  let path = '';
  globalThis.RegExp = new Proxy(native, {
    construct(target, args: [string, string?]) {
      const made = new target(...args);
      built.push({ path, source: made.source, flags: made.flags });
      return made;
    },
  });
  try {
    // Loaded anew: most of them are loaded already.
    for (path of paths) await import(`${pathToFileURL(join(ROOT, path)).href}?built`);
  } finally {
    globalThis.RegExp = native;
  }
  return built;
}

/** What a class or an escape may stand for. */
const CHARACTERS = [
  ...Array.from('aZe07 \n\t_-.,/\\@:=\'"<>()[]{}#!%+*&|~$^?`;é中'),
  '\u200B',
  '\u0301',
  '😀',
];
/** One step of an expression: an escape, a class, the opening of a group, a quantifier, a sign, a character. */
const STEP =
  /\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|k<[^>]*>|.)|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!]|<[=!]|<\w+>)|\{\d+(?:,\d*)?\}|./gsu;
const SHAPE = /^(?:[()*+?^$]|\(\?.*|\{\d.*|\\[bBk1-9].*)$/s;

/** Characters each alternative can consist of, in order. */
function alternatives(source: string, flags: string): string[][] {
  const found: string[][] = [[]];
  for (const [step] of source.matchAll(STEP)) {
    if (step === '|') found.push([]);
    else if (!SHAPE.test(step)) found.at(-1)?.push(...samplesOf(step, flags).slice(0, 1));
  }
  return found.filter((samples) => samples.length > 0);
}

function samplesOf(step: string, flags: string): readonly string[] {
  if (!/^(?:\\|\[|\.$)/s.test(step)) return [step];
  const one = new RegExp(`^${step}$`, flags.replace(/[gy]/g, ''));
  return CHARACTERS.filter((character) => one.test(character)).slice(0, 2);
}

/** What is before, what is repeated, what is behind. */
export type Attack = readonly [before: string, repeated: string, behind: string];

const REPEATED_MAX = 40;

/** At most 60 for one expression, from its own alphabet. */
export function attacksOn({ source, flags }: Expression): readonly Attack[] {
  const ways = alternatives(source, flags);
  const single = new Set(
    [...source.matchAll(STEP)].flatMap(([step]) => (SHAPE.test(step) ? [] : samplesOf(step, flags))),
  );
  const repeated = new Set([...single].slice(0, 14));
  for (const way of ways.slice(0, 8)) {
    repeated.add(way.join(''));
    for (const [i, one] of way.slice(0, 6).entries()) repeated.add(one + (way[i + 1] ?? ''));
  }
  const all = [...repeated].slice(0, REPEATED_MAX);
  const way = ways[0]?.join('') ?? '';
  return [
    ...all.map((middle) => ['', middle, '\u0000'] as const),
    ...all.slice(0, 20).map((middle) => [way, middle, '\u0000'] as const),
  ];
}

/** The text of an attack, of about so many units. */
export function attackText([before, repeated, behind]: Attack, units: number): string {
  return before + repeated.repeat(Math.ceil(units / repeated.length)) + behind;
}
