/** The admin API, as tests use it. */

export interface NewKey {
  readonly user: string;
  readonly tier: string;
  readonly role: 'user' | 'developer' | 'admin';
  readonly team?: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

export interface MadeKey {
  readonly id: string;
  readonly key: string;
  readonly user: string;
  readonly tier: string;
}

interface Door {
  readonly adminUrl: string;
  readonly adminKey: string;
}

/** An admin request; the answer's status and JSON, whatever they are. */
export async function admin(
  { adminUrl, adminKey }: Door,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${adminUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? (JSON.parse(text) as unknown) : undefined };
}

/**
 * Tier pro, role user, user `tester` unless said otherwise.
 * @param second key of another administrator, who agrees where that is needed
 * @throws if it is not made
 */
export async function createKey(door: Door, fields: Partial<NewKey> = {}, second?: string): Promise<MadeKey> {
  const wanted = { user: 'tester', tier: 'pro', role: 'user', ...fields };
  const { status, body } = await admin(door, 'POST', '/admin/keys', wanted);
  if (status === 201 && isMade(body)) return body;
  if (status === 403 && second !== undefined) {
    const waiting = `/admin/policy/proposals/${Object(body).error.param}`;
    await admin({ ...door, adminKey: second }, 'POST', waiting, {});
    return await createKey(door, fields);
  }
  throw new Error(`no key was made: ${status} ${JSON.stringify(body)}`);
}

function isMade(body: unknown): body is MadeKey {
  return typeof body === 'object' && body !== null && 'key' in body && 'id' in body;
}

/** What the ledger of this process says of a user today, in nano-dollars. */
export async function usageAs(
  door: Door,
  user: string,
): Promise<{ readonly settledNano: number; readonly reservedNano: number }> {
  const { body } = await admin(door, 'GET', `/admin/usage?user=${user}`);
  const { settledUsd, reservedUsd } = Object(body);
  return { settledNano: Math.round(settledUsd * 1e9), reservedNano: Math.round(reservedUsd * 1e9) };
}
