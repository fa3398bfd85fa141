/** Ids of calls: of version 7, each its own, in the order of the calls. */
import { expect, test } from 'vitest';
import { requestId } from '../../src/server/request-id.ts';

test('a thousand ids are UUIDs of version 7, all different, and sorted', () => {
  const ids = Array.from({ length: 1000 }, () => requestId());
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(1000);
  expect(ids.toSorted()).toEqual(ids);
});
