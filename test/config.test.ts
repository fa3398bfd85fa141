/** src/config.ts, src/config-files.ts, src/config-rules.ts, src/environment.ts: strict, layered, everything wrong at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, loadSetup, printable } from '../src/config.ts';
import { overlay } from '../src/config-files.ts';
import type { Fault } from '../src/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string): string {
  const path = join(folder, `${files++}.yaml`);
  writeFileSync(path, content);
  return path;
}

/** What is said of the local configuration with these files over it. */
const local = (...contents: string[]): Record<string, string> => ({
  SALLYPORT_CONFIG: ['config/local.yaml', ...contents.map(file)].join(','),
});

function faultsOf(env: Record<string, string>): readonly Fault[] {
  try {
    loadSetup(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
const pathsOf = (env: Record<string, string>): string[] => faultsOf(env).map(({ path }) => path);

const SECRET = 'a secret of the house, long enough for all';
const IN_CLEAR =
  'callers are served in clear: set server.tls, or name the proxy that ends TLS in server.trustProxy';
const PRODUCTION = {
  NODE_ENV: 'production',
  OPENAI_API_KEY: 'sk-proj-canary-of-upstream',
  SALLYPORT_SECRET: SECRET,
  SALLYPORT_ADMIN_KEY: 'sp-admin-canary-of-thirty-two-characters',
};

describe('layers', () => {
  test('nothing given: the policy as shipped, the simulator, this machine alone', () => {
    const { config, environment, production, simulate, warnings } = loadSetup({});
    expect(config.tiers['free']).toEqual({
      requestsPerMinute: 10,
      maxTokensPerRequest: 1000,
      dailyBudgetUsd: 0.1,
    });
    expect(Object.keys(config.tiers)).toEqual(['free', 'pro', 'enterprise', 'internal']);
    expect(environment).toMatchObject({ HOST: '127.0.0.1', PORT: 8787, ADMIN_PORT: 8788, DATA_DIR: 'data' });
    expect({ production, simulate, warnings }).toEqual({ production: false, simulate: true, warnings: [] });
  });

  test('objects merge, lists and single values replace, tiers may have new names', () => {
    const { config } = loadSetup(
      local(
        'tiers: { free: { requestsPerMinute: 3 }, batch: { concurrency: 2 } }\nendpoints: { allow: [models, files] }',
        'tiers: { free: { maxTokensPerRequest: 7 } }\nendpoints: { allow: [embeddings] }\nguardrails: { pii: { action: "off" } }',
      ),
    );
    expect(config.tiers['free']).toEqual({
      requestsPerMinute: 3,
      maxTokensPerRequest: 7,
      dailyBudgetUsd: 0.1,
    });
    expect(config.tiers['batch']).toEqual({ concurrency: 2 });
    expect(config.tiers['pro']?.requestsPerMinute).toBe(60);
    expect(config.endpoints.allow).toEqual(['embeddings']);
    expect(config.guardrails.pii).toMatchObject({ action: 'off', reversible: true });
  });

  test('overlay: what is over wins, what is under stays, neither is changed', () => {
    const tree = fc.letrec((again) => ({
      node: fc.oneof(
        fc.integer(),
        fc.array(fc.integer(), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), again('node'), { maxKeys: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, tree, (under, over) => {
        const before = JSON.stringify([under, over]);
        const merged = overlay(under, over);
        expect(JSON.stringify([under, over])).toBe(before);
        expect(overlay(merged, over)).toEqual(merged);
        expect(overlay({}, { only: over })).toEqual({ only: over });
        expect(overlay(under, undefined)).toBe(under);
      }),
      { numRuns: 200 },
    );
  });

  test('an engine of another kind leaves nothing of the one below', () => {
    const back = file('ledger: { kind: embedded }\nstore: { kind: embedded }\n');
    const { config } = loadSetup({ SALLYPORT_CONFIG: `config/production.yaml,${back}` });
    expect(config.ledger).toEqual({ kind: 'embedded' });
    expect(config.store).toEqual({ kind: 'embedded' });
  });

  test('spaces and empty names in the list of files count for nothing; an empty file is an empty overlay', () => {
    const path = file('# nothing yet\n');
    expect(pathsOf({ SALLYPORT_CONFIG: ` config/local.yaml , ${path},,` })).toEqual([]);
  });

  test('RATE_LIMIT_* are numbers for whoever the tier leaves open', () => {
    const { environment } = loadSetup({ RATE_LIMIT_PER_MINUTE: '60', RATE_LIMIT_PER_DAY: '10000' });
    expect(environment).toMatchObject({ RATE_LIMIT_PER_MINUTE: 60, RATE_LIMIT_PER_DAY: 10_000 });
    expect(environment.RATE_LIMIT_PER_HOUR).toBeUndefined();
  });
});

describe('variables', () => {
  test('an empty one is an absent one', () => {
    const { environment, simulate, config } = loadSetup({ OPENAI_API_KEY: '', PORT: '', JWT_SECRET: '' });
    expect([environment.PORT, simulate, config.jwt]).toEqual([8787, true, undefined]);
  });

  test('env:NAME is filled in anywhere, also from a file; an absent one leaves the key out', () => {
    const organization = file('org-from-a-file\n');
    const overlays = local(
      'upstream: { organization: env:MY_ORG, project: env:MY_PROJECT, caFile: env:ABSENT }',
    );
    const { config } = loadSetup({ ...overlays, MY_ORG_FILE: organization, MY_PROJECT: 'proj_1' });
    expect(config.upstream).toMatchObject({ organization: 'org-from-a-file', project: 'proj_1' });
    expect(config.upstream).not.toHaveProperty('caFile');
    const redis = local('ledger: { kind: redis, url: env:REDIS_URL }');
    expect(faultsOf(redis)).toEqual([{ path: 'ledger.url', message: 'REDIS_URL, or a URL here, is needed' }]);
    expect(pathsOf({ ...redis, REDIS_URL: 'redis://localhost:6379' })).toEqual([]);
    const ledgers: readonly (readonly [string, string[]])[] = [
      ['sentinels: ["redis://a:26379", "redis://:p@b"], name: m, password: "x", tls: true', []],
      ['cluster: ["rediss://:p@a:6379", "redis://b"]', []],
      ['sentinels: ["redis://a"]', ['ledger.name']],
      ['sentinels: ["a:26379"], name: m', ['ledger.sentinels.0']],
      ['cluster: []', ['ledger.cluster']],
      ['cluster: ["redis://a"], url: "redis://b"', ['ledger.url']],
      ['cluster: ["redis://a"], name: m, password: x', ['ledger.name', 'ledger.password']],
    ];
    for (const [text, faults] of ledgers)
      expect([text, ...pathsOf(local(`ledger: { kind: redis, ${text} }`))]).toEqual([text, ...faults]);
  });

  test('a value that looks like a reference is a value', () => {
    const { config } = loadSetup({ OPENAI_API_KEY: 'env:JWT_SECRET', JWT_SECRET: SECRET });
    expect(config.upstream.apiKey).toBe('env:JWT_SECRET');
  });

  test.each(['OPENAI_API_KEY', 'SALLYPORT_ADMIN_KEY', 'SALLYPORT_SECRET', 'JWT_SECRET'])(
    '%s comes from a file too, never both ways',
    (name) => {
      const path = file(`${SECRET.replaceAll(' ', '-')}\n`);
      const { environment } = loadSetup({ [`${name}_FILE`]: path });
      expect(environment).toMatchObject({ [name]: SECRET.replaceAll(' ', '-') });
      expect(faultsOf({ [`${name}_FILE`]: path, [name]: SECRET })).toContainEqual({
        path: name,
        message: `given twice: also as ${name}_FILE`,
      });
      expect(pathsOf({ [`${name}_FILE`]: join(folder, 'absent') })).toContain(`${name}_FILE`);
      expect(pathsOf({ [`${name}_FILE`]: file('\n') })).toContain(`${name}_FILE`);
    },
  );

  test('a setting that is no secret does not come from a file', () => {
    expect(loadSetup({ PORT_FILE: file('1') }).environment.PORT).toBe(8787);
  });
});

describe('faults', () => {
  // Control: without the rule both started, as far as the second listener.
  test('two listeners on one port; any free port, and one port of two addresses, are none', () => {
    const message = 'is PORT as well: each listener needs one of its own';
    expect(faultsOf({ PORT: '8788' })).toEqual([{ path: 'ADMIN_PORT', message }]);
    expect(faultsOf({ PORT: '0', ADMIN_PORT: '0' })).toEqual([]);
    expect(faultsOf({ PORT: '8788', ADMIN_HOST: '127.0.0.2' })).toEqual([]);
  });

  test('of environment, files and sections come together, each with its path and without its value', () => {
    const env: Record<string, string> = {
      ...local(
        'tiers: { free: { requestsPerMinutes: canary-1 } }\nserver: { trustProxy: [canary-2] }\nguardrial: {}',
        'retention: { logDays: 1 }\nendpoints: { allow: [chat.completion] }\nupstream: { baseUrl: http://example.com }',
      ),
      PORT: 'canary-3',
      SALLYPORT_SECRET: 'canary-4',
      LOG_LEVEL: 'canary-5',
      REDIS_URL_FILE: join(folder, 'absent'),
      OPENAI_API_KEY: 'sk-admin-canary-6',
      NODE_ENV: 'production',
    };
    env['SALLYPORT_CONFIG'] += `,${join(folder, 'absent.yaml')},${file('a: [canary-7')},${file('- a list')}`;
    const faults = faultsOf(env);
    expect(faults.map(({ path }) => path.replace(folder, '')).sort()).toEqual(
      [
        `/${files - 2}.yaml /${files - 1}.yaml /absent.yaml LOG_LEVEL PORT REDIS_URL_FILE`,
        'SALLYPORT_ADMIN_KEY SALLYPORT_SECRET endpoints.allow guardrial retention.logDays server.trustProxy.0',
        'tiers.free.requestsPerMinutes upstream.apiKey upstream.baseUrl',
      ].flatMap((line) => line.split(' ')),
    );
    expect(JSON.stringify(faults)).not.toContain('canary');
    expect(new ConfigError(faults).message).toContain('\n  tiers.free.requestsPerMinutes: unknown key');
  });

  test.each([
    ['a repeated key', 'server: {}\nserver: {}'],
    ['a broken line', 'server: {'],
    ['an alias', 'a: &a [1]\nb: *a'],
    ['an unknown tag', 'server: !canary {}'],
  ])('%s in a file is a fault that quotes nothing', (_, content) => {
    const [fault, ...others] = faultsOf(local(content)).filter(({ path }) => path.startsWith(folder));
    expect(others).toEqual([]);
    expect(fault?.message).not.toContain('canary');
  });

  test('an unknown key is a fault at any depth, `__proto__` among them', () => {
    expect(pathsOf(local('__proto__: { a: 1 }'))).toEqual(['__proto__']);
    expect(pathsOf(local('guardrails: { pii: { types: [EMAIL], typo: 1 } }'))).toEqual([
      'guardrails.pii.typo',
    ]);
    expect(pathsOf(local('ledger: { kind: embedded, url: redis://localhost }'))).toEqual(['ledger.url']);
  });

  test.each([
    ['upstream: { baseUrl: http://api.example.com }', 'upstream.baseUrl'],
    ['upstream: { baseUrl: "https://user:pass@api.example.com" }', 'upstream.baseUrl'],
    ['upstream: { baseUrl: "https://api.example.com/v1?x=1" }', 'upstream.baseUrl'],
    ['upstream: { baseUrl: nowhere }', 'upstream.baseUrl'],
    ['upstream: { apiKey: "two words" }', 'upstream.apiKey'],
    ['upstream: { caFile: /absent/ca.pem }', 'upstream.caFile'],
    ['upstream: { apiKeyCreatedAt: last year }', 'upstream.apiKeyCreatedAt'],
    ['server: { trustProxy: [10.0.0.0/99] }', 'server.trustProxy.0'],
    ['server: { tls: { certFile: /absent/cert.pem, keyFile: /absent/key.pem } }', 'server.tls'],
    ['server: { adminTls: { certFile: package.json, keyFile: package.json } }', 'server.adminTls'],
    ['history: { enabled: sometimes }', 'history.enabled'],
    ['retention: { hold: [system] }', 'retention.hold.0'],
    ['audit: { onFailure: open }', 'audit.onFailure'],
    ['ledger: { kind: redis, url: "redis://a", waitMsMax: 10001 }', 'ledger.waitMsMax'],
    ['store: { kind: postgres, url: "postgres://a/b", waitMsMax: 9 }', 'store.waitMsMax'],
    ['request: { characters: "(" }', 'request.characters'],
    ['jwt: { issuer: i, audience: a, hs256: true }', 'JWT_SECRET'],
    ['jwt: { issuer: i, audience: a }', 'jwt'],
    ['jwt: { issuer: i, audience: a, jwksUrl: "http://id.example.com/jwks" }', 'jwt.jwksUrl'],
    [
      'jwt: { issuer: i, audience: a, jwksUrl: "https://id.example.com/jwks", defaults: { tier: none } }',
      'jwt.defaults.tier',
    ],
  ])('%s', (content, path) => {
    expect(pathsOf(local(content))).toEqual([path]);
  });

  test.each(['http://127.0.0.1:9/v1', 'http://localhost:9', 'http://[::1]:9/v1', 'https://api.example.com'])(
    'upstream may be %s',
    (OPENAI_BASE_URL) => {
      expect(loadSetup({ OPENAI_BASE_URL }).config.upstream.baseUrl).toBe(OPENAI_BASE_URL);
    },
  );
});

function warningsFor(OPENAI_API_KEY: string, ...overlays: string[]): readonly string[] {
  return loadSetup({ ...local(...overlays), OPENAI_API_KEY }).warnings;
}

function created(daysAgo: number): string {
  const date = new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  return `upstream: { apiKeyCreatedAt: ${date} }`;
}

describe("upstream's key", () => {
  test('an admin key refuses to start, wherever it comes from', () => {
    expect(pathsOf({ OPENAI_API_KEY: 'sk-admin-x' })).toEqual(['upstream.apiKey']);
    expect(pathsOf({ OPENAI_API_KEY_FILE: file('sk-admin-x') })).toEqual(['upstream.apiKey']);
    expect(pathsOf(local('upstream: { apiKey: sk-admin-x }'))).toEqual(['upstream.apiKey']);
  });

  test('a key of no project is warned about, one of a project or a service account is right', () => {
    expect(warningsFor('sk-abc')).toEqual([expect.stringContaining('not scoped to a project')]);
    expect(warningsFor('sk-proj-abc')).toEqual([]);
    expect(warningsFor('sk-svcacct-abc')).toEqual([]);
  });

  test('over 90 days old it is warned about', () => {
    expect(warningsFor('sk-proj-abc', created(92))).toEqual([expect.stringContaining('over 90 days')]);
    expect(warningsFor('sk-proj-abc', created(89))).toEqual([]);
  });
});

test('what end users lose with the secret before is told while it is known', () => {
  const changing = { SALLYPORT_SECRET: 'a'.repeat(32), SALLYPORT_SECRET_PREVIOUS: 'b'.repeat(32) };
  const warnings = (tier: string) =>
    loadSetup({ ...local(`tiers: { app: ${tier} }`), ...changing, OPENAI_API_KEY: 'sk-proj-x' }).warnings;
  expect(warnings('{ endUsers: allowed }')).toEqual([
    expect.stringContaining('end users lose what was made'),
  ]);
  expect(warnings('{}')).toEqual([]);
});

describe('production', () => {
  test.each([
    ['NODE_ENV=production', { NODE_ENV: 'production' }],
    ['a listener for all', { HOST: '0.0.0.0' }],
    ['an address of the network', { HOST: '10.1.2.3' }],
    ['a name that only looks like loopback', { HOST: '127.example.com' }],
    ['an admin listener for all', { ADMIN_HOST: '::' }],
  ])('%s needs a key of upstream, a secret and an admin key', (_, env) => {
    expect(pathsOf(env)).toEqual(['OPENAI_API_KEY', 'SALLYPORT_SECRET', 'SALLYPORT_ADMIN_KEY']);
    expect(loadSetup({ ...PRODUCTION, ...env })).toMatchObject({ production: true, simulate: false });
  });

  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('%s is loopback', (HOST) => {
    expect(loadSetup({ HOST, ADMIN_HOST: HOST }).production).toBe(false);
  });

  test('embedded engines are allowed with a warning', () => {
    expect(loadSetup(PRODUCTION).warnings).toEqual([
      'the embedded ledger serves one process only',
      'the embedded store serves one process only',
      IN_CLEAR,
    ]);
    const untried = local('liveness: { everySeconds: 0 }');
    expect(loadSetup({ ...PRODUCTION, ...untried }).warnings).toContain(
      'controls are not tried: liveness.everySeconds is 0',
    );
    expect(
      loadSetup({ ...local('ledger: { kind: redis, url: "redis://localhost" }') }).warnings,
    ).toHaveLength(1);
  });

  test('config/production.yaml: Redis and PostgreSQL, started with care', () => {
    const env = { ...PRODUCTION, SALLYPORT_CONFIG: 'config/production.yaml' };
    expect(pathsOf(env)).toEqual(['ledger.url', 'store.url']);
    const engines = { REDIS_URL: 'rediss://redis/0', DATABASE_URL: 'postgres://db/sallyport' };
    const { config, warnings } = loadSetup({ ...env, ...engines });
    expect(warnings).toEqual([IN_CLEAR]);
    expect(config).toMatchObject({
      ledger: { kind: 'redis', url: engines.REDIS_URL, onFailure: 'closed' },
      store: { kind: 'postgres', url: engines.DATABASE_URL },
      guardrails: {
        secrets: { action: 'block' },
        injection: { action: 'block', toolResults: 'taint' },
        pii: {
          action: 'redact',
          reversible: true,
          types: ['EMAIL', 'PHONE', 'SSN', 'CREDIT_CARD', 'IBAN', 'PASSPORT', 'NATIONAL_ID'],
          inTokens: 'observe',
          elsewhere: 'observe',
        },
      },
    });
  });
});

test('what is printed holds no secret, wherever it stood', () => {
  const env = {
    ...local(
      'upstream: { organization: org-shown }\nledger: { kind: redis, url: env:REDIS_URL }\nstore: { kind: postgres, url: "postgres://u:canary-a@db.example.com:5432/name?password=canary-b" }',
      'notify: { baseUrl: "https://console.example.com", webhooks: [{ url: "https://hooks.example.com/canary-j", secret: canary-k-is-of-the-receiver }] }',
    ),
    OPENAI_API_KEY_FILE: file('sk-proj-canary-c'),
    SALLYPORT_SECRET: `canary-d ${SECRET}`,
    SALLYPORT_ADMIN_KEY: `canary-e ${SECRET}`,
    JWT_SECRET: `canary-f ${SECRET}`,
    REDIS_URL: 'rediss://:canary-g@redis.example.com:6380/2#canary-h',
    DATABASE_URL: 'not a url, canary-i',
    OPENAI_BASE_URL: 'https://api.example.com/v1',
  };
  const text = JSON.stringify(printable(loadSetup(env)));
  expect(text).not.toContain('canary');
  for (const shown of [
    'org-shown',
    'redis.example.com:6380/2',
    'db.example.com:5432/name',
    'api.example.com',
    'hooks.example.com',
  ]) {
    expect(text).toContain(shown);
  }
});
