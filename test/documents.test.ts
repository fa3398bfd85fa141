/**
 * What README.md and config/README.md show is true of the program: their configuration is taken, their links lead
 * somewhere, and what src/README.md promises is tested. Shown false by a field misspelt in README's block, by a heading of
 * the manual renamed, and by a promise more.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, loadSetup } from '../src/config.ts';
import { filesUnder } from './support/source-code.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = ['README.md', 'config/README.md', 'SECURITY.md', 'src/README.md'];
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'sallyport-documents-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Blocks of YAML, in order; `{ … }` stands for what a reader fills in. */
const blocksOf = (path: string): string[] =>
  [...textOf(path).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');

/** A value for a variable, of the kind that its name tells. */
function valueOf(name: string): string {
  if (name.includes('DATABASE')) return 'postgres://127.0.0.1/house';
  if (name.includes('REDIS')) return 'redis://127.0.0.1';
  if (name.includes('BASE_URL')) return 'https://api.openai.com/v1';
  return `sk-proj-${name.toLowerCase()}-${'0123456789'.repeat(4)}`;
}

/** What a shell would have for the variables that a block names. */
function environmentFor(block: string): Record<string, string> {
  const named = [...block.matchAll(/env:([A-Z_]+)/g)].map(([, name]) => name ?? '');
  return Object.fromEntries(named.map((name) => [name, valueOf(name)]));
}

/** Faults of what is written, but for files that only an operator's machine has. */
function faultsOf(block: string): readonly string[] {
  const path = join(folder, 'block.yaml');
  writeFileSync(path, block.replaceAll('adminTls: { … }, ', ''));
  try {
    loadSetup({ ...environmentFor(block), SALLYPORT_CONFIG: `config/local.yaml,${path}` });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults
      .filter(({ message }) => !message.endsWith('cannot be read'))
      .map(({ path: at, message }) => `${at}: ${message}`);
  }
}

/** As GitHub names a heading: small letters, no signs, a dash for each space. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (path: string): ReadonlySet<string> =>
  new Set([...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? '')));

describe('configuration', () => {
  const shown = ['README.md', 'config/README.md'].flatMap((path) =>
    blocksOf(path).map((block, at) => ({ name: `${path}, block ${at + 1}`, block })),
  );
  test('is there', () => expect(shown.length).toBeGreaterThan(5));
  test.each(shown)('$name is YAML, and taken', ({ block }) => {
    expect(() => parse(block)).not.toThrow();
    expect(faultsOf(block)).toEqual([]);
  });
});

test.each(DOCUMENTS)('links of %s lead to files and headings that are there', (document) => {
  const links = [...textOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
  const lost = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).has(anchor));
    });
  expect(lost).toEqual([]);
});

/** Numbers of promises that a text names: `I70`, `Promise 70`, `Promises 75, 76 and 73`, `Promises 71 to 73`. */
function promisesIn(text: string): readonly number[] {
  const lists = text
    .replaceAll('\n * ', ' ')
    .matchAll(/\b(?:I|[Pp]romises? )(\d+(?:(?:, | and | to )\d+)*)/g);
  return [...lists].flatMap(([, list = '']) =>
    list.split(/, | and /).flatMap((part) => {
      const [first = 0, last = first] = part.split(' to ').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    }),
  );
}

test('every promise is named by a test', () => {
  const named = new Set(filesUnder('test', /\.ts$/).flatMap((path) => promisesIn(textOf(path))));
  const [, section = ''] = /^## Promises\n([\s\S]*?)^## /m.exec(textOf('src/README.md')) ?? [];
  const promised = [...section.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
  expect(promised.length).toBeGreaterThan(0);
  expect(promised.filter((number) => !named.has(number))).toEqual([]);
});
