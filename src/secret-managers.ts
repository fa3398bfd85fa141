/**
 * Secrets from a secret manager: `NAME_FROM=aws-ssm:/path` or `gcp-sm:projects/…` stands for `NAME`. Asked once, before
 * anything else is read; each manager is loaded only where a variable names it. Never prints a value.
 */
import { SECRET_NAMES, type Fault } from './environment.ts';

type Manager = (name: string, env: NodeJS.ProcessEnv) => Promise<string>;

const MANAGERS: Readonly<Record<string, () => Promise<Manager>>> = {
  'aws-ssm': async () => (await import('./engines/secrets/secrets-aws.ts')).awsParameter,
  'gcp-sm': async () => (await import('./engines/secrets/secrets-gcp.ts')).gcpSecret,
};
const SUFFIX = '_FROM';
const secretNames: ReadonlySet<string> = new Set(SECRET_NAMES);

/**
 * Puts what the managers hold into `env`.
 * @throws ConfigError with every variable that cannot be had
 */
export async function fetchSecrets(env: NodeJS.ProcessEnv): Promise<void> {
  const faults: Fault[] = [];
  const wanted = Object.entries(env).filter(([name, value]) => value && isReference(name, value));
  await Promise.all(
    wanted.map(async ([variable, reference = '']) => {
      const name = variable.slice(0, -SUFFIX.length);
      try {
        env[name] = await valueOf(name, reference, env);
      } catch (error) {
        faults.push({ path: variable, message: error instanceof Error ? error.message : 'unknown' });
      }
    }),
  );
  if (faults.length === 0) return;
  const { ConfigError } = await import('./config.ts');
  throw new ConfigError(faults);
}

/** Other programs have variables that end like this; only those of ours must name a manager. */
function isReference(name: string, value: string): boolean {
  if (!name.endsWith(SUFFIX)) return false;
  return secretNames.has(name.slice(0, -SUFFIX.length)) || schemeOf(value) in MANAGERS;
}

function schemeOf(reference: string): string {
  return reference.slice(0, Math.max(0, reference.indexOf(':')));
}

async function valueOf(name: string, reference: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (env[name] || env[`${name}_FILE`]) throw new Error(`given twice: also as ${name} or ${name}_FILE`);
  const scheme = schemeOf(reference);
  const load = Object.hasOwn(MANAGERS, scheme) ? MANAGERS[scheme] : undefined;
  if (load === undefined) throw new Error(`must begin with ${Object.keys(MANAGERS).join(': or ')}:`);
  const value = (await (await load())(reference.slice(scheme.length + 1), env)).trim();
  if (value === '') throw new Error('the secret is empty');
  return value;
}
