/**
 * The commands `keys`, `usage`, `audit list`, `audit checkpoints`, `policy`, `ledger adopt` and `calibrate`: they print
 * what the admin API or the guardrails say and hold no rules of their own.
 */
import type { Readable } from 'node:stream';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { type AdminApi, remoteAdminApi, sentenceFor } from './client.ts';
import { asksForHelp } from './help.ts';

/** Exit codes: 0 done, 1 refused or not reached (said on standard error), 2 not understood. */
export type CommandResult = Promise<number>;
/** The environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

const DEFAULT_OVERLAP_S = 86_400;

const KEYS_USAGE = `usage: keys create --user U --tier T [--role user|developer|admin] [--team M [--administers team]]
         [--name N] [--upstream U]
         [--expires-at ISO] [--models A,B] [--endpoints A,B] [--tools A,B] [--ips A,B] [--daily-budget-usd X]
         [--requests-per-minute N] [--tokens-per-minute N] [--max-tokens-per-request N] [--concurrency N]
         [--break-glass REASON]   (alone, what takes two administrators; with --expires-at within four hours)
       keys list [--unused-days N]
       keys revoke ID
       keys rotate ID [--overlap SECONDS]   (${DEFAULT_OVERLAP_S} if left out; 0 ends the present secret at once)
`;
const USAGE_USAGE = 'usage: usage --user U\n';
const CHECKPOINTS_USAGE = 'usage: audit checkpoints [--place P]\n';
const POLICY_USAGE = `usage: policy show | policy reload [--break-glass REASON [--seconds N]]   (3600 if left out; at most 14400)
       policy proposals | policy confirm ID | policy withdraw ID
`;
const LEDGER_USAGE = 'usage: ledger adopt\n';
const AUDIT_USAGE =
  'usage: audit list [--user U] [--action A] [--status S] [--from ISO] [--to ISO] [--limit N]\n';

const texts = [
  'user',
  'tier',
  'role',
  'team',
  'administers',
  'name',
  'expires-at',
  'upstream',
  'break-glass',
] as const;
const lists = ['models', 'endpoints', 'tools', 'ips'] as const;
const numbers = [
  'daily-budget-usd',
  'requests-per-minute',
  'tokens-per-minute',
  'max-tokens-per-request',
  'concurrency',
] as const;

/** `keys create | list | revoke | rotate`. */
export async function runKeys(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const [verb = '', ...rest] = args;
  const verbs: Record<string, () => Promise<unknown> | undefined> = {
    create: () => api.call('POST', '/admin/keys', newKeyFrom(flags(rest, [...texts, ...lists, ...numbers]))),
    list: () => {
      const { 'unused-days': unusedDays } = flags(rest, ['unused-days']);
      const query = unusedDays === undefined ? '' : `?${queryOf({ unusedDays })}`;
      return api.call('GET', `/admin/keys${query}`);
    },
    revoke: () => (rest.length === 1 ? api.call('DELETE', pathOf(rest[0])) : undefined),
    rotate: () => {
      const { positionals, values } = parse(rest, ['overlap'], true);
      if (positionals.length !== 1) return undefined;
      const overlapSeconds = Number(values['overlap'] ?? DEFAULT_OVERLAP_S);
      return api.call('POST', `${pathOf(positionals[0])}/rotate`, { overlapSeconds });
    },
  };
  return await run(KEYS_USAGE, args, () => (Object.hasOwn(verbs, verb) ? verbs[verb]?.() : undefined));
}

/** `usage --user U`. */
export async function runUsage(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  return await run(USAGE_USAGE, args, () =>
    api.call('GET', `/admin/usage?${queryOf(flags(args, ['user']))}`),
  );
}

/** `audit list`. */
export async function runAudit(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const names = ['user', 'action', 'status', 'from', 'to', 'limit'];
  return await run(AUDIT_USAGE, args, () => api.call('GET', `/admin/audit?${queryOf(flags(args, names))}`));
}

const placesSchema = z.object({ data: z.array(z.object({ place: z.string(), checkpoint: z.unknown() })) });

/** `audit checkpoints`: one a line, as `audit verify --checkpoint` reads them; those of one place. */
export async function runCheckpoints(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  return await run(CHECKPOINTS_USAGE, args, () => {
    const { place } = flags(args, ['place']);
    return api.call('GET', '/admin/audit/checkpoints').then((list) => {
      const { data } = placesSchema.parse(list);
      const places = [...new Set(data.map((one) => one.place))];
      if (place === undefined && places.length > 1) throw new Error(`--place is one of ${places.join(', ')}`);
      const wanted = data.filter((one) => place === undefined || one.place === place);
      return new Lines(wanted.map((one) => JSON.stringify(one)));
    });
  });
}

/** Printed as they are. */
export class Lines {
  readonly text: string;
  constructor(lines: readonly string[]) {
    this.text = lines.join('\n');
  }
}

/** `policy show | reload | proposals | confirm | withdraw`. */
export async function runPolicy(args: readonly string[], api: AdminApi): CommandResult {
  const [verb, ...rest] = args;
  return await run(POLICY_USAGE, args, () => {
    if (verb === 'reload') return api.call('POST', '/admin/policy/reload', reloadFrom(rest));
    const [id, ...more] = rest;
    const proposal = `/admin/policy/proposals/${encodeURIComponent(id ?? '')}`;
    if (id !== undefined && more.length === 0) {
      if (verb === 'confirm') return api.call('POST', proposal, {});
      return verb === 'withdraw' ? api.call('DELETE', proposal) : undefined;
    }
    if (rest.length > 0) return undefined;
    if (verb === 'show') return api.call('GET', '/admin/policy');
    return verb === 'proposals' ? api.call('GET', '/admin/policy/proposals') : undefined;
  });
}

function reloadFrom(args: readonly string[]): object {
  const { 'break-glass': reason, seconds = '3600' } = flags(args, ['break-glass', 'seconds']);
  return reason === undefined ? {} : { breakGlass: { reason, seconds: Number(seconds) } };
}

/** `ledger adopt`. */
export async function runLedger(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const understood = args.length === 1 && args[0] === 'adopt';
  return await run(LEDGER_USAGE, args, () =>
    understood ? api.call('POST', '/admin/ledger/adopt', {}) : undefined,
  );
}

/**
 * `calibrate`: the points fitted to the lines of `input` go on record first, then to standard output as YAML. Without a
 * gateway at hand they are printed all the same, and standard error says that nobody knows of them.
 */
export async function runCalibrate(input: Readable, api: Pick<AdminApi, 'call'>): CommandResult {
  // With all heads: no other command is to wait for them.
  const { calibrate, policyOf } = await import('../guardrails/injection/calibrate.ts');
  const calibration = await calibrate(input);
  if (calibration.user || calibration.tool) {
    try {
      await api.call('POST', '/admin/calibrations', calibration);
    } catch (error) {
      process.stderr.write(`sallyport: not in the audit log: ${saidOf(error)}\n`);
    }
  }
  process.stdout.write(policyOf(calibration));
  return 0;
}

/** A call that was not made is a command that was not understood; `args` may ask for the usage. */
export async function run(
  usage: string,
  args: readonly string[],
  start: () => Promise<unknown> | undefined,
): CommandResult {
  if (asksForHelp(args)) {
    process.stdout.write(usage);
    return 0;
  }
  let started: Promise<unknown> | undefined;
  try {
    started = start();
  } catch {
    started = undefined;
  }
  if (started === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    const answer = await started;
    process.stdout.write(`${textOf(answer)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`sallyport: ${saidOf(error)}\n`);
    return 1;
  }
}

/** What is text already, CSV or Markdown, as it is. */
function textOf(answer: unknown): string {
  if (answer instanceof Lines) return answer.text;
  return typeof answer === 'string' ? answer.replace(/\n$/, '') : JSON.stringify(answer, null, 2);
}

function saidOf(error: unknown): string {
  if (error instanceof Refusal) return sentenceFor(error);
  return error instanceof Error ? error.message : String(error);
}

type Flags = Readonly<Record<string, string | undefined>>;

/** Throws on what is not among the names. */
export function parse(args: readonly string[], names: readonly string[], allowPositionals: boolean) {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    names.map((name) => [name, { type: 'string' }] as const),
  );
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals, strict: true });
  const read = Object.entries(values).map(([name, value]) => [name, String(value)] as const);
  return { values: Object.fromEntries(read) as Flags, positionals };
}

/** Throws on positionals, and on what is not among the names. */
export const flags = (args: readonly string[], names: readonly string[]): Flags =>
  parse(args, names, false).values;

const camel = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function newKeyFrom(given: Flags): Record<string, unknown> {
  const body: Record<string, unknown> = { role: 'user' };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (lists.some((each) => each === name)) body[camel(name)] = value.split(',').filter(Boolean);
    else body[camel(name)] = numbers.some((each) => each === name) ? Number(value) : value;
  }
  return body;
}

function pathOf(id: string | undefined): string {
  return `/admin/keys/${encodeURIComponent(id ?? '')}`;
}

/** Of what was given. */
export function queryOf(given: Flags): string {
  const known = Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(known).toString();
}
