/** More entries than the queue holds, while the store is slow: they are in the files, and none of them is passed over. */
import { expect, test } from 'vitest';
import { shipEntries } from '../../src/jobs/ship-entries.ts';
import type { Entry } from '../../src/ports/audit-log.ts';

const CHAIN = '019a0000-0000-7000-8000-000000000000';
const common = { timestamp: '2026-11-23T12:00:00.000Z', userId: 'ada', action: 'x', resource: 'x' } as const;

/** A log and a store as arrays; the store takes nothing before it is let. */
function ends() {
  const log: Entry[] = [];
  const stored: number[] = [];
  const follower: { told: (entries: readonly Entry[]) => void } = { told: () => undefined };
  const gate = { asked: Promise.withResolvers<void>(), open: Promise.withResolvers<void>() };
  const settings = new Map<string, string>();
  return {
    log,
    stored,
    gate,
    write: (count: number): void => {
      const sealed = { chain: CHAIN, previousHash: '', hash: '', metadata: {}, status: 'success' } as const;
      const from = log.length + 1;
      const more = Array.from({ length: count }, (_, i) => ({ ...common, ...sealed, sequence: from + i }));
      log.push(...more);
      follower.told(more);
    },
    options: {
      auditLog: { follow: (told: (entries: readonly Entry[]) => void) => void (follower.told = told) },
      store: {
        async appendEntries(entries: readonly Entry[]) {
          gate.asked.resolve();
          await gate.open.promise;
          stored.push(...entries.map(({ sequence }) => sequence));
        },
        getSetting: async (name: string) => settings.get(name),
        putSetting: async (name: string, value: string) => void settings.set(name, value),
      },
      cursorName: 'cursor',
      async *readAfter(after: { sequence: number } | undefined) {
        // As files are: what was written when reading began.
        yield log.slice(after?.sequence ?? 0);
      },
      onFailure: (error: unknown) => expect(error).toBeUndefined(),
      intervalMs: 1,
    },
  };
}

test.each([
  ['files', true],
  ['the queue', false],
])('an overflow while the store is busy with %s loses nothing', async (_name, fromFiles) => {
  const { log, stored, gate, write, options } = ends();
  if (fromFiles) write(10);
  const shipping = shipEntries(options);
  if (!fromFiles) {
    await shipping.flush();
    write(10);
  }
  await gate.asked.promise;
  for (let i = 0; i < 41; i++) write(500);
  write(7);
  gate.open.resolve();
  await shipping.flush();
  await shipping.stop();
  expect([...new Set(stored)].sort((a, b) => a - b)).toEqual(log.map(({ sequence }) => sequence));
  expect(stored.length).toBeLessThan(2 * log.length);
});
