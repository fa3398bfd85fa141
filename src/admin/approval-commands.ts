/** The command `approvals`: lists, shows and decides through the admin API; holds no rules of its own. */
import { z } from 'zod';
import { type AdminApi, remoteAdminApi } from './client.ts';
import { type CommandResult, flags, Lines, parse, queryOf, run, type Variables } from './commands.ts';

const USAGE = `usage: approvals list [--state pending|approved|denied|expired|withdrawn|used] [--user U] [--limit N]
       approvals show ID
       approvals approve|deny ID [--seen DIGEST] [--note N]   (DIGEST is the last line of show: what is decided)
`;

const shownSchema = z.object({ state: z.string(), text: z.string().nullable(), seen: z.string() });

/** `approvals list | show | approve | deny`. */
export async function runApprovals(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const [verb = '', ...rest] = args;
  const decide = (decision: 'approve' | 'deny') => (): Promise<unknown> | undefined => {
    const { positionals, values } = parse(rest, ['seen', 'note'], true);
    return positionals.length === 1
      ? api.call('POST', pathOf(positionals[0]), { decision, ...values })
      : undefined;
  };
  const verbs: Record<string, () => Promise<unknown> | undefined> = {
    list: () => api.call('GET', `/admin/approvals?${queryOf(flags(rest, ['state', 'user', 'limit']))}`),
    show: () => (rest.length === 1 ? api.call('GET', pathOf(rest[0])).then(linesOf) : undefined),
    approve: decide('approve'),
    deny: decide('deny'),
  };
  return await run(USAGE, args, () => (Object.hasOwn(verbs, verb) ? verbs[verb]?.() : undefined));
}

/** The text as it is, then its state and its digest. */
function linesOf(shown: unknown): Lines {
  const { state, text, seen } = shownSchema.parse(shown);
  return new Lines([text ?? 'The secret that sealed this text is not known any more.', '', state, seen]);
}

function pathOf(id: string | undefined): string {
  return `/admin/approvals/${encodeURIComponent(id ?? '')}`;
}
