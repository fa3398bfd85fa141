/** `sallyport rehearse`: another policy over the calls in this data directory's audit log. Reads alone: no lock, no port. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadSetup } from '../config.ts';
import { Rehearsing, type Rehearsal } from '../domain/policy/rehearsal.ts';
import { readEntries } from '../engines/audit/audit-read.ts';
import { createEmbeddedLedger } from '../engines/ledger/ledger-embedded.ts';
import { limitDefaults } from '../environment.ts';

const USAGE = 'usage: rehearse --policy FILE [--from ISO] [--to ISO] [--team T]\n';

/** Said with every result. */
const NOT_TOLD = [
  'texts are not kept: what other patterns, types or points would find is unknown; findings are those of the policy then',
  'tools that a request declared, limits and lists of keys, prices and references are not on record',
  'calls of other processes of the house are in their own data directories, and limits count what is here, from --from on',
  'a roll-out of guardrails is taken as if everybody were inside',
];

interface Window {
  readonly from: number;
  readonly to: number;
  readonly team: string | undefined;
}

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => Date.parse(text));
const optionsSchema = z.strictObject({
  policy: z.string(),
  from: time.default(0),
  to: time.default(Infinity),
  team: z.string().optional(),
});

/** Exit code: 0 done, 2 not understood. @throws ConfigError, and the disk's errors */
export async function runRehearse(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: 0 | 2; readonly text: string }> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { policy: text, from: text, to: text, team: text },
  });
  const options = optionsSchema.safeParse({ ...values });
  if (!options.success) return { code: 2, text: USAGE };
  const { policy, ...window } = options.data;
  const rehearsal = await rehearse(env, policy, { ...window, team: window.team });
  return { code: 0, text: `${JSON.stringify({ ...rehearsal, notTold: NOT_TOLD }, null, 2)}\n` };
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
  const read = { since: window.from, actionPrefix: 'exchange.' };
  for await (const batch of readEntries(join(environment.DATA_DIR, 'audit'), read)) {
    for (const entry of batch) {
      const at = Date.parse(entry.timestamp);
      if (at < window.from || at >= window.to) continue;
      if (window.team !== undefined && entry.metadata['team'] !== window.team) continue;
      now = Math.max(now, at);
      await rehearsing.take(entry);
    }
  }
  await ledger.close();
  return rehearsing.result();
}
