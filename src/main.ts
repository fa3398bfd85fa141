/** `npm start`: reads the configuration, starts, says where it listens, drains at the end. */
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { assemble, SIGNALS_WITHIN } from './assemble/assemble.ts';
import { cannotStart } from './assemble/cannot-start.ts';
import { buildDoors } from './assemble/doors.ts';
import { adminKeyOf, localKeyOf } from './assemble/local-keys.ts';
import { loadSetup, type Setup } from './config.ts';
import { houseSecret } from './house-secret.ts';
import { fetchSecrets } from './secret-managers.ts';
import { createLog } from './server/log.ts';
import type { Simulator } from './simulator/start-simulator.ts';

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

/** Also when it is read again. */
function simulated(setup: Setup, baseUrl: string): Setup {
  if (!setup.simulate) return setup;
  const upstream = { ...setup.config.upstream, baseUrl, apiKey: 'simulator' };
  const reread = (): Setup => simulated(setup.reread(), baseUrl);
  return { ...setup, config: { ...setup.config, upstream }, reread };
}

/** Loaded where it answers. */
async function simulate(): Promise<Simulator> {
  const { startSimulator } = await import('./simulator/start-simulator.ts');
  return await startSimulator();
}

async function start(): Promise<void> {
  await fetchSecrets(process.env);
  let setup = loadSetup(process.env);
  const { environment, production } = setup;
  const log = createLog(environment.LOG_LEVEL);
  for (const warning of setup.warnings) log.warn(warning);
  const simulator = setup.simulate && !production ? await simulate() : undefined;
  if (simulator) setup = simulated(setup, simulator.baseUrl);
  const secret = houseSecret(environment, !production);
  const adminKey = adminKeyOf(setup);
  const house = await assemble(setup, secret, adminKey.key, log, buildDoors);
  const ending = { delay: setup.config.server.drainMsMax + 5000, skip: [...SIGNALS_WITHIN] };
  closeWithGrace(ending, async ({ err, signal }) => {
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
  cannotStart(error);
}
