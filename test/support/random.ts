/** Chance that can be had again: everything a campaign does follows from its seed. */

export interface Random {
  /** 0 to n − 1. */
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** 32 bits, to seed another. */
  word(): number;
}

/** Mulberry32, by Tommy Ettinger: a word of state, and spread enough for tests. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (n: number): number => Math.floor((word() / 2 ** 32) * n);
  return {
    below,
    word,
    chance: (probability) => word() / 2 ** 32 < probability,
    pick: (from) => {
      const found = from[below(from.length)];
      if (found === undefined) throw new RangeError('nothing to pick from');
      return found;
    },
  };
}
