/** `npm start`: reads the configuration, starts, says where it listens, drains at the end. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { assemble, type House } from './assemble/assemble.ts';
import { ConfigError, loadSetup, type Setup } from './config.ts';
import { houseSecret } from './house-secret.ts';
import { createLog } from './server/log.ts';
import { startSimulator } from './simulator/start-simulator.ts';

const LOCAL_KEY_NAME = 'made at start';

/** The first admin's key: given, or in local mode made once and kept readable by its owner alone. */
function adminKeyOf({ environment }: Setup): { key: string; made: boolean } {
  if (environment.SALLYPORT_ADMIN_KEY !== undefined)
    return { key: environment.SALLYPORT_ADMIN_KEY, made: false };
  const file = join(environment.DATA_DIR, 'admin-key');
  if (existsSync(file)) return { key: readFileSync(file, 'utf8').trim(), made: false };
  const key = `sp-admin-${randomBytes(32).toString('base64url')}`;
  mkdirSync(environment.DATA_DIR, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return { key, made: true };
}

/** A caller key for this start; the one of the start before is revoked. */
async function makeLocalKey({ keys, auditLog }: House): Promise<string> {
  for (const old of await keys.list()) {
    if (old.name !== LOCAL_KEY_NAME || old.revokedAt !== undefined) continue;
    await auditLog.record({
      userId: 'system',
      action: 'key.revoke',
      resource: old.id,
      status: 'success',
      metadata: {},
    });
    await keys.revoke(old.id);
  }
  const { key, record } = keys.mint({ user: 'local', tier: 'pro', role: 'user', name: LOCAL_KEY_NAME });
  await auditLog.record({
    userId: 'system',
    action: 'key.create',
    resource: record.id,
    status: 'success',
    metadata: { tier: 'pro' },
  });
  await keys.add(record);
  return key;
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
  const secret = houseSecret(environment.SALLYPORT_SECRET, environment.DATA_DIR, !production);
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
  if (adminKey.made)
    process.stdout.write(
      `\n  Admin key   ${adminKey.key}   (kept in ${join(environment.DATA_DIR, 'admin-key')})\n`,
    );
  process.stdout.write(welcome(baseUrl, adminUrl, await makeLocalKey(house), simulator !== undefined));
}

try {
  await start();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  const text = error instanceof ConfigError ? reason : `cannot start: ${reason}`;
  process.stderr.write(`sallyport: ${text}\n`);
  process.exit(1);
}
