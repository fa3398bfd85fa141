/** The rules of the house that a machine can hold. What each is for stands in src/README.md. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CATALOGUE } from '../src/base/errors.ts';
import { filesUnder, functionsOf, importsOf, ROOT, textOf, withoutComments } from './support/source-code.ts';

const TEXT = /\.(?:ts|mjs|js|lua|md|ya?ml|json|html|css|sh|conf)$/;
const sources = filesUnder('src', /\.(?:ts|mjs)$/);
const tests = filesUnder('test', /\.ts$/);
const scripts = filesUnder('src', /\.(?:lua|js|css|html)$/);

/** What each folder, or file beside the folders, may import besides itself. Imports only go down. */
const rules = ['base', 'openai', 'ports', 'guardrails'];
const doors = [...rules, 'domain'];
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  openai: ['base'],
  ports: ['base'],
  guardrails: ['base'],
  engines: ['ports', 'base'],
  simulator: ['base'],
  domain: rules,
  stages: doors,
  realtime: [...doors, 'stages'],
  admin: doors,
  jobs: doors,
  'tool-server': [...doors, 'stages'],
  liveness: [...doors, 'stages'],
  'pipeline.ts': [...doors, 'stages'],
  'environment.ts': ['base'],
  'house-secret.ts': ['base', 'environment.ts'],
  'secret-managers.ts': ['engines', 'environment.ts', 'config.ts'],
  // joins the settings of every section, each beside the code that obeys it
  'config.ts': [
    ...doors,
    'stages',
    'jobs',
    'realtime',
    'server',
    'engines',
    'tool-server',
    'environment.ts',
    'config-files.ts',
    'config-rules.ts',
  ],
  'config-files.ts': ['environment.ts'],
  'config-rules.ts': [...doors, 'config.ts', 'environment.ts'],
  server: [...doors, 'stages', 'realtime', 'admin', 'jobs', 'pipeline.ts'],
  assemble: ['*'],
  'main.ts': ['*'],
  'main-tools.ts': ['*'],
  'cli.ts': ['*'],
};

/** Through which files a package may enter. */
const DOORS: readonly { readonly packages: RegExp; readonly into: RegExp; readonly filesMax: number }[] = [
  { packages: /^(?:fastify$|@fastify\/)/, into: /^src\/(?:server|admin)\//, filesMax: 9 },
  { packages: /^ioredis/, into: /^src\/engines\//, filesMax: 1 },
  { packages: /^(?:node:sqlite|better-sqlite3)$/, into: /^src\/engines\//, filesMax: 1 },
  { packages: /^pg($|\/)/, into: /^src\/engines\//, filesMax: 1 },
  { packages: /^kysely/, into: /^src\/engines\//, filesMax: 12 },
  { packages: /^prom-client/, into: /^src\/server\//, filesMax: 1 },
  { packages: /^ws($|\/)/, into: /^src\/(?:server|simulator)\//, filesMax: 4 },
  { packages: /^nodemailer/, into: /^src\/engines\//, filesMax: 1 },
  { packages: /^pino/, into: /^src\/server\//, filesMax: 1 },
  {
    packages: /^(?:openai|fast-check|vitest|smtp-server|@modelcontextprotocol)($|\/)/,
    into: /^$/,
    filesMax: 0,
  },
];

/** Tables, and suites of cases: more lines than other files may have. */
const TABLES =
  /^src\/(?:base\/errors|openai\/(?:endpoints\/|price-table)|guardrails\/.*(?:table|patterns))|\.test\.ts$/;
const LINES_MAX = 300;
const TABLE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 50;

const TOP_LEVEL = new Set(
  [
    'README.md CHANGELOG.md LICENSE SECURITY.md CONTRIBUTING.md NOTICE',
    'package.json package-lock.json tsconfig.json',
    'Dockerfile docker-compose.yml .dockerignore .gitignore .npmrc .env.example',
    '.biome.json .oxlintrc.json .ci .github .git config docker src test',
  ].flatMap((line) => line.split(' ')),
);
/** Made by running or installing; never in the repository. */
const LOCAL = /^(?:node_modules|data|dist|coverage|secrets|\.cache|\.env|\.install-lock|.*\.log)$/;

const versions = z.record(z.string(), z.string());
const packageSchema = z.object({ dependencies: versions, devDependencies: versions });
const lockSchema = z.object({ packages: z.record(z.string(), z.unknown()) });
/** Who installs gets these bytes or none, whatever host they come from. */
const pinned = z.looseObject({
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  integrity: z.string().startsWith('sha512-'),
  resolved: z.never().optional(),
  hasInstallScript: z.never().optional(),
});

/** The first step below src/: the folder, or the file. */
function floorOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Folders that are left when those that import no other left one are taken away, again and again. */
function cyclesOf(below: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  let left = [...below.keys()];
  for (;;) {
    const next = left.filter((folder) =>
      left.some((other) => other !== folder && below.get(folder)?.has(other)),
    );
    if (next.length === left.length) return left;
    left = next;
  }
}

describe('floors and doors', () => {
  test('every folder of src/ stands in the table', () => {
    const unknown = [...new Set(sources.map(floorOf))].filter(
      (floor) => !(floor in FLOORS) && floor !== 'preflight.mjs',
    );
    expect(unknown).toEqual([]);
  });

  test('imports only go down', () => {
    const wrong = sources.flatMap((path) => {
      const allowed = FLOORS[floorOf(path)] ?? [];
      return importsOf(path)
        .filter((name) => name.startsWith('src/') && floorOf(name) !== floorOf(path))
        .filter((name) => !allowed.includes('*') && !allowed.includes(floorOf(name)))
        .map((name) => `${path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  /** The exchange, which knows what every rule says of a call, stands above the folders, as what all of them may name. */
  test('folders of domain/ and engines/ import each other in one direction', () => {
    for (const floor of ['src/domain', 'src/engines']) {
      const folderOf = (path: string): string | undefined => new RegExp(`^${floor}/([^/]+)/`).exec(path)?.[1];
      const below = new Map<string, Set<string>>();
      for (const path of sources.filter((source) => source.startsWith(`${floor}/`))) {
        const folder = folderOf(path);
        const others = importsOf(path).flatMap((name) => folderOf(name) ?? []);
        if (folder) below.set(folder, new Set([...(below.get(folder) ?? []), ...others]));
      }
      expect(cyclesOf(below)).toEqual([]);
    }
    expect(
      cyclesOf(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['a'])],
        ]),
      ),
    ).toEqual(['a', 'b']);
  });

  test('src/ imports nothing from outside of it', () => {
    const wrong = sources.flatMap((path) =>
      importsOf(path)
        .filter((name) => /^(?:test|config|docker|\.\.)\//.test(name))
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('every vendor enters by one door', () => {
    for (const { packages, into, filesMax } of DOORS) {
      const importers = sources.filter((path) => importsOf(path).some((name) => packages.test(name)));
      expect(importers.filter((path) => !into.test(path))).toEqual([]);
      expect(importers.length, `${packages} in ${importers.join(', ')}`).toBeLessThanOrEqual(filesMax);
    }
  });

  test('what is imported is declared, and exactly', () => {
    const { dependencies, devDependencies } = packageSchema.parse(JSON.parse(textOf('package.json')));
    const packages = sources.flatMap((path) =>
      importsOf(path)
        .filter((name) => !/^(?:src\/|node:)/.test(name))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    expect([...new Set(packages)].filter((name) => !(name in dependencies))).toEqual([]);
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(30);
  });

  test('what is installed is known by its bytes, runs nothing, and names no host (promise 49)', () => {
    const { packages } = lockSchema.parse(JSON.parse(textOf('package-lock.json')));
    const wrong = Object.entries(packages).filter(
      ([path, locked]) => path !== '' && !pinned.safeParse(locked).success,
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});

describe('files', () => {
  test('are short', () => {
    const long = [...sources, ...tests, ...scripts].flatMap((path) => {
      const lines = textOf(path).split('\n').length - 1;
      return lines > (TABLES.test(path) ? TABLE_LINES_MAX : LINES_MAX) ? [`${path}: ${lines} lines`] : [];
    });
    expect(long).toEqual([]);
  });

  test('have short functions', () => {
    // a contract is one function around its cases, as a describe block is
    const measured = [...sources, ...tests].filter((path) => !path.startsWith('test/contracts/'));
    const long = measured.flatMap((path) =>
      functionsOf(textOf(path))
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ line, lines }) => `${path}:${line}: ${lines} lines`),
    );
    expect(long).toEqual([]);
  });

  test('begin with what they are for, but for tests, whose names say it', () => {
    const files = [...sources, ...tests, ...scripts].filter((path) => !/\.(?:test|config)\.ts$/.test(path));
    const bare = files.filter((path) => !/^(?:#![^\n]*\n)?(?:\/\*|--|<!--|<!doctype)/i.test(textOf(path)));
    expect(bare).toEqual([]);
  });

  test('are named in kebab-case after one thing', () => {
    const odd = [...sources, ...tests, ...scripts].filter(
      (path) =>
        !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.config)?\.\w+$/.test(basename(path)) &&
        basename(path) !== 'README.md',
    );
    expect(odd).toEqual([]);
    const vague = [...sources, ...tests].filter((path) =>
      /(?:^|[/-])(?:utils?|helpers?|common|misc|stuff|v\d+)(?:[/.-]|$)|_v\d/.test(path),
    );
    expect(vague).toEqual([]);
  });

  test('at the top level are those that belong there', () => {
    const strange = readdirSync(ROOT).filter((name) => !TOP_LEVEL.has(name) && !LOCAL.test(name));
    expect(strange).toEqual([]);
  });
});

describe('words', () => {
  const everything = [
    ...['src', 'test', 'config', 'docker', '.github', '.ci'].flatMap((folder) => filesUnder(folder)),
    ...[...TOP_LEVEL].filter((name) => TEXT.test(name) && existsSync(join(ROOT, name))),
    'Dockerfile',
  ].filter((path) => path !== 'test/house.test.ts' && !path.includes('node_modules'));

  const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
    [/\bshared\//, 'speaks of a folder outside of the project'],
    [/\bissue #?\d+|#\d+ \(issue\)/i, 'speaks of an issue by number'],
    [/(?:^|[\s"'`(=])\/(?:work|home|root|Users)\//m, 'names a path of one machine'],
    [/registry\.npmjs|\bregistry\.\w+\.(?:org|com)/, 'names a package registry'],
    [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\n[A-Za-z0-9+/]{20}/, 'holds a private key'],
    [/\bTODO\b|\bFIXME\b|\bXXX\b/, 'leaves work undone'],
  ];

  test.each(FORBIDDEN)('none of %s', (pattern, why) => {
    const found = everything.filter((path) => pattern.test(textOf(path))).map((path) => `${path} ${why}`);
    expect(found).toEqual([]);
  });

  test('no test is skipped or runs alone', () => {
    const marked = tests.filter((path) =>
      /\b(?:test|it|describe)\.(?:only|skip|todo)\b/.test(withoutComments(textOf(path))),
    );
    expect(marked.filter((path) => path !== 'test/house.test.ts')).toEqual([]);
  });

  /** V8 puts a function that is assigned to a property where it is written into old space, and keeps all it holds. */
  test('what a call passes assigns no function to a property where it is written', () => {
    const assigned =
      /[\w\])]\.#?\w+\s(?:\?\?)?=\s(?:async\s)?(?:function\b|(?:\([^()]*\)(?::\s[^=;{}]+)?|\w+)\s=>)/;
    const onTheWay = sources.filter((path) =>
      /^src\/(?:stages|realtime|domain|engines|guardrails|openai|server)\//.test(path),
    );
    expect(onTheWay.filter((path) => assigned.test(withoutComments(textOf(path))))).toEqual([]);
    expect(assigned.test('exchange.onAbort = (): void => control.abort();')).toBe(true);
  });

  test('src/ does not write to the console but where a person started it', () => {
    const loud = sources.filter((path) =>
      /\bconsole\.(?:log|error|warn|info)\(/.test(withoutComments(textOf(path))),
    );
    expect(loud).toEqual([]);
  });
});

describe('completeness', () => {
  const proofs = tests.filter((path) => path !== 'test/house.test.ts').map(textOf);
  /** A test imports it, or says in its header that it is what the test is about. */
  const isTested = (name: string): boolean => proofs.some((text) => text.includes(name));

  test('every stage has a test', () => {
    const stages = sources
      .filter((path) => path.startsWith('src/stages/') && /export (?:async )?function/.test(textOf(path)))
      .map((path) => path.slice('src/'.length, -'.ts'.length));
    expect(stages.filter((name) => !isTested(name))).toEqual([]);
  });

  test('every guardrail has a test', () => {
    const folders = sources.flatMap((path) => /^src\/(guardrails\/[^/]+\/)/.exec(path)?.[1] ?? []);
    expect([...new Set(folders)].filter((name) => !isTested(name))).toEqual([]);
  });

  test("README's table of errors is the catalogue", () => {
    const rows = [...textOf('README.md').matchAll(/^\|\s*`([a-z]+\.[a-z_0-9]+)`\s*\|\s*(\d{3})\b/gm)];
    const documented = Object.fromEntries(rows.map((row) => [row[1], Number(row[2])]));
    const catalogue = Object.fromEntries(Object.entries(CATALOGUE).map(([code, row]) => [code, row.status]));
    expect(documented).toEqual(catalogue);
  });

  test('alerts speak of metrics that exist', () => {
    const code = textOf('src/server/telemetry.ts');
    const known = new Set(
      [...code.matchAll(/'(?:sallyport_)?([a-z]+(?:_[a-z]+)*)'/g)].map((match) => match[1]),
    );
    const used = [...textOf('docker/alerts.yml').matchAll(/\bsallyport_([a-z0-9_]+)/g)].map((match) =>
      (match[1] ?? '').replace(/_bucket$/, ''),
    );
    expect(used.filter((name) => !known.has(name) && !name.startsWith('nodejs_'))).toEqual([]);
  });

  test('the image is built by plain instructions, and runs as nobody in particular', () => {
    const text = textOf('Dockerfile');
    expect(text).not.toMatch(/--link|<</);
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^HEALTHCHECK /m);
    expect(text.match(/npm ci[^\n]*/g)?.every((line) => line.includes('--ignore-scripts'))).toBe(true);
    expect(textOf('docker-compose.yml')).not.toMatch(/^name:|develop:|start_interval|required:/m);
  });
});

describe('the measure itself', () => {
  test('sees functions and nothing else', () => {
    const code = [
      'function a(b = { c: 1 }): { d: string } {',
      "  if (b) { return '}' }",
      '  for (const x of y) { z(() => { w(/[{]/) }); }',
      '}',
      'class K { m(): Promise<void> { /* } */ } }',
      "describe('x', () => { test('y', async () => { `${a}{` }); });",
      'const o = { p: 1 };',
    ].join('\n');
    expect(functionsOf(code).map(({ line, lines }) => [line, lines])).toEqual([
      [3, 1],
      [1, 4],
      [5, 1],
      [6, 1],
    ]);
  });

  test('sees imports in all their forms', () => {
    expect(importsOf('test/house.test.ts')).toContain('test/support/source-code.ts');
    expect(importsOf('test/house.test.ts')).toContain('vitest');
  });
});
