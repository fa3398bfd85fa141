/** The environment: which variables count, what they may hold, and secrets from files. Never prints a value. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Each of these may also come as `NAME_FILE`: the path of a file whose content, trimmed, is the value. */
export const SECRET_NAMES = [
  'OPENAI_API_KEY',
  'SALLYPORT_ADMIN_KEY',
  'SALLYPORT_SECRET',
  'SALLYPORT_SECRET_PREVIOUS',
  'REDIS_URL',
  'DATABASE_URL',
  'JWT_SECRET',
] as const;

const port = z.coerce.number().int().min(0).max(65_535);
const positive = z.coerce.number().int().min(1).max(1_000_000_000).optional();
const secret = z.string().min(32, 'must have at least 32 characters').max(1024);
const printable = /^[\x21-\x7e]+$/;

export const environmentSchema = z.object({
  OPENAI_API_KEY: z.string().regex(printable, 'must be printable characters without spaces').optional(),
  OPENAI_BASE_URL: z.url().default('https://api.openai.com/v1'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8787),
  ADMIN_HOST: z.string().optional(),
  ADMIN_PORT: port.default(8788),
  DATA_DIR: z.string().default('data'),
  SALLYPORT_CONFIG: z.string().default('config/local.yaml'),
  SALLYPORT_ADMIN_KEY: z
    .string()
    .min(32, 'must have at least 32 characters')
    .max(256, 'must have at most 256 characters')
    .regex(/^[\x20-\x7e]+$/, 'must be printable characters')
    .optional(),
  SALLYPORT_SECRET: secret.optional(),
  SALLYPORT_SECRET_PREVIOUS: secret.optional(),
  REDIS_URL: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters (RFC 7518, section 3.2)').optional(),
  RATE_LIMIT_PER_MINUTE: positive,
  RATE_LIMIT_PER_HOUR: positive,
  RATE_LIMIT_PER_DAY: positive,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  NODE_ENV: z.string().default('development'),
});

export type Environment = z.infer<typeof environmentSchema>;

/** What holds for whatever a tier leaves open. */
export function limitDefaults(environment: Environment) {
  return {
    requestsPerMinute: environment.RATE_LIMIT_PER_MINUTE,
    requestsPerHour: environment.RATE_LIMIT_PER_HOUR,
    requestsPerDay: environment.RATE_LIMIT_PER_DAY,
  };
}

/** One thing wrong with the configuration: where, and what. Never the value. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** zod's issues as faults; one for each unknown key, at the place of the key. */
export function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'unknown key' }));
  });
}

/** The raw variables: an empty one is absent. */
export interface Variables {
  /** Also from `NAME_FILE`, where the name is not one of the settings above that are no secrets. */
  get(name: string): string | undefined;
}

const plain = new Set(Object.keys(environmentSchema.shape));
for (const name of SECRET_NAMES) plain.delete(name);

/** A file that cannot be used, or a value given both ways, goes to `faults` once, when it is asked for. */
export function readVariables(source: NodeJS.ProcessEnv, faults: Fault[]): Variables {
  const fromFiles = new Map<string, string | undefined>();
  return {
    get(name) {
      const file = plain.has(name) ? undefined : source[`${name}_FILE`];
      if (!file) return source[name] || undefined;
      if (!fromFiles.has(name)) fromFiles.set(name, contentOf(name, file, source, faults));
      return fromFiles.get(name);
    },
  };
}

function contentOf(
  name: string,
  file: string,
  source: NodeJS.ProcessEnv,
  faults: Fault[],
): string | undefined {
  const fault = (path: string, message: string): undefined => void faults.push({ path, message });
  if (source[name]) return fault(name, `given twice: also as ${name}_FILE`);
  try {
    return readFileSync(file, 'utf8').trim() || fault(`${name}_FILE`, 'the file is empty');
  } catch {
    return fault(`${name}_FILE`, 'the file cannot be read');
  }
}

/** What the variables say. One that is wrong goes to `faults`, and counts as absent. */
export function readEnvironment(variables: Variables, faults: Fault[]): Environment {
  const names = Object.keys(environmentSchema.shape);
  const values: Record<string, string | undefined> = Object.fromEntries(
    names.map((name) => [name, variables.get(name)]),
  );
  const parsed = environmentSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  faults.push(...faultsOf(parsed.error));
  for (const { path } of parsed.error.issues) values[String(path[0])] = undefined;
  return environmentSchema.parse(values);
}
