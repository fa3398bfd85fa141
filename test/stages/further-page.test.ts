/** stages/further-page: one page more, whole or not at all, and broken off with the call it belongs to. */
import { expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import { furtherPage } from '../../src/stages/further-page.ts';
import { codeOf, prepared } from '../support/exchange.ts';
import { scriptedUpstream, type Script } from '../support/relayed.ts';

const PAGE = { method: 'GET', path: '/v1/files', headers: {}, body: undefined } as const;

async function asked(script: Script, before?: (abort: () => void) => void) {
  const upstream = scriptedUpstream(script);
  const exchange = await prepared({ method: 'GET', target: '/v1/files' });
  const page = furtherPage(exchange, (listener) => upstream.send(PAGE, listener));
  before?.(() => exchange.abort(new Refusal('edge.draining')));
  return { page, upstream, exchange };
}

test('a page in any pieces', async () => {
  const { page, exchange } = await asked({ chunks: ['{"data"', ':[', ']}'] });
  expect(await page).toEqual({ data: [] });
  expect(exchange.answer.bytes).toBe(11);
});

test.each<[string, Script]>([
  ['upstream.invalid_answer', { chunks: ['{"data"'] }],
  ['upstream.failed', { status: 500, chunks: ['{}'] }],
  ['upstream.limited', { status: 429, chunks: ['{}'] }],
  ['upstream.refused', { status: 400, chunks: ['{}'] }],
  ['upstream.broken', { chunks: ['{"data":[]}'], fault: 'broken' }],
  ['upstream.unreachable', { fault: 'unreachable' }],
])('%s', async (code, script) => {
  const { page } = await asked(script);
  expect(await codeOf(() => page)).toBe(code);
});

test('what ends the call ends it, and nothing is asked for a call that has ended', async () => {
  const { page, upstream } = await asked({ chunks: ['{'], stays: true }, (abort) => abort());
  expect(await codeOf(() => page)).toBe('edge.draining');
  expect(upstream.seen.aborted).toBe(true);
  const exchange = await prepared({ method: 'GET', target: '/v1/files' });
  exchange.abort(new Refusal('edge.draining'));
  const late = furtherPage(exchange, () => expect.unreachable());
  expect(await codeOf(() => late)).toBe('edge.draining');
});
