/** The commands `report` and `rollout`: what guardrails would refuse, and for whom they do, through the admin API. */
import type { AdminApi } from './client.ts';
import { type CommandResult, flags, queryOf, run } from './commands.ts';

const REPORT_USAGE = 'usage: report --from ISO [--to ISO] [--format json|csv]\n';
const ROLLOUT_USAGE = 'usage: rollout show | rollout lift   (lift ends a fallback to observing)\n';

/** `report`. */
export async function runReport(args: readonly string[], api: AdminApi): CommandResult {
  return await run(REPORT_USAGE, args, () => {
    const query = flags(args, ['from', 'to', 'format']);
    if (query['from'] === undefined) return undefined;
    return api.call('GET', `/admin/report?${queryOf(query)}`);
  });
}

/** `rollout show`, `rollout lift`. */
export async function runRollout(args: readonly string[], api: AdminApi): CommandResult {
  const [verb, ...rest] = args;
  return await run(ROLLOUT_USAGE, args, () => {
    if (rest.length > 0) return undefined;
    if (verb === 'show') return api.call('GET', '/admin/rollout');
    return verb === 'lift' ? api.call('DELETE', '/admin/rollout/fallback') : undefined;
  });
}
