/** The command `users`: erasure and legal holds, through the admin API; holds no rules of its own. */
import { type AdminApi, remoteAdminApi } from './client.ts';
import { type CommandResult, run, type Variables } from './commands.ts';

const USAGE = `usage: users erase U        what was said by a user: history, personal data, texts of approvals, names of keys
       users hold U|all     nothing of theirs is deleted from now on
       users release U|all  until now
       users holds
`;

/** `users erase | hold | release | holds`. */
export async function runUsers(
  args: readonly string[],
  env: Variables,
  api: AdminApi = remoteAdminApi(env),
): CommandResult {
  const [verb = '', user, ...more] = args;
  const verbs: Record<string, (named: string) => Promise<unknown>> = {
    erase: (named) => api.call('DELETE', `/admin/users/${encodeURIComponent(named)}/data`),
    hold: (named) => api.call('POST', '/admin/holds', { user: named }),
    release: (named) => api.call('DELETE', `/admin/holds/${encodeURIComponent(named)}`),
  };
  return await run(USAGE, args, () => {
    if (more.length > 0) return undefined;
    if (verb === 'holds' && user === undefined) return api.call('GET', '/admin/holds');
    return user !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb]?.(user) : undefined;
  });
}
