/** `sallyport tools`: the process that runs tools for callers of the gateway. It has no way upstream, and no key for it. */
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { assemble, SIGNALS_WITHIN } from './assemble/assemble.ts';
import { cannotStart } from './assemble/cannot-start.ts';
import { adminKeyOf, localKeyOf } from './assemble/local-keys.ts';
import { buildToolDoors } from './assemble/tool-doors.ts';
import { loadSetup } from './config.ts';
import { houseSecret } from './house-secret.ts';
import { fetchSecrets } from './secret-managers.ts';
import { createLog } from './server/log.ts';

async function start(): Promise<void> {
  await fetchSecrets(process.env);
  const setup = loadSetup(process.env, 'tools');
  const { environment, production } = setup;
  const log = createLog(environment.LOG_LEVEL);
  for (const warning of setup.warnings) log.warn(warning);
  const adminKey = adminKeyOf(setup);
  const house = await assemble(
    setup,
    houseSecret(environment, !production),
    adminKey.key,
    log,
    buildToolDoors,
  );
  const ending = { delay: setup.config.server.drainMsMax + 5000, skip: [...SIGNALS_WITHIN] };
  closeWithGrace(ending, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'an unexpected fault ends the process');
    else log.info({ signal }, 'stopping');
    await house.stop();
  });
  const { baseUrl, adminUrl } = await house.listen();
  log.info({ baseUrl, adminUrl }, 'listening');
  if (!production) {
    const file = join(environment.DATA_DIR, 'admin-key');
    if (adminKey.made) process.stdout.write(`\n  Admin key   ${adminKey.key}   (kept in ${file})\n`);
    const callerKey = await localKeyOf(house, log);
    if (callerKey !== undefined)
      process.stdout.write(
        `\n  Tools       ${baseUrl}/tools\n  MCP         ${baseUrl}/mcp\n  Caller key  ${callerKey}\n\n`,
      );
  }
}

try {
  await start();
} catch (error) {
  cannotStart(error);
}
