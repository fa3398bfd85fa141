/** The upstream of a call and of an event of a socket, which stays where its socket is. Shown false by not asking for `within`. */
import { expect, test } from 'vitest';
import { Exchange, type Within } from '../../src/domain/exchange.ts';
import type { ObjectOwner } from '../../src/ports/store.ts';
import { chooseUpstream } from '../../src/stages/choose-upstream.ts';
import { ADA, codeOf, routed } from '../support/exchange.ts';

const choose = chooseUpstream({ names: new Set(['us', 'eu']), teams: { red: { upstream: 'eu' } } });
const caller = { ...ADA, team: 'red' };

function called(upstreams: readonly (string | undefined)[], within?: Within): Exchange {
  const exchange = new Exchange(routed({}, caller).arrival, within);
  exchange.caller = caller;
  exchange.owners = upstreams.map(
    (upstream, at): ObjectOwner => ({ id: `file-${at}`, kind: 'file', user: 'ada', createdAt: 0, upstream }),
  );
  return exchange;
}

test.each([
  [[], undefined, 'eu'],
  [['us'], undefined, 'us'],
  [[undefined], undefined, undefined],
  [[], { upstream: 'us' }, 'us'],
  [[], { upstream: undefined }, undefined],
] as const)('objects in %j, within %j: goes to %s', (upstreams, within, to) => {
  const exchange = called(upstreams, within);
  void choose(exchange);
  expect(exchange.upstream).toBe(to);
});

test('objects elsewhere than the socket goes are refused', async () => {
  expect(await codeOf(() => choose(called(['eu'], { upstream: 'us' })))).toBe('request.upstream');
  expect(await codeOf(() => choose(called([undefined], { upstream: 'us' })))).toBe('request.upstream');
});
