import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/base/bounded-map.ts';

test('holds what was set last, whatever the order of keys', () => {
  assert(
    property(array(constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 40 }), (keys) => {
      const map = new BoundedMap<string, number>(3);
      for (const [index, key] of keys.entries()) map.set(key, index);
      const last = [...new Set(keys.toReversed())].slice(0, 3).toReversed();
      expect([...map.keys()]).toEqual(last);
      for (const key of last) expect(map.get(key)).toBe(keys.lastIndexOf(key));
    }),
    { seed: 20_261_123, verbose: 1 },
  );
});
