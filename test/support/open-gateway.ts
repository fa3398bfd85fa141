/**
 * The whole gateway in this process: what `main.ts` starts, over real sockets, disks and engines. For tests to which a process
 * says nothing that its doors do not: a quarter of the cost. A fault that would end a process fails the run.
 */
import { join } from 'node:path';
import { assemble, type House } from '../../src/assemble/assemble.ts';
import { buildDoors } from '../../src/assemble/doors.ts';
import { loadSetup } from '../../src/config.ts';
import { houseSecret } from '../../src/house-secret.ts';
import { createLog } from '../../src/server/log.ts';
import { createKey } from './admin.ts';
import { freePorts } from './free-port.ts';
import { environmentOf, type Gateway, type GatewayOptions, makeHome } from './gateway.ts';
import { until } from './until.ts';

/** Ready, with a key. @throws what a start throws */
export async function openGateway(options: GatewayOptions = {}): Promise<Gateway> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(options);
    } catch (error) {
      if (Object(error).code !== 'EADDRINUSE' || attempt === 3) throw error;
    }
  }
}

async function open(options: GatewayOptions): Promise<Gateway> {
  const [port = 0, adminPort = 0] = await freePorts(2);
  const home = makeHome();
  const dataDir = options.dataDir ?? join(home.path, 'data');
  const setup = loadSetup(environmentOf(options, home.path, { port, adminPort, dataDir }));
  const { environment, production } = setup;
  const adminKey = environment.SALLYPORT_ADMIN_KEY ?? '';
  const lines: string[] = [];
  const log = createLog(environment.LOG_LEVEL, { write: (line) => void lines.push(line) });
  for (const warning of setup.warnings) log.warn(warning);
  const house = await assemble(setup, houseSecret(environment, !production), adminKey, log, buildDoors);
  const stop = async (): Promise<void> => {
    await house.stop();
    home.remove();
  };
  const door = { adminUrl: `http://127.0.0.1:${adminPort}`, adminKey };
  try {
    await listening(house, door.adminUrl);
    const made = options.key === null ? undefined : await createKey(door, { ...options.key });
    const callerKey = made?.key ?? '';
    const logs = (): string => lines.join('');
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    return { ...door, baseUrl, port, callerKey, dataDir, logs, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** And ready. */
async function listening(house: House, adminUrl: string): Promise<void> {
  await house.listen();
  await until(
    () => fetch(`${adminUrl}/readyz`).then(({ ok }) => ok),
    (ok) => ok,
  );
}
