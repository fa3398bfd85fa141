/**
 * The configuration: policy.yaml, the files of SALLYPORT_CONFIG laid over it, the environment, every section's
 * schema. Reports all faults at once; knows no default that a section's own schema does not know.
 */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fillIn, isTree, overlay, readFiles, withKeyFiles } from './config-files.ts';
import { checkRules, isProduction, type ProcessKind, warningsOf } from './config-rules.ts';
import { approvalsSchema } from './domain/approvals/approval-settings.ts';
import { detectionSchema } from './domain/requests/detection.ts';
import { historySchema } from './domain/history/history.ts';
import { incidentsSchema } from './domain/incidents/incident-rules.ts';
import { jwtSchema } from './domain/callers/jwt.ts';
import { objectsSchema } from './domain/objects/objects.ts';
import { parametersSchema } from './domain/limits/parameters.ts';
import { livenessSchema } from './domain/incidents/liveness.ts';
import { peopleSchema } from './domain/people/people.ts';
import { type PolicySection, weakeningSchema } from './domain/policy/policy.ts';
import { requestSchema } from './domain/requests/request-rules.ts';
import { retentionSchema } from './domain/history/retention.ts';
import { limitsSchema, teamSchema, tiersSchema } from './domain/limits/tiers.ts';
import { toolsSchema } from './domain/tools/tools.ts';
import { fileExportSchema } from './engines/export/export-file.ts';
import { syslogExportSchema } from './engines/export/export-syslog.ts';
import { webhookExportSchema } from './engines/export/export-webhook.ts';
import { guardModelSchema } from './engines/detector/detector-guard-model.ts';
import { moderationSchema } from './engines/detector/detector-moderation.ts';
import { notifySchema } from './engines/notify/notify.ts';
import { redisLedgerSchema } from './engines/ledger/ledger-redis-settings.ts';
import { commandPlaceholders, commandRunSchema, type CommandRun } from './engines/tool/tool-command.ts';
import { httpRunSchema, pathPlaceholders, type HttpRun } from './engines/tool/tool-http.ts';
import {
  faultsOf,
  limitDefaults,
  readEnvironment,
  readVariables,
  SECRET_NAMES,
  type Environment,
  type Fault,
} from './environment.ts';
import { guardrailsSchema } from './guardrails/settings.ts';
import { modelsSchema } from './openai/prices.ts';
import { socketsSchema } from './realtime/settings.ts';
import { egressFields } from './server/egress.ts';
import { plainHttpSchema } from './server/in-clear.ts';
import { tlsSchema } from './server/tls.ts';
import { upstreamSchema, upstreamsSchema } from './server/upstream.ts';
import { type ArgumentPlaces, toolServerSchema } from './tool-server/settings.ts';

const POLICY_FILE = fileURLToPath(new URL('../config/policy.yaml', import.meta.url));

/** Where the arguments of a tool go, by how it is run. */
function argumentPlaces(run: CommandRun | HttpRun): ArgumentPlaces {
  if (run.kind === 'command') return { words: commandPlaceholders(run), others: 'none' };
  const hasBody = run.method !== 'GET' && run.method !== 'DELETE';
  return { words: pathPlaceholders(run.url), others: hasBody ? 'any' : 'scalars' };
}

export const configSchema = z.strictObject({
  upstream: upstreamSchema,
  upstreams: upstreamsSchema.prefault({}),
  models: modelsSchema.prefault({}),
  ledger: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('embedded'), onFailure: z.literal('closed').optional() }),
      redisLedgerSchema,
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
        /** Longest wait for a connection, and then again for the answer, before it is `store.unavailable`. */
        waitMsMax: z.int().min(10).max(10_000).default(1000),
      }),
    ])
    .prefault({ kind: 'embedded' }),
  audit: z
    .strictObject({
      onFailure: z.literal('closed').default('closed'),
      waitMsMax: z.int().min(10).max(10_000).default(250),
      segmentBytesMax: z.int().min(65_536).max(1_073_741_824).default(67_108_864),
      /** How often a process looks through its own log; 0: never. */
      verifyEverySeconds: z.int().min(0).max(2_000_000).default(86_400),
    })
    .prefault({}),
  exports: z
    .array(z.discriminatedUnion('kind', [fileExportSchema, syslogExportSchema, webhookExportSchema]))
    .max(10)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names must differ')
    .default([]),
  containment: z
    .strictObject({
      /** `two`: what the kill switch shuts is opened by another person than who shut it; `auto`: once there are two. */
      release: z.enum(['one', 'auto', 'two']).default('one'),
    })
    .prefault({}),
  policy: weakeningSchema.prefault({}),
  house: limitsSchema.prefault({}),
  teams: z.record(z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/), teamSchema).prefault({}),
  tiers: tiersSchema,
  parameters: parametersSchema.optional(),
  endpoints: z.strictObject({ allow: z.array(z.string()).min(1) }),
  request: requestSchema.prefault({}),
  guardrails: guardrailsSchema.prefault({}),
  detector: detectionSchema
    .extend({ engine: z.discriminatedUnion('kind', [guardModelSchema, moderationSchema]) })
    .optional(),
  tools: toolsSchema.prefault({}),
  approvals: approvalsSchema.prefault({}),
  notify: notifySchema.prefault({}),
  toolServer: toolServerSchema(
    z.discriminatedUnion('kind', [commandRunSchema, httpRunSchema]),
    argumentPlaces,
  ).optional(),
  incidents: incidentsSchema.prefault({}),
  liveness: livenessSchema.prefault({}),
  objects: objectsSchema.prefault({}),
  references: z.strictObject({ urlAllow: z.array(z.string().min(1)).default([]) }).prefault({}),
  sockets: socketsSchema.prefault({}),
  jwt: jwtSchema.optional(),
  egress: z.strictObject(egressFields).prefault({}),
  people: peopleSchema.extend(egressFields).optional(),
  history: historySchema.prefault({}),
  retention: retentionSchema.prefault({}),
  server: z
    .strictObject({
      /** Peers whose X-Forwarded-* counts: addresses or CIDR blocks. */
      trustProxy: z.array(z.string()).default([]),
      cors: z.array(z.url()).default([]),
      /** Of the callers' port, and of the admin port. */
      tls: tlsSchema.optional(),
      adminTls: tlsSchema.optional(),
      plainHttp: plainHttpSchema,
      /** Of one credential at the admin port of a process; what shuts something is always taken. */
      adminRequestsPerMinute: z.int().min(60).max(1_000_000).default(6000),
      bodyMsMax: z.int().min(100).max(600_000).default(30_000),
      drainMsMax: z.int().min(0).max(600_000).default(25_000),
      exchangesMax: z.int().min(1).max(100_000).default(4096),
    })
    .prefault({}),
});

export type Config = z.infer<typeof configSchema>;
/** Some of its sections. */
export type Sections = { readonly [Name in keyof Config]?: Config[Name] | undefined };

export interface Setup {
  readonly environment: Environment;
  readonly config: Config;
  /** Production rules hold: NODE_ENV=production, or a listener that others can reach. */
  readonly production: boolean;
  /** No upstream key in local mode: the built-in simulator answers. */
  readonly simulate: boolean;
  readonly warnings: readonly string[];
  /** The same files and variables, as they are now. @throws ConfigError */
  readonly reread: () => Setup;
}

/** All faults of environment and files, thrown together before anything listens. */
export class ConfigError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    const lines = faults.map(({ path, message }) => `  ${path || 'configuration'}: ${message}`);
    super(`the configuration is not usable:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** What a JWT_SECRET alone means; the section `jwt` says otherwise. */
const JWT_BY_SECRET = {
  issuer: 'sallyport',
  audience: 'sallyport',
  hs256: true,
  defaults: { tier: 'free' },
};

/**
 * Reads everything.
 * @throws ConfigError with every fault found
 */
export function loadSetup(source: NodeJS.ProcessEnv, process: ProcessKind = 'gateway'): Setup {
  const faults: Fault[] = [];
  const variables = readVariables(source, faults);
  const environment = readEnvironment(variables, faults);
  const known = new Map<string, unknown>(Object.entries(environment));
  const names = environment.SALLYPORT_CONFIG.split(',').map((name) => name.trim());
  const files = readFiles([POLICY_FILE, ...names.filter(Boolean)], faults);
  const defaults = {
    upstream: { baseUrl: 'env:OPENAI_BASE_URL', apiKey: 'env:OPENAI_API_KEY' },
    ...(environment.JWT_SECRET === undefined ? {} : { jwt: JWT_BY_SECRET }),
  };
  const named = withKeyFiles(overlay(defaults, files), (name) => source[`${name}_FILE`] || undefined);
  const tree = fillIn(named, (name) => known.get(name) ?? variables.get(name));
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) faults.push(...faultsOf(parsed.error));
  checkRules(environment, parsed.data ?? soundSections(tree, parsed.error), faults, process);
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  const config = parsed.data;
  return {
    environment,
    config,
    production: isProduction(environment),
    simulate: config.upstream.apiKey === undefined,
    warnings: warningsOf(environment, config),
    reread: () => loadSetup(source, process),
  };
}

/** The sections that hold by themselves, so that what they contradict is told in the same run. */
function soundSections(tree: unknown, { issues }: z.ZodError): Sections {
  const wrong = new Set(
    issues.flatMap((issue) =>
      'keys' in issue && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  );
  const sound = Object.entries(isTree(tree) ? tree : {}).filter(([section]) => !wrong.has(section));
  return configSchema.partial().safeParse(Object.fromEntries(sound)).data ?? {};
}

const HIDDEN = new Set<string>([
  ...SECRET_NAMES,
  'apiKey',
  'apiKeyNext',
  'clientSecret',
  'token',
  'authorization',
  'password',
  'secret',
  'value',
]);

/** The sections that are the policy. */
export function policyOf({
  tiers,
  house,
  teams,
  parameters,
  endpoints,
  request,
  models,
  guardrails,
  tools,
  references,
  objects,
}: Config) {
  const sections = {
    tiers,
    house,
    teams,
    parameters,
    endpoints,
    request,
    models,
    guardrails,
    tools,
    references,
    objects,
  };
  return sections satisfies Record<PolicySection, unknown>;
}

/** The rules in force, for operators; words that give a system text away are counted alone. */
export function printablePolicy({ environment, config }: Setup): unknown {
  const { guardrails, ...rest } = policyOf(config);
  const { canaries, ...answers } = guardrails.answers;
  return shown({
    ...rest,
    guardrails: { ...guardrails, answers: { ...answers, canaries: canaries.length } },
    defaults: limitDefaults(environment),
  });
}

/** The effective configuration for `check-config`: no secret, and of an address no user, password or query, of a webhook's no path. */
export function printable({ environment, config }: Setup): unknown {
  const webhooks = config.notify.webhooks.map((hook) => ({
    ...hook,
    url: new URL('/[hidden]', hook.url).href,
  }));
  return shown({ environment, ...config, notify: { ...config.notify, webhooks } });
}

function shown(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return withoutSecrets(value, HIDDEN.has(key));
  if (Array.isArray(value)) return value.map((item) => shown(item));
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(inner, name)]));
}

function withoutSecrets(text: string, secret: boolean): string {
  const url = text.includes('://') && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return secret || text.includes('://') ? '[hidden]' : text;
  const user = url.username || url.password ? '[hidden]@' : '';
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search || url.hash ? '?[hidden]' : ''}`;
}
