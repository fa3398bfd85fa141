/** The command `objects`: lists and adopts through the admin API; holds no rules of its own. */
import { z } from 'zod';
import { type AdminApi, remoteAdminApi } from './client.ts';
import { type CommandResult, flags, parse, queryOf, run, type Variables } from './commands.ts';

const USAGE = `usage: objects list [--user U] [--team M] [--kind K] [--limit N]
       objects adopt --user U [--team M] ID…
`;

/** Ids that one call of the admin API takes. */
const IDS_MAX = 100;
const adoptedSchema = z.object({ adopted: z.array(z.string()), taken: z.array(z.string()) });

/** `objects list | adopt`. */
export async function runObjects(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const [verb = '', ...rest] = args;
  const verbs: Record<string, () => Promise<unknown> | undefined> = {
    list: () => api.call('GET', `/admin/objects?${queryOf(flags(rest, ['user', 'team', 'kind', 'limit']))}`),
    adopt: () => {
      const { positionals: ids, values } = parse(rest, ['user', 'team'], true);
      return ids.length > 0 && values['user'] !== undefined ? adopt(api, values, ids) : undefined;
    },
  };
  return await run(USAGE, args, () => (Object.hasOwn(verbs, verb) ? verbs[verb]?.() : undefined));
}

/** As many calls as it takes, one after the other; what fails ends it. */
async function adopt(api: AdminApi, to: object, ids: readonly string[]): Promise<unknown> {
  const adopted: string[] = [];
  const taken: string[] = [];
  for (let from = 0; from < ids.length; from += IDS_MAX) {
    const body = { ...to, ids: ids.slice(from, from + IDS_MAX) };
    const answer = adoptedSchema.parse(await api.call('POST', '/admin/objects/adopt', body));
    adopted.push(...answer.adopted);
    taken.push(...answer.taken);
  }
  return { adopted, taken };
}
