/** Waits for a state instead of a time: asks again until it holds, and says what it last saw if it never does. */
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 60_000;

/** What `ask` gave when it first passed `holds`; an ask that throws is asked again. @throws Error after 60 s */
export async function until<Seen>(
  ask: () => Seen | Promise<Seen>,
  holds: (seen: Seen) => boolean,
): Promise<Seen> {
  const end = performance.now() + PATIENCE_MS;
  let last: unknown;
  for (;;) {
    try {
      const seen = await ask();
      if (holds(seen)) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end)
      throw new Error(`never came to be; last seen: ${JSON.stringify(last)}`, { cause: last });
    await pause(20);
  }
}
