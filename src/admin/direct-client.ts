/** The admin API straight to its rules, for a command that finds no gateway running. Opens no port. */
import { randomUUID } from 'node:crypto';
import { Refusal } from '../base/errors.ts';
import type { AdminApi } from './client.ts';
import { perform } from './perform.ts';
import type { AdminTools } from './route.ts';
import { ADMIN_ROUTES } from './routes.ts';

/** The same rules and the same record without a listener, for a command that holds the lock of DATA_DIR itself. */
export function directAdminApi(tools: AdminTools): AdminApi {
  return {
    async call(method, path, body) {
      const [pathname = '', search = ''] = path.split('?');
      const parts = pathname.split('/');
      const found = ADMIN_ROUTES.find((route) => route.method === method && fits(route.path, parts));
      if (found === undefined) throw new Refusal('access.not_found');
      return await perform(tools, {
        route: found,
        actor: { user: 'admin', role: 'admin', credential: 'command' },
        id: randomUUID(),
        source: 'local',
        target: decodeURIComponent(parts[found.path.split('/').indexOf(':id')] ?? ''),
        input: () =>
          method === 'POST' || method === 'PUT' ? body : Object.fromEntries(new URLSearchParams(search)),
      });
    },
  };
}

function fits(pattern: string, parts: readonly string[]): boolean {
  const own = pattern.split('/');
  return own.length === parts.length && own.every((part, index) => part === ':id' || part === parts[index]);
}
