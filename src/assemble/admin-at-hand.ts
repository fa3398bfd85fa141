/**
 * The admin API as commands find it: the running gateway's, or, where none runs, the same rules over the engines
 * themselves under the lock of DATA_DIR. Opens no port, and changes nothing that is not on record first.
 */
import { adminOrigin, type AdminApi, answersAt, remoteAdminApi } from '../admin/client.ts';

/** Decides at the first call; `close` lets the next process have DATA_DIR. */
export interface AdminAtHand extends AdminApi {
  close(): Promise<void>;
}

/** Opens nothing before its first call, which tells what is wrong. */
export function adminAtHand(env: NodeJS.ProcessEnv): AdminAtHand {
  let chosen: Promise<AdminAtHand> | undefined;
  return {
    async call(method, path, body) {
      chosen ??= choose(env);
      return await (await chosen).call(method, path, body);
    },
    async close() {
      await (await chosen?.catch(() => undefined))?.close();
    },
  };
}

const MAY_BE_HERE = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):/;

async function choose(env: NodeJS.ProcessEnv): Promise<AdminAtHand> {
  const origin = adminOrigin(env);
  if ((await answersAt(origin)) || !MAY_BE_HERE.test(origin)) {
    return { ...remoteAdminApi(env), close: () => Promise.resolve() };
  }
  try {
    // Most of the gateway, which a command that finds one running has no need to load.
    const { openDirectly } = await import('./open-directly.ts');
    return await openDirectly(env);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`no gateway answers at ${origin} (ADMIN_HOST, ADMIN_PORT), and without one: ${why}`, {
      cause,
    });
  }
}
