/** Reading source as the house rules need it: files, imports, lengths of functions. By scanning, without a compiler. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Paths from the root, sorted; folders that are not the project's own are left out. */
export function filesUnder(folder: string, pattern: RegExp = /./): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => pattern.test(path))
    .sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What a file imports, types included, dynamic imports too: packages by name, own files as paths from the root. */
export function importsOf(path: string): string[] {
  const found = withoutComments(textOf(path)).matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;'"`]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g,
  );
  return [...found].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    return name.startsWith('.') ? relative(ROOT, resolve(ROOT, path, '..', name)) : name;
  });
}

export interface FunctionLength {
  /** 1-based. */
  readonly line: number;
  readonly lines: number;
}

/** Every function with a body of its own, callbacks too; `describe` blocks and classes are no functions here. */
export function functionsOf(text: string): FunctionLength[] {
  const code = blanked(text);
  const lineAt = (at: number): number => code.slice(0, at).split('\n').length;
  const open: number[] = [];
  const found: FunctionLength[] = [];
  for (let at = 0; at < code.length; at++) {
    if (code[at] === '{') open.push(at);
    if (code[at] !== '}') continue;
    const start = open.pop();
    if (start === undefined || !opensFunction(code, start)) continue;
    const line = lineAt(start);
    found.push({ line, lines: lineAt(at) - line + 1 });
  }
  return found;
}

/** Every regular expression that stands in the text as a literal. */
export function regexesOf(text: string): { readonly source: string; readonly flags: string }[] {
  const found: { source: string; flags: string }[] = [];
  scan(text, (kind, part) => {
    const end = part.lastIndexOf('/');
    if (kind === 'regex') found.push({ source: part.slice(1, end), flags: part.slice(end + 1) });
    return part;
  });
  return found;
}

/** Comments gone, all else as it is; strings that look like comments are kept. */
export function withoutComments(text: string): string {
  return scan(text, (kind, part) => (kind === 'comment' ? spaces(part) : part));
}

/** Comments, strings, templates and regular expressions as spaces, so that every brace left is code. */
function blanked(text: string): string {
  return scan(text, (_kind, part) => spaces(part));
}

function opensFunction(code: string, brace: number): boolean {
  const before = code.slice(Math.max(0, brace - 2000), brace).trimEnd();
  if (before.endsWith('=>')) return !/\bdescribe(?:\.\w+)*\([^;{}]*$/.test(before);
  // a brace right after one of these opens a type, not a body
  if (/[:<|&,=]$/.test(before)) return false;
  const head =
    /\)(?:\s*:\s*(?!.*\bclass\b)[^;={}()\n]*(?:\{[^{}\n]*\}[^;={}()\n]*)*(?:\([^()\n]*\)[^;={}()\n]*)?)?$/.exec(
      before,
    );
  if (!head) return false;
  let depth = 0;
  for (let at = head.index; at >= 0; at--) {
    if (before[at] === ')') depth++;
    if (before[at] === '(' && --depth === 0) {
      const word = /(\w+)\s*(?:<[^()]*>)?\s*$/.exec(before.slice(0, at))?.[1] ?? '';
      return !['if', 'for', 'while', 'switch', 'catch', 'with', 'await'].includes(word);
    }
  }
  return false;
}

type Kind = 'comment' | 'string' | 'regex';

const PARTS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

function scan(text: string, replace: (kind: Kind, part: string) => string): string {
  return text.replace(PARTS, (part, offset: number) => {
    if (part.startsWith('//') || part.startsWith('/*')) return replace('comment', part);
    if (!part.startsWith('/')) return replace('string', part);
    // after a value a slash divides; after an operator, an opening bracket or a keyword it begins an expression
    const before = text.slice(Math.max(0, offset - 40), offset).trimEnd();
    const begins = before === '' || /(?:[(,=:[!&|?{};+>]|\b(?:return|case|of|in))$/.test(before);
    return begins ? replace('regex', part) : part;
  });
}

function spaces(part: string): string {
  return part.replace(/[^\n]/g, ' ');
}
