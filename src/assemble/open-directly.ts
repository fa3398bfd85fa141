/** The admin API over the engines themselves, in a process of its own: under the lock of DATA_DIR, without a port. */
import { directAdminApi } from '../admin/direct-client.ts';
import { loadSetup } from '../config.ts';
import { houseSecret } from '../house-secret.ts';
import { createLog } from '../server/log.ts';
import type { AdminAtHand } from './admin-at-hand.ts';
import { adminTools } from './admin-tools.ts';
import { buildRules } from './doors.ts';
import { buildEngines } from './engines.ts';
import { createPolicy } from './policy.ts';

/** @throws ConfigError, Error if another process holds DATA_DIR, or an engine cannot be reached */
export async function openDirectly(env: NodeJS.ProcessEnv): Promise<AdminAtHand> {
  const setup = loadSetup(env);
  const secret = houseSecret(setup.environment, !setup.production);
  // Standard output is the answer's alone.
  const log = createLog('silent');
  const engines = await buildEngines(setup, secret, log);
  if (!engines.storeOpened()) {
    await engines.close();
    throw new Error('the store cannot be reached');
  }
  // What the last process had no time to ship is to be found as well.
  await engines.shipping.flush();
  const policy = createPolicy(setup, engines, log);
  return {
    ...directAdminApi(adminTools(policy, engines, buildRules(policy, secret, engines, log))),
    close: () => engines.close(),
  };
}
