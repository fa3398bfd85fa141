/**
 * `npm run bench -- credentials`: how long a call is refused with a key that is wrong, expired, revoked or unknown;
 * all are well-formed. One connection, kinds in a new order each round, so that whatever else the machine does is
 * shared alike. An id that is asked for the first time is read from the store: those are compared with each other.
 */
import { Pool } from 'undici';
import { makeKey } from '../../src/domain/callers/keys.ts';
import { admin, createKey } from '../support/admin.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { quantile } from './workload.ts';

const ROUNDS = { again: 4000, 'first time': 500 } as const;
const WARM_ROUNDS = 400;
const HOLDER = { user: 'ada', tier: 'pro', role: 'user' } as const;

/** What gives the key of each round. */
type Kinds = Readonly<Record<string, (round: number) => string>>;
type Ask = (key: string) => Promise<number>;

/** A key as it was before it was rotated: a wrong secret of an id that is known, and that nobody asked for yet. */
async function replaced(gateway: Gateway): Promise<string> {
  const { id, key } = await createKey(gateway, HOLDER);
  await admin(gateway, 'POST', `/admin/keys/${id}/rotate`, { overlapSeconds: 0 });
  return key;
}

const stranger = (): string => makeKey(Buffer.alloc(32), HOLDER, 0).key;

async function keysAskedAgain(gateway: Gateway, ask: Ask): Promise<Kinds> {
  const [revoked, wrong, expired] = await Promise.all([
    createKey(gateway, HOLDER),
    replaced(gateway),
    createKey(gateway, { ...HOLDER, expiresAt: new Date(Date.now() + 1000).toISOString() }),
  ]);
  await admin(gateway, 'DELETE', `/admin/keys/${revoked.id}`);
  const keys = { wrong, expired: expired.key, revoked: revoked.key, unknown: stranger() };
  for (const key of Object.values(keys))
    await until(
      () => ask(key),
      (status) => status === 401,
    );
  return Object.fromEntries(Object.entries(keys).map(([kind, key]) => [kind, () => key]));
}

async function keysAskedOnce(gateway: Gateway, count: number): Promise<Kinds> {
  const wrong: string[] = [];
  while (wrong.length < count)
    wrong.push(...(await Promise.all(Array.from({ length: 50 }, () => replaced(gateway)))));
  return { wrong: (round) => wrong[round] ?? '', unknown: stranger };
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** Microseconds of each refusal, by kind. */
async function measure(kinds: Kinds, ask: Ask, rounds: number): Promise<ReadonlyMap<string, number[]>> {
  const taken = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [kind, make] of shuffled(Object.entries(kinds))) {
      const key = make(round);
      const startedAt = performance.now();
      const status = await ask(key);
      taken.get(kind)?.push((performance.now() - startedAt) * 1000);
      if (status !== 401) throw new Error(`${kind}: ${status}`);
    }
  }
  return taken;
}

/** Medians, and how far each is from the least. */
function told(group: string, taken: ReadonlyMap<string, number[]>): string[] {
  const medians = [...taken].map(([kind, values]) => ({ kind, us: quantile(values, 0.5) }));
  const least = Math.min(...medians.map(({ us }) => us));
  return medians.map(
    ({ kind, us }) => `${group}, ${kind}: ${us.toFixed(1)} us, +${((us / least - 1) * 100).toFixed(1)} %`,
  );
}

/** The figures as lines of text. */
export async function benchCredentials(): Promise<string> {
  await using gateway = await startGateway({ key: null, env: { LOG_LEVEL: 'silent' } });
  const pool = new Pool(`http://127.0.0.1:${gateway.port}`, { connections: 1 });
  const ask: Ask = async (key) => {
    const headers = { authorization: `Bearer ${key}` };
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/v1/models', headers });
    await body.dump();
    return statusCode;
  };
  const again = await keysAskedAgain(gateway, ask);
  const once = await keysAskedOnce(gateway, ROUNDS['first time']);
  await measure(again, ask, WARM_ROUNDS);
  const lines = [
    ...told('again', await measure(again, ask, ROUNDS.again)),
    ...told('first time', await measure(once, ask, ROUNDS['first time'])),
  ];
  await pool.close();
  return lines.join('\n');
}
