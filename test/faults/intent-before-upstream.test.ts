/**
 * I1, I9 of the whole gateway, in the order in which the kernel saw it: a call's intent is written and covered by a
 * finished fdatasync before the first byte of it goes to upstream's socket, and an admin action before the store
 * holds it. Seen red with the record not awaited in record-intent.ts (forwarding first), with the datasync not awaited
 * in audit-writer's `append`, and, for the key, with `run` before `record` in perform.ts. CALLS=2000 runs more of it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { startGateway } from '../support/gateway.ts';
import { MONEY_ONLY } from '../support/money.ts';
import { parseTrace, traced, type SystemCall } from '../support/syscall-trace.ts';
import { startUpstream } from '../support/upstream.ts';

const CALLS = Number(process.env['CALLS'] ?? 200);
const AT_ONCE = 16;

const folder = mkdtempSync(join(tmpdir(), 'sallyport-trace-'));
let calls: SystemCall[];
/** Id of the exchange by the mark that its head carries upstream. */
const exchanges = new Map<string, string>();
let keyId: string;
let forwarded: number;

beforeAll(async () => {
  const file = join(folder, 'trace');
  const upstream = await startUpstream();
  const config = { ...MONEY_ONLY, tiers: { open: {} } };
  const key = { tier: 'open' };
  const how = traced(file, ['write', 'writev', 'sendto', 'sendmsg', 'pwrite64', 'fdatasync', 'close']);
  const gateway = await startGateway({ upstream, config, key, ...how });
  ({ id: keyId } = await createKey(gateway, { user: 'late' }));
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < CALLS) {
      const mark = `mark-${next}-`;
      const stream = next++ % 2 === 0;
      const answer = await fetch(`${gateway.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${gateway.callerKey}`,
          'content-type': 'application/json',
          'idempotency-key': mark,
        },
        body: JSON.stringify({
          model: 'gpt-4o-mini',
          stream,
          messages: [{ role: 'user', content: 'Hello' }],
        }),
      });
      expect(answer.status).toBe(200);
      await answer.text();
      exchanges.set(mark, answer.headers.get('x-request-id') ?? '');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await gateway.stop();
  forwarded = upstream.requests.length;
  await upstream.close();
  calls = parseTrace(readFileSync(file, 'utf8')).sort((a, b) => a.begun - b.begun);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fdOf = ({ text }: SystemCall): string => /^\d+/.exec(text)?.[0] ?? '';

/** The line at which an fdatasync had returned that began after this write to the same file had. */
function coveredAt(write: SystemCall | undefined): number {
  if (!write) return Infinity;
  const fd = fdOf(write);
  for (const call of calls) {
    if (call.begun <= write.ended || fdOf(call) !== fd) continue;
    if (call.name === 'fdatasync' && call.result === 0) return call.ended;
    if (call.name === 'close') return Infinity;
  }
  return Infinity;
}

/** Entries of an action by what they are about, and the write that put the first of each on its way. */
function entryWrites(action: string, id: RegExp): Map<string, SystemCall> {
  const found = new Map<string, SystemCall>();
  for (const call of calls) {
    if (call.name !== 'write' || !call.text.includes(`\\"action\\":\\"${action}\\"`)) continue;
    for (const line of call.text.split('\\n')) {
      const name = line.includes(`\\"action\\":\\"${action}\\"`) ? id.exec(line)?.[1] : undefined;
      if (name !== undefined && !found.has(name)) found.set(name, call);
    }
  }
  return found;
}

describe('as the kernel saw it', () => {
  test(`${CALLS} calls: covered before the first byte`, () => {
    const intents = entryWrites('exchange.intent', /\\"exchange\\":\\"([0-9a-f-]{36})\\"/);
    const firstBytes = new Map<string, number>();
    for (const { text, begun } of calls) {
      for (const [mark] of text.matchAll(/mark-\d+-/g)) {
        if (/"(POST|GET) \/v1\//.test(text) && !firstBytes.has(mark)) firstBytes.set(mark, begun);
      }
    }
    const early = [...exchanges].filter(([mark, id]) => {
      const first = firstBytes.get(mark);
      return first === undefined || coveredAt(intents.get(id)) >= first;
    });
    expect([forwarded, firstBytes.size]).toEqual([CALLS, CALLS]);
    expect(intents.size).toBe(CALLS);
    expect(early).toEqual([]);
  });

  test('a key: covered before the store holds it', () => {
    const record = entryWrites('admin.key.create', /\\"resource\\":\\"([^"\\]+)\\"/).get(keyId);
    const held = calls.find(({ name, text }) => name === 'pwrite64' && text.includes(keyId));
    expect(held?.begun).toBeGreaterThan(coveredAt(record));
  });
});
