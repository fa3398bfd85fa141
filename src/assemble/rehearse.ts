/** `sallyport rehearse`: another policy over the calls on record, in audit logs or the store. Reads alone: no lock, no port. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadSetup } from '../config.ts';
import { Rehearsing, type Rehearsal } from '../domain/policy/rehearsal.ts';
import { createEmbeddedLedger } from '../engines/ledger/ledger-embedded.ts';
import { limitDefaults } from '../environment.ts';
import { callsInLogs, callsInStore, type Period } from './calls-on-record.ts';

const USAGE = 'usage: rehearse --policy FILE [--from ISO] [--to ISO] [--team T] [--data DIR]… | [--store]\n';

/** Said with every result. */
const NOT_TOLD = [
  'texts are not kept: what other patterns, types or points would find is unknown; findings are those of the policy then',
  'tools that a request declared, limits and lists of keys, prices and references are not on record',
  'a roll-out of guardrails is taken as if everybody were inside',
  'limits count what is read here, from --from on; a call that was refused then counts as a request, without tokens and money',
];
const OF_LOGS =
  'calls of other processes of the house are in their own data directories (--data), and in the store (--store)';
const OF_STORE =
  'the store has what retention.logDays left, and what processes have shipped: some seconds less than their logs';

interface Window extends Period {
  readonly team: string | undefined;
  /** Data directories; none: the configured one. */
  readonly data: readonly string[];
  readonly store: boolean;
}

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => Date.parse(text));
const optionsSchema = z.strictObject({
  policy: z.string(),
  from: time.default(0),
  to: time.default(Infinity),
  team: z.string().optional(),
  data: z.array(z.string()).default([]),
  store: z.boolean().default(false),
});

/** Exit code: 0 done, 2 not understood. @throws ConfigError, and the disk's errors */
export async function runRehearse(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: 0 | 2; readonly text: string }> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      policy: text,
      from: text,
      to: text,
      team: text,
      data: { type: 'string', multiple: true },
      store: { type: 'boolean' },
    },
  });
  const options = optionsSchema.safeParse({ ...values });
  if (!options.success || !isPossible(options.data)) return { code: 2, text: USAGE };
  const { policy, ...window } = options.data;
  const rehearsal = await rehearse(env, policy, { ...window, team: window.team });
  const notTold = [...NOT_TOLD, window.store ? OF_STORE : OF_LOGS];
  return { code: 0, text: `${JSON.stringify({ ...rehearsal, notTold }, null, 2)}\n` };
}

/** One source, and some time in it. */
function isPossible({ from, to, data, store }: z.infer<typeof optionsSchema>): boolean {
  return from < to && !(store && data.length > 0);
}

/** The file is laid over the configuration in force, as one more of `SALLYPORT_CONFIG`. */
async function rehearse(env: NodeJS.ProcessEnv, file: string, window: Window): Promise<Rehearsal> {
  const files = [env['SALLYPORT_CONFIG'] ?? 'config/local.yaml', file].join(',');
  const { config, environment } = loadSetup({ ...env, SALLYPORT_CONFIG: files });
  const { tiers, house, teams, guardrails, tools, endpoints } = config;
  let now = 0;
  const ledger = createEmbeddedLedger({ clock: { now: () => now } });
  const limits = { tiers, house, teams, defaults: limitDefaults(environment) };
  const rehearsing = new Rehearsing({ limits, endpointsAllow: endpoints.allow, guardrails, tools }, ledger);
  const { DATA_DIR: dataDir } = environment;
  const entries = window.store
    ? callsInStore(config.store, dataDir, window)
    : callsInLogs(window.data.length > 0 ? window.data : [dataDir], window);
  for await (const entry of entries) {
    if (window.team !== undefined && entry.metadata['team'] !== window.team) continue;
    now = Math.max(now, Date.parse(entry.timestamp));
    await rehearsing.take(entry);
  }
  await ledger.close();
  return rehearsing.result();
}
