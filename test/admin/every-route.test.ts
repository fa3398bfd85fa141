/**
 * Promise 27, over every route there is: who may, every field of every body, every id, and every other team. A route without
 * a row here is a failure, so that none is added without its expectation. Shown false by a route that is open to one role
 * more, by a schema that is not strict, by one whose inner object is not, by a plan that acts before its input was read, and
 * by a list that shows an administrator of one team what is another's.
 */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_ROUTES } from '../../src/admin/routes.ts';
import type { Actor, AdminTools, Route } from '../../src/admin/route.ts';
import { asRefusal } from '../../src/base/errors.ts';
import { type Answer, JWT_SECRET, startAdminHouse } from '../support/admin-house.ts';
import { EXPECTED, type Expected, FORBIDDEN_NAMES } from '../support/admin-expected.ts';

type House = Awaited<ReturnType<typeof startAdminHouse>>;
let house: House;
const keys: Record<string, { readonly id: string; readonly key: string }> = {};
const make = async (name: string, body: object): Promise<void> => {
  const made = await house.call('POST', '/admin/keys', { tier: 'pro', role: 'user', ...body });
  if (made.status !== 201) throw new Error(`no key was made: ${made.text}`);
  keys[name] = made.body;
};

beforeAll(async () => {
  house = await startAdminHouse();
  for (const role of ['user', 'developer', 'admin']) await make(role, { user: `u-${role}`, role });
  await make('teamAdmin', { user: 'ruth', role: 'admin', team: 'red', administers: 'team' });
  await make('blue', { user: 'beatrix', team: 'blue', name: 'of-blue' });
});
afterAll(() => house.close());

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const routes = ADMIN_ROUTES.map((route) => ({ route, name: nameOf(route), row: EXPECTED[nameOf(route)] }));
const codeOf = (answer: Answer): string => answer.headers.get('x-sallyport-code') ?? 'ok';
const token = (role: string): Promise<string> =>
  new SignJWT({ iss: 'i', aud: 'a', sub: `jwt-${role}`, exp: Date.now() / 1000 + 600, role })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(JWT_SECRET));
const takesBody = ({ method }: Route): boolean => method === 'POST' || method === 'PUT';

/** As it is sent: a query, or a body. */
async function send(route: Route, input: object, key: string | undefined, id = 'absent'): Promise<Answer> {
  const path = route.path.replace(':id', encodeURIComponent(id));
  const query = takesBody(route) ? '' : `?${new URLSearchParams(Object.entries(input)).toString()}`;
  return await house.send(route.method, path + query, {
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(takesBody(route) && { 'content-type': 'application/json' }),
    },
    ...(takesBody(route) && { body: JSON.stringify(input) }),
  });
}

test('every route has its row, and no row is without one', () => {
  expect(routes.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe('who may', () => {
  test.each(routes)('$name', async ({ route, row }) => {
    // What is sent has one field too many: who may is told so, and nothing is done.
    const planted = { ...row?.input, planted: 'x' };
    for (const role of ['user', 'developer', 'admin'] as const) {
      const end = row?.may.includes(role) ? 'request.unknown_field' : 'access.permission';
      for (const key of [keys[role]?.key, await token(role)])
        expect([role, codeOf(await send(route, planted, key))]).toEqual([role, end]);
    }
    const ofTeam = row?.ofOthers ? 'request.unknown_field' : 'access.permission';
    expect(codeOf(await send(route, planted, keys['teamAdmin']?.key))).toBe(ofTeam);
    expect(codeOf(await send(route, planted, undefined))).toBe('auth.missing');
    expect(codeOf(await send(route, planted, 'sk-sp-nobody'))).toBe('auth.invalid');
  });
});

const TOUCHED = 'something was asked for';
/** Nothing may be looked up before the input was read. */
const untouched = (): AdminTools =>
  new Proxy(house.deps, {
    get() {
      throw new Error(TOUCHED);
    },
  });
const ACTOR: Actor = { user: 'admin', role: 'admin', credential: 'admin-key' };

/** How it is refused; `touched` where the input was taken. */
async function refusal(route: Route, input: unknown): Promise<string> {
  try {
    await route.plan(input, 'absent', untouched(), ACTOR);
    return 'touched';
  } catch (error) {
    if (error instanceof Error && error.message === TOUCHED) return 'touched';
    return asRefusal(error).code;
  }
}

/** The input with this member, in it and in each object within it. `__proto__` is one like any other. */
function planted(input: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown[] {
  const own = (object: object): Record<string, unknown> => {
    const copy = { ...object };
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
    return copy;
  };
  const inner = Object.entries(input).filter(
    (entry): entry is [string, object] => typeof entry[1] === 'object' && !Array.isArray(entry[1]),
  );
  return [own(input), ...inner.map(([key, object]) => ({ ...input, [key]: own(object) }))];
}

const fieldsOf = ({ input }: Route): readonly string[] => {
  const { shape } = Object(input);
  return Object.keys(shape ?? {});
};
const NAMES = [...new Set([...ADMIN_ROUTES.flatMap(fieldsOf), ...FORBIDDEN_NAMES])];

describe('every field', () => {
  test.each(routes)('$name: none but its own', async ({ route, row }) => {
    const { input = {} }: Partial<Expected> = row ?? {};
    expect(route.input.safeParse(input).success).toBe(true);
    const own = fieldsOf(route);
    const wrong: string[] = [];
    for (const name of NAMES) {
      const [outer, ...inner] = planted(input, name, 'x');
      const cases = own.includes(name) ? [] : [outer];
      for (const given of [...cases, ...inner]) {
        const inside = given === outer ? [] : fieldsInside(input);
        if (inside.includes(name)) continue;
        const code = await refusal(route, given);
        if (code !== 'request.unknown_field') wrong.push(`${name}: ${code}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each(routes)('$name: what is none is a refusal of the caller’s', async ({ route, row }) => {
    const odd = [[], {}, -1, 0.5, 1e300, true, '', '\u0000', 'x'.repeat(100_000), ['\u202e'], null];
    for (const given of [...odd.slice(2), [], 'text']) {
      if (typeof given === 'object' && given !== null && !Array.isArray(given)) continue;
      expect(await refusal(route, given)).toMatch(/^request\./);
    }
    for (const name of fieldsOf(route)) {
      for (const value of odd)
        expect(await refusal(route, { ...row?.input, [name]: value })).toMatch(/^(?:request\.|touched$)/);
    }
  });

  test.each(routes.filter(({ route }) => route.path.includes(':id')))(
    '$name: whatever stands in the place of an id',
    async ({ route, row }) => {
      for (const id of [
        '\u0000',
        '../keys',
        'x'.repeat(400),
        '{}',
        '%',
        "' or 1=1 --",
        '__proto__',
        '\u202e',
      ]) {
        const answer = await send(route, row?.input ?? {}, keys['admin']?.key, id);
        expect([id, answer.status < 500, answer.status]).toEqual([id, true, answer.status]);
        expect(answer.text).not.toContain('or 1=1');
      }
    },
  );
});

/** Members of the objects within. */
function fieldsInside(input: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.values(input).flatMap((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
  );
}

describe('an administrator of one team', () => {
  const open = routes.flatMap(({ route, name, row }) =>
    (row?.ofOthers ?? []).map((asked) => ({ route, name, input: row?.input ?? {}, asked })),
  );

  test('has just these routes', () => {
    const forTeams = ADMIN_ROUTES.filter((route) => route.forTeams).map(nameOf);
    expect([...new Set(open.map(({ name }) => name))].sort()).toEqual(forTeams.sort());
  });

  test.each(open)('$name asks for what is another’s: $asked.end', async ({ route, input, asked }) => {
    const id = asked.id === 'blue' ? keys['blue']?.id : asked.id;
    const answer = await send(route, { ...input, ...asked.input }, keys['teamAdmin']?.key, id);
    expect(codeOf(answer)).toBe(asked.end);
    for (const foreign of ['beatrix', 'of-blue', keys['blue']?.id ?? '?'])
      expect(answer.text.includes(foreign)).toBe(false);
  });

  test('what was asked for is untouched', async () => {
    const { data } = (await house.call('GET', '/admin/keys')).body;
    const blue = data.find((key: { id: string }) => key.id === keys['blue']?.id);
    expect(blue).toMatchObject({ user: 'beatrix', team: 'blue', version: 1 });
    expect(blue.revokedAt).toBeUndefined();
  });
});
