/** The command `incidents`: lists, shows and takes them on through the admin API; holds no rules of its own. */
import { type AdminApi, remoteAdminApi } from './client.ts';
import { type CommandResult, flags, parse, queryOf, run, type Variables } from './commands.ts';

const USAGE = `usage: incidents list [--state S] [--rule R] [--severity S] [--user U] [--key K] [--open true|false] [--limit N]
       incidents show|evidence|postmortem ID
       incidents note ID TEXT
       incidents close ID [--note TEXT]
       incidents undo ID      (opens what was shut because of it)
`;

const FILTERS = ['state', 'rule', 'severity', 'user', 'key', 'open', 'limit'];

/** `incidents list | show | evidence | postmortem | note | close | undo`. */
export async function runIncidents(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const [verb = '', ...rest] = args;
  const read = (what: string) => (): Promise<unknown> | undefined =>
    rest.length === 1 ? api.call('GET', `${pathOf(rest[0])}${what}`) : undefined;
  const verbs: Record<string, () => Promise<unknown> | undefined> = {
    list: () => api.call('GET', `/admin/incidents?${queryOf(flags(rest, FILTERS))}`),
    show: read(''),
    evidence: read('/evidence'),
    postmortem: read('/postmortem'),
    note: () => (rest.length === 2 ? api.call('POST', pathOf(rest[0]), { note: rest[1] }) : undefined),
    close: () => {
      const { positionals, values } = parse(rest, ['note'], true);
      return positionals.length === 1
        ? api.call('POST', pathOf(positionals[0]), { state: 'documented', ...values })
        : undefined;
    },
    undo: () => (rest.length === 1 ? api.call('POST', pathOf(rest[0]), { undo: true }) : undefined),
  };
  return await run(USAGE, args, () => (Object.hasOwn(verbs, verb) ? verbs[verb]?.() : undefined));
}

function pathOf(id: string | undefined): string {
  return `/admin/incidents/${encodeURIComponent(id ?? '')}`;
}
