/** The environment: which variables count, what they may hold, and secrets from files. Never prints a value. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Each of these may also come as `NAME_FILE`: the path of a file whose content, trimmed, is the value. */
export const SECRET_NAMES = [
  'OPENAI_API_KEY',
  'SALLYPORT_ADMIN_KEY',
  'SALLYPORT_SECRET',
  'REDIS_URL',
  'DATABASE_URL',
  'JWT_SECRET',
] as const;

const port = z.coerce.number().int().min(0).max(65_535);
const positive = z.coerce.number().int().min(1).max(1_000_000_000).optional();
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
    .min(32)
    .max(256)
    .regex(/^[\x20-\x7e]+$/, 'must be printable characters')
    .optional(),
  SALLYPORT_SECRET: z.string().min(32, 'must have at least 32 characters').max(1024).optional(),
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

/** One thing wrong with the configuration: where, and what. Never the value. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** zod's issues as faults, under a prefix. */
export function faultsOf(error: z.ZodError, prefix = ''): Fault[] {
  return error.issues.map((issue) => {
    const path = [prefix, ...issue.path.map(String)].filter(Boolean).join('.');
    const keys = issue.code === 'unrecognized_keys' ? `unknown key ${issue.keys.join(', ')}` : undefined;
    return { path, message: keys ?? issue.message };
  });
}

/**
 * Reads the environment: an empty variable is an absent one, `NAME_FILE` gives a secret, both together are a fault.
 * All faults are collected in `faults`.
 */
export function readEnvironment(source: NodeJS.ProcessEnv, faults: Fault[]): Environment {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) if (value) values[name] = value;
  for (const name of SECRET_NAMES) {
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (values[name] !== undefined) {
      faults.push({ path: name, message: `given twice: also as ${name}_FILE` });
      continue;
    }
    try {
      const content = readFileSync(file, 'utf8').trim();
      if (content) values[name] = content;
      else faults.push({ path: `${name}_FILE`, message: 'the file is empty' });
    } catch {
      faults.push({ path: `${name}_FILE`, message: 'the file cannot be read' });
    }
  }
  const parsed = environmentSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  faults.push(...faultsOf(parsed.error));
  return environmentSchema.parse({});
}
