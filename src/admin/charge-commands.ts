/** The command `charges`: who has cost what, through the admin API; holds no rules of its own. */
import type { AdminApi } from './client.ts';
import { type CommandResult, flags, queryOf, run } from './commands.ts';

const USAGE =
  'usage: charges --from ISO [--to ISO] [--by team,user,key,model,day] [--format json|csv]   (by team if left out)\n';

/** `charges`. */
export async function runCharges(args: readonly string[], api: AdminApi): CommandResult {
  return await run(USAGE, args, () => {
    const query = flags(args, ['from', 'to', 'by', 'format']);
    if (query['from'] === undefined) return undefined;
    return api.call('GET', `/admin/charges?${queryOf(query)}`);
  });
}
