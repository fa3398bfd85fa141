/** The threads that screen are everybody's. Shown false without the bound: the third is done as well. */
import { describe, expect, test } from 'vitest';
import { createFairShare } from '../../../src/domain/limits/fair-share.ts';
import { codeOf } from '../../support/exchange.ts';

/** Work that lasts until `end`. */
function lasting() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: () => resolve('done') };
}

describe('a share', () => {
  test('is had by each user, and comes back however the work ends', async () => {
    const share = createFairShare(2);
    const first = lasting();
    const second = lasting();
    const running = [share('ada', first.work), share('ada', second.work)];
    expect(await codeOf(() => share('ada', async () => 'more'))).toBe('rate.screening');
    expect(await share('bob', async () => 'at once')).toBe('at once');
    first.end();
    expect(await running[0]).toBe('done');
    await expect(share('ada', async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await share('ada', async () => 'again')).toBe('again');
    second.end();
    expect(await running[1]).toBe('done');
    const both = [share('ada', async () => 1), share('ada', async () => 2)];
    expect(await Promise.all(both)).toEqual([1, 2]);
  });
});
