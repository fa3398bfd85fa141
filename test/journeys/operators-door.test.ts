/** Promises 46 and 51: ready means that everything needed is there; and no GET decides anything, on either door. */
import { expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { freePorts } from '../support/free-port.ts';
import { startGateway } from '../support/gateway.ts';
import { journey } from '../support/journey.ts';
import { openGateway } from '../support/open-gateway.ts';
import { rawCall, requestBytes } from '../support/raw-call.ts';

const house = journey();

interface Key {
  readonly id: string;
}
function keysOf(body: unknown): readonly Key[] {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : [];
  return Array.isArray(data) ? data : [];
}

test('ready with every check passed, and live', async () => {
  const ready = await fetch(`${house.gateway.adminUrl}/readyz`);
  const { checks }: { checks: Record<string, boolean> } = JSON.parse(await ready.text());
  expect(ready.status).toBe(200);
  expect(Object.keys(checks)).toEqual(expect.arrayContaining(['auditLog', 'configuration', 'ledger']));
  expect(Object.values(checks).every(Boolean)).toBe(true);
});

test('probes may ask for the head alone', async () => {
  for (const path of ['/livez', '/readyz']) {
    const answer = await fetch(house.gateway.adminUrl + path, { method: 'HEAD' });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, '']);
  }
});

// Control: on Node's own server Fastify's error body came, and two Hosts were served.
test("what can be framed in two ways is refused on the operators' door as well, from the catalogue", async () => {
  const port = Number(new URL(house.gateway.adminUrl).port);
  const key = `Authorization: Bearer ${house.gateway.adminKey}`;
  const cases = {
    rubbish: 'RUBBISH\r\n\r\n',
    'no Host': `GET /admin/keys HTTP/1.1\r\n${key}\r\n\r\n`,
    'two Hosts': `GET /admin/keys HTTP/1.1\r\nHost: a\r\nHost: b\r\n${key}\r\n\r\n`,
    'length and chunks': `POST /admin/keys HTTP/1.1\r\nHost: a\r\n${key}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const { answers, closed } = await rawCall(port, bytes, { answers: Infinity });
    expect([name, answers.map(({ code }) => code), closed]).toEqual([name, ['request.framing'], true]);
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({ error: { code: 'request.framing' } });
  }
  const coded = requestBytes(
    'POST /admin/keys HTTP/1.1',
    [key, 'Content-Type: application/json', 'Content-Encoding: gzip'],
    '{"user":"ada","tier":"pro","role":"user"}',
  );
  expect((await rawCall(port, coded)).answers[0]?.code).toBe('request.media_type');
});

test('without its ledger it is live, not ready, and lets nothing through', async () => {
  const [nobody] = await freePorts(1);
  const config = { ledger: { kind: 'redis', url: `redis://127.0.0.1:${nobody}`, onFailure: 'closed' } };
  await using gateway = await startGateway({ upstream: house.upstream, config, ready: false });
  const asked = async (path: string) => await fetch(`${gateway.adminUrl}${path}`).catch(() => undefined);
  await expect.poll(async () => (await asked('/livez'))?.status).toBe(200);
  const ready = await asked('/readyz');
  expect(ready?.status).toBe(503);
  expect(JSON.parse((await ready?.text()) ?? '')).toMatchObject({
    ready: false,
    checks: { ledger: false, auditLog: true },
  });
  expect(house.upstream.requests).toHaveLength(0);
});

test("no GET, HEAD or overridden method changes anything on the operators' door", async () => {
  const { gateway } = house;
  const port = Number(new URL(gateway.adminUrl).port);
  const state = async () => keysOf((await admin(gateway, 'GET', '/admin/keys')).body);
  const before = await state();
  const [{ id } = { id: '' }] = before;
  const paths = [
    `/admin/keys/${id}`,
    `/admin/keys/${id}/rotate`,
    `/admin/keys/${id}/revoke`,
    `/admin/keys/${id}?_method=DELETE`,
    '/admin/keys?user=x&tier=pro&role=admin',
    '/admin/keys/create',
    '/admin/ledger/adopt',
    '/admin/approvals/1/approve',
  ];
  const headers = [
    `Authorization: Bearer ${gateway.adminKey}`,
    'X-HTTP-Method-Override: DELETE',
    'Content-Type: application/json',
    'Connection: close',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const bytes = requestBytes(
        `${method} ${path} HTTP/1.1`,
        headers,
        method === 'GET' ? '{"user":"x"}' : '',
      );
      const { answers } = await rawCall(port, bytes, { head: method === 'HEAD' });
      expect(answers[0]?.status ?? 0, `${method} ${path}`).toBeGreaterThanOrEqual(400);
    }
  }
  expect(await state()).toEqual(before);
  expect((await house.ask()).status).toBe(200);
  const { status } = await admin(gateway, 'POST', `/admin/keys/${id}/rotate`, { overlapSeconds: 60 });
  expect(status).toBe(200);
  expect(await state()).not.toEqual(before);
});

test("a caller's GET is a GET upstream, whatever it says beside", async () => {
  const override = ['X-HTTP-Method: POST', 'X-HTTP-Method-Override: DELETE', 'X-Method-Override: DELETE'];
  const answer = await house.ask('GET /v1/models HTTP/1.1', '', [...house.headers, ...override]);
  expect(answer.status).toBe(200);
  expect(house.upstream.requests.map(({ method, target }) => [method, target])).toEqual([
    ['GET', '/v1/models'],
  ]);
  expect((await house.ask('GET /v1/models HTTP/1.1', '{"delete":true}')).code).toBe('request.invalid_json');
  expect((await house.ask('GET /v1/models?_method=DELETE HTTP/1.1', '')).code).toBe('request.query');
});

/** Shown false without `frameworkErrors`: 414 and 400 in the framework's own form, with the path in them. */
test.each(['x'.repeat(4000), '%zz', '%E0%A4%A'])(
  'a path that cannot be read names nothing: %#',
  async (id) => {
    const port = Number(new URL(house.gateway.adminUrl).port);
    const { answers } = await rawCall(port, requestBytes(`DELETE /admin/keys/${id} HTTP/1.1`));
    expect(answers[0]).toMatchObject({ status: 404, code: 'access.not_found' });
    expect(answers[0]?.body).not.toContain(id.slice(0, 20));
  },
);

/** Shown false without the flag `urgent` (the kill switch waits), and by one count for all credentials. */
test('who asks too often waits, nobody else does, and what shuts is always taken', async () => {
  const config = { server: { adminRequestsPerMinute: 60 }, audit: { waitMsMax: 10_000 } };
  await using gateway = await openGateway({ upstream: house.upstream, config });
  const { key } = await createKey(gateway, { user: 'dev', role: 'developer' });
  const codes = await Promise.all(
    Array.from({ length: 80 }, async () => {
      const { status, body } = await admin(gateway, 'GET', '/admin/policy');
      return status === 200 ? 200 : Object(body).error.code;
    }),
  );
  const taken = codes.filter((code) => code === 200).length;
  expect(taken).toBeGreaterThan(50);
  expect(taken).toBeLessThan(60);
  expect(codes).toContain('rate_limit_exceeded');
  expect((await admin({ ...gateway, adminKey: key }, 'GET', '/admin/policy')).status).toBe(200);
  expect((await admin(gateway, 'PUT', '/admin/lockdown', { users: ['eve'] })).status).toBe(200);
  expect((await admin(gateway, 'POST', '/admin/bans', { user: 'eve' })).status).toBe(201);
  expect((await admin(gateway, 'POST', '/admin/users/eve/enable', {})).status).toBe(429);
});
