/** How much of JSON is read, by whose it is. What is beyond is refused, never cut. */

/** Containers inside one another, the root among them. */
export const DEPTH_MAX = 64;
/** Values of every kind in one body; keys do not count. */
export const VALUES_MAX = 250_000;
/** Strings, keys, containers and numbers of over 15 digits: what costs far more than its bytes. */
export const NODES_MAX = 100_000;
/** Different keys in one body: each costs the engine a hidden class or a table entry. */
export const NAMES_MAX = 10_000;

export interface JsonBounds {
  readonly valuesMax: number;
  readonly nodesMax: number;
  readonly namesMax: number;
  /** Whether a string may hold half of a surrogate pair, as an escape. */
  readonly halves: boolean;
}

/** Of a caller's. */
export const REQUEST: JsonBounds = {
  valuesMax: VALUES_MAX,
  nodesMax: NODES_MAX,
  namesMax: NAMES_MAX,
  halves: false,
};

/** Of upstream's: log probabilities are many small values, and an event may end within a character. */
export const ANSWER: JsonBounds = {
  valuesMax: 8_000_000,
  nodesMax: 2_000_000,
  namesMax: 200_000,
  halves: true,
};
