/** Promise 28: upstream's key goes to who can show a certificate that was asked for, and to nobody else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHAT_BODY, CHAT_LINE } from '../support/journey.ts';
import { openGateway } from '../support/open-gateway.ts';
import { rawCall, requestBytes } from '../support/raw-call.ts';
import { selfSigned } from '../support/self-signed.ts';
import { startUpstream } from '../support/upstream.ts';

test('a certificate that nobody vouches for is refused, one of the configured authority is taken', async () => {
  const upstream = await startUpstream({ tls: true });
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  const answered = async (upstreamSettings: object) => {
    const gateway = await openGateway({
      upstream,
      key: { tier: 'internal' },
      config: { upstream: upstreamSettings },
    });
    const headers = [`Authorization: Bearer ${gateway.callerKey}`, 'Content-Type: application/json'];
    const { answers } = await rawCall(gateway.port, requestBytes(CHAT_LINE, headers, CHAT_BODY));
    await gateway.stop();
    return [answers[0]?.status, answers[0]?.code];
  };
  const caFile = join(folder, 'ca.pem');
  const [untrusted, another, trusted] = await Promise.all([
    answered({}),
    (() => {
      writeFileSync(join(folder, 'other.pem'), selfSigned().cert);
      return answered({ caFile: join(folder, 'other.pem') });
    })(),
    (() => {
      writeFileSync(caFile, upstream.certificate?.cert ?? '');
      return answered({ caFile });
    })(),
  ]);
  expect(untrusted).toEqual([502, 'upstream.unreachable']);
  expect(another).toEqual([502, 'upstream.unreachable']);
  expect(trusted).toEqual([200, '']);
  expect(upstream.requests).toHaveLength(1);
  rmSync(folder, { recursive: true, force: true });
  await upstream.close();
});
