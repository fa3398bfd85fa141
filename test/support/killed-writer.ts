/** A real process that records intents and outcomes as fast as it can until it is killed, and tells which are kept. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const script = (dir: string, url: (name: string) => string): string => `
  import { openAuditLog } from ${url('src/engines/audit/audit-file.ts')};
  import { chainKey, checkpointKey, intent, outcome } from ${url('test/support/audit-drafts.ts')};
  const options = { chainKey, checkpointKey, segmentBytesMax: 50_000, waitMsMax: 10_000 };
  const log = await openAuditLog({ dir: ${JSON.stringify(dir)}, ...options });
  let next = 0;
  const record = async () => {
    for (;;) {
      const exchange = 'e' + next++;
      await log.record(intent(exchange));
      process.stdout.write(exchange + '\\n');
      log.note(outcome(exchange));
    }
  };
  for (let i = 0; i < 8; i++) void record();`;

/** The program, for `node --input-type=module-typescript -e`. It prints the exchange of each intent once told. */
export function writerScript(dir: string): string {
  return script(dir, (name) => JSON.stringify(new URL(`../../${name}`, import.meta.url).href));
}

/** Kills it with SIGKILL after so many intents were told durable; returns those. */
export async function killedWriter(dir: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', writerScript(dir)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    told.push(line);
    if (told.length === count) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return told;
}
