/**
 * The configuration: policy.yaml, the files of SALLYPORT_CONFIG laid over it, the environment, every section's
 * schema. Reports all faults at once; knows no default that a section's own schema does not know.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { jwtSchema } from './domain/jwt.ts';
import { objectsSchema } from './domain/objects.ts';
import { requestSchema } from './domain/request-rules.ts';
import { limitsSchema, tiersSchema } from './domain/tiers.ts';
import { toolsSchema } from './domain/tools.ts';
import { faultsOf, readEnvironment, SECRET_NAMES, type Environment, type Fault } from './environment.ts';
import { guardrailsSchema } from './guardrails/settings.ts';
import { unknownNames } from './openai/endpoints/index.ts';
import { modelsSchema } from './openai/prices.ts';
import { upstreamSchema } from './server/upstream.ts';

const POLICY_FILE = fileURLToPath(new URL('../config/policy.yaml', import.meta.url));

const days = z.int().min(1).max(3650);

export const configSchema = z.strictObject({
  upstream: upstreamSchema,
  models: modelsSchema.prefault({}),
  ledger: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('embedded'), onFailure: z.literal('closed').optional() }),
      z.strictObject({
        kind: z.literal('redis'),
        url: z
          .string({ error: 'REDIS_URL, or a URL here, is needed' })
          .regex(/^rediss?:\/\//, 'must be redis:// or rediss://'),
        onFailure: z.enum(['closed', 'open']).default('closed'),
        namespace: z
          .string()
          .regex(/^[a-z0-9-]{1,32}$/)
          .default('main'),
      }),
    ])
    .prefault({ kind: 'embedded' }),
  store: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('embedded') }),
      z.strictObject({
        kind: z.literal('postgres'),
        url: z
          .string({ error: 'DATABASE_URL, or a URL here, is needed' })
          .regex(/^postgres(ql)?:\/\//, 'must be postgres://'),
      }),
    ])
    .prefault({ kind: 'embedded' }),
  audit: z
    .strictObject({
      onFailure: z.literal('closed').default('closed'),
      waitMsMax: z.int().min(10).max(10_000).default(250),
      segmentBytesMax: z.int().min(65_536).max(1_073_741_824).default(67_108_864),
    })
    .prefault({}),
  house: limitsSchema.prefault({}),
  teams: z.record(z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/), limitsSchema).prefault({}),
  tiers: tiersSchema,
  endpoints: z.strictObject({ allow: z.array(z.string()).min(1) }),
  request: requestSchema.prefault({}),
  guardrails: guardrailsSchema.prefault({}),
  tools: toolsSchema.prefault({}),
  objects: objectsSchema.prefault({}),
  references: z.strictObject({ urlAllow: z.array(z.string()).default([]) }).prefault({}),
  jwt: jwtSchema.optional(),
  history: z
    .strictObject({
      enabled: z.literal(false, { error: 'conversation history is not available in this version' }),
    })
    .prefault({ enabled: false }),
  retention: z
    .strictObject({
      historyDays: days.default(30),
      logDays: days.min(2).default(90),
      piiDays: days.max(7).default(7),
    })
    .prefault({}),
  server: z
    .strictObject({
      /** Peers whose X-Forwarded-* counts: addresses or CIDR blocks. */
      trustProxy: z.array(z.string()).default([]),
      cors: z.array(z.url()).default([]),
      bodyMsMax: z.int().min(100).max(600_000).default(30_000),
      drainMsMax: z.int().min(0).max(600_000).default(25_000),
      exchangesMax: z.int().min(1).max(100_000).default(4096),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;

export interface Setup {
  readonly environment: Environment;
  readonly config: Config;
  /** Production rules hold: NODE_ENV=production, or a listener that others can reach. */
  readonly production: boolean;
  /** No upstream key in local mode: the built-in simulator answers. */
  readonly simulate: boolean;
  readonly warnings: readonly string[];
}

/** All faults of environment and files, thrown together before anything listens. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(faults.map((fault) => `${fault.path || 'configuration'}: ${fault.message}`).join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays one file over another: objects merge, lists and scalars replace. */
export function overlay(under: unknown, over: unknown): unknown {
  if (!isTree(under) || !isTree(over)) return over === undefined ? under : over;
  const merged: Tree = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = overlay(merged[key], value);
  return merged;
}

/** Replaces `env:NAME` by the variable; an absent one leaves the key out, so that the schema says what is missing. */
function resolve(value: unknown, variables: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string' && value.startsWith('env:')) return variables[value.slice(4)];
  if (Array.isArray(value)) return value.map((item) => resolve(item, variables));
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, resolve(inner, variables)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

function readFiles(names: readonly string[], faults: Fault[]): unknown {
  let merged: unknown = {};
  for (const name of names) {
    try {
      const content: unknown =
        parseYaml(readFileSync(name, 'utf8'), { maxAliasCount: 0, uniqueKeys: true }) ?? {};
      if (isTree(content)) merged = overlay(merged, content);
      else faults.push({ path: name, message: 'must be a mapping of sections' });
    } catch (error) {
      const reason =
        error instanceof Error && 'code' in error && error.code === 'ENOENT'
          ? 'no such file'
          : 'cannot be read as YAML';
      faults.push({ path: name, message: reason });
    }
  }
  return merged;
}

/** What a JWT_SECRET alone means; the section `jwt` says otherwise. */
const JWT_BY_SECRET = {
  issuer: 'sallyport',
  audience: 'sallyport',
  hs256: true,
  defaults: { tier: 'free' },
};

const loopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Rules that span environment and files. */
function checkTogether(
  environment: Environment,
  config: Config,
  production: boolean,
  faults: Fault[],
): string[] {
  const warnings: string[] = [];
  const fault = (path: string, message: string): void => void faults.push({ path, message });
  if (production) {
    for (const name of ['OPENAI_API_KEY', 'SALLYPORT_SECRET', 'SALLYPORT_ADMIN_KEY'] as const) {
      if (environment[name] === undefined) fault(name, 'is required in production');
    }
    if (config.ledger.kind === 'embedded') warnings.push('the embedded ledger serves one process only');
    if (config.store.kind === 'embedded') warnings.push('the embedded store serves one process only');
  }
  if (config.ledger.kind === 'redis' && config.store.kind === 'embedded') {
    warnings.push('a Redis ledger with the embedded store: lost ledger data cannot be rebuilt');
  }
  const key = config.upstream.apiKey;
  if (key?.startsWith('sk-admin-')) fault('upstream.apiKey', 'is an admin key; use a project key');
  else if (key !== undefined && !/^sk-(proj|svcacct)-/.test(key)) {
    warnings.push("upstream's key is not scoped to a project; use a project key");
  }
  const made = config.upstream.apiKeyCreatedAt;
  if (made !== undefined && Date.now() - Date.parse(made) > 90 * 86_400_000) {
    warnings.push("upstream's key is over 90 days old; rotate it");
  }
  for (const name of unknownNames(config.endpoints.allow)) fault('endpoints.allow', `no such group: ${name}`);
  for (const entry of config.server.trustProxy) {
    if (isIP(entry.split('/')[0] ?? '') === 0) fault('server.trustProxy', 'must be addresses or CIDR blocks');
  }
  if (config.jwt?.hs256 && environment.JWT_SECRET === undefined) fault('JWT_SECRET', 'is required by jwt');
  return warnings;
}

/**
 * Reads everything.
 * @throws ConfigError with every fault found
 */
export function loadSetup(source: NodeJS.ProcessEnv): Setup {
  const faults: Fault[] = [];
  const environment = readEnvironment(source, faults);
  const names = environment.SALLYPORT_CONFIG.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const files = resolve(readFiles([POLICY_FILE, ...names], faults), environment);
  const defaults = {
    upstream: { baseUrl: environment.OPENAI_BASE_URL, apiKey: environment.OPENAI_API_KEY },
    ...(environment.JWT_SECRET === undefined ? {} : { jwt: JWT_BY_SECRET }),
  };
  const parsed = configSchema.safeParse(resolve(overlay(defaults, files), environment));
  if (!parsed.success) throw new ConfigError([...faults, ...faultsOf(parsed.error)]);
  const config = parsed.data;
  const hosts = [environment.HOST, environment.ADMIN_HOST ?? environment.HOST];
  const production = environment.NODE_ENV === 'production' || !hosts.every(loopback);
  const warnings = checkTogether(environment, config, production, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return { environment, config, production, simulate: config.upstream.apiKey === undefined, warnings };
}

const HIDDEN = new Set<string>([...SECRET_NAMES, 'apiKey', 'url']);

/** The effective configuration for `check-config`, with every secret hidden. */
export function printable(setup: Setup): unknown {
  const hide = (value: unknown, key = ''): unknown => {
    if (HIDDEN.has(key) && value !== undefined) return '[hidden]';
    if (Array.isArray(value)) return value.map((item) => hide(item));
    if (!isTree(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hide(inner, name)]));
  };
  return hide({ environment: setup.environment, ...setup.config });
}
