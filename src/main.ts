/** `npm start`: reads the configuration, starts, says where it listens, drains at the end. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import { assemble, type House } from './assemble/assemble.ts';
import { ConfigError, loadSetup, type Setup } from './config.ts';
import { houseSecret, keptSecret } from './house-secret.ts';
import { createLog, type Log } from './server/log.ts';
import { startSimulator } from './simulator/start-simulator.ts';

const LOCAL_KEY = { user: 'local', tier: 'pro', role: 'user', name: 'made at start' } as const;

/** The first admin's key: given, or in local mode made once and kept. */
function adminKeyOf({ environment }: Setup): { key: string; made: boolean } {
  if (environment.SALLYPORT_ADMIN_KEY !== undefined)
    return { key: environment.SALLYPORT_ADMIN_KEY, made: false };
  const { text, made } = keptSecret(environment.DATA_DIR, 'admin-key', 'sp-admin-');
  return { key: text, made };
}

/** A caller key for this start; the one of the start before is revoked. */
async function makeLocalKey({ keys, auditLog }: House): Promise<string> {
  const record = (action: string, resource: string): Promise<unknown> =>
    auditLog.record({ userId: 'system', action, resource, status: 'success', metadata: {} });
  for (const { id, name, user, revokedAt } of await keys.list()) {
    if (name !== LOCAL_KEY.name || user !== LOCAL_KEY.user || revokedAt !== undefined) continue;
    await record('admin.key.revoke', id);
    await keys.revoke(id);
  }
  const made = keys.mint(LOCAL_KEY);
  await record('admin.key.create', made.record.id);
  await keys.add(made.record);
  return made.key;
}

/** Once the store was reached, and again if it goes away in between; undefined if the process ends before. */
async function localKeyOf(house: House, log: Log): Promise<string | undefined> {
  if (!(await house.storeReached)) return undefined;
  for (;;) {
    try {
      return await makeLocalKey(house);
    } catch (err) {
      log.warn({ err }, 'the caller key of this start could not be made; trying again');
      await pause(1000, undefined, { ref: false });
    }
  }
}

function welcome(baseUrl: string, adminUrl: string, callerKey: string, simulated: boolean): string {
  const request = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}';
  const notice = simulated
    ? ['', '  *** SIMULATOR: no OPENAI_API_KEY is set. Answers are made up here; nothing goes to OpenAI. ***']
    : [];
  return [
    ...notice,
    '',
    `  Base URL    ${baseUrl}`,
    `  Caller key  ${callerKey}`,
    `  Console     ${adminUrl}/console`,
    '',
    `  curl ${baseUrl}/chat/completions -H "Authorization: Bearer ${callerKey}" -H "Content-Type: application/json" -d '${request}'`,
    '',
    '',
  ].join('\n');
}

async function start(): Promise<void> {
  let setup = loadSetup(process.env);
  const { environment, production } = setup;
  const log = createLog(environment.LOG_LEVEL);
  for (const warning of setup.warnings) log.warn(warning);
  const simulator = setup.simulate && !production ? await startSimulator() : undefined;
  if (simulator) {
    const upstream = { ...setup.config.upstream, baseUrl: simulator.baseUrl, apiKey: 'simulator' };
    setup = { ...setup, config: { ...setup.config, upstream } };
  }
  const secret = houseSecret(environment, !production);
  const adminKey = adminKeyOf(setup);
  const house = await assemble(setup, secret, adminKey.key, log);
  closeWithGrace({ delay: setup.config.server.drainMsMax + 5000 }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'an unexpected fault ends the process');
    else log.info({ signal }, 'stopping');
    await house.stop();
    await simulator?.close();
  });
  const { baseUrl, adminUrl } = await house.listen();
  log.info({ baseUrl, adminUrl }, 'listening');
  if (production) return;
  if (adminKey.made) {
    const file = join(environment.DATA_DIR, 'admin-key');
    process.stdout.write(`\n  Admin key   ${adminKey.key}   (kept in ${file})\n`);
  }
  const callerKey = await localKeyOf(house, log);
  if (callerKey) process.stdout.write(welcome(baseUrl, adminUrl, callerKey, simulator !== undefined));
}

try {
  await start();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  const text = error instanceof ConfigError ? reason : `cannot start: ${reason}`;
  process.stderr.write(`sallyport: ${text}\n`);
  process.exit(1);
}
