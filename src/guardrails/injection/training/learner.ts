/**
 * Logistic regression over hashed features: AdaGrad, words left unheard at random so that no single one decides, of
 * each text the window that weighs most. Deterministic by seed, one thread, all in typed arrays.
 */
import { tokenise, Tokens as Row } from '../features.ts';
import { BUCKET_BITS, BUCKET_SHIFT, FEATURES } from '../token-hash.ts';
import { chanceOf, FEATURES_DAMP, type HeadName, logitOf, WINDOWS } from '../model.ts';
import { seeded, shuffle } from './random.ts';

/** A text's tokens: all features in a row, and where each token's end. */
export interface Tokens {
  readonly features: Int32Array;
  readonly ends: Int32Array;
}

const row = new Row();

export function tokensOf(text: string): Tokens {
  tokenise(text, row);
  const ends = row.featuresEnd.slice(0, row.count);
  return { features: row.features.slice(0, ends.at(-1) ?? 0), ends };
}

/** Half-open ranges of tokens, one a window. */
export function windowsOf({ ends }: Tokens, head: HeadName): (readonly [number, number])[] {
  const windows: (readonly [number, number])[] = [];
  for (const { size, stride } of WINDOWS[head]) {
    for (let from = 0; from < ends.length; from += stride) {
      const to = Math.min(ends.length, from + size);
      windows.push([from, to]);
      if (to === ends.length) break;
    }
    if (ends.length <= size) break;
  }
  return windows;
}

export interface Weighted {
  readonly tokens: Tokens;
  readonly label: 0 | 1;
  /** How much it counts. */
  readonly weight: number;
}

export interface Learned {
  readonly bias: number;
  readonly weights: Float32Array;
}

const EPOCHS = 6;
const RATE = 0.4;
/** Share of a window's tokens that a step hears: what is left has to do. Short orders can spare fewer. */
const HEARD: Readonly<Record<HeadName, number>> = { override: 0.8, persona: 0.6, untrusted: 0.8 };
const DECAY = 2e-6;

/** A feature that fewer places have says nothing of its own: it would only spoil what shares its bucket. */
const PLACES_MIN = 5;
/** The sign of a feature's number: nothing is learnt of it. */
const RARE = 1 << 31;

/** Marks the rare features of the texts and unmarks the others; what the texts have, left-out ones not counted, decides. */
function markRare(examples: readonly Weighted[]): void {
  const places = new Uint8Array(FEATURES);
  for (const { tokens } of examples)
    for (const feature of tokens.features) {
      const at = feature & ~RARE;
      if ((places[at] ?? 0) < PLACES_MIN) places[at] = (places[at] ?? 0) + 1;
    }
  for (const { tokens } of examples) {
    const { features } = tokens;
    for (let i = 0; i < features.length; i++) {
      const feature = (features[i] ?? 0) & ~RARE;
      features[i] = (places[feature] ?? 0) < PLACES_MIN ? feature | RARE : feature;
    }
  }
}

const bucketOf = (feature: number): number => (feature & ~RARE) >>> BUCKET_SHIFT;

/** Where a token's features begin. */
const startOf = ({ ends }: Tokens, token: number): number => (token === 0 ? 0 : (ends[token - 1] ?? 0));

/** Sums of weights up to each token, so that windows that overlap add up nothing twice; grown as texts need it. */
let sums = new Float64Array(1024);

function sumUp({ weights }: Learned, { features, ends }: Tokens): void {
  if (sums.length <= ends.length) sums = new Float64Array(2 * ends.length);
  let sum = 0;
  let at = 0;
  for (let token = 0; token < ends.length; token++) {
    for (const end = ends[token] ?? 0; at < end; at++) sum += weights[bucketOf(features[at] ?? 0)] ?? 0;
    sums[token + 1] = sum;
  }
}

/** The logit of a window, once its text is summed up. */
function windowLogit({ bias }: Learned, tokens: Tokens, from: number, to: number): number {
  return logitOf(bias, (sums[to] ?? 0) - (sums[from] ?? 0), startOf(tokens, to) - startOf(tokens, from));
}

/** A text's logit: that of its heaviest window, less what a text of its length has by chance. */
export function logit(learned: Learned, tokens: Tokens, head: HeadName): number {
  sumUp(learned, tokens);
  let most = Number.NEGATIVE_INFINITY;
  for (const [from, to] of windowsOf(tokens, head))
    most = Math.max(most, windowLogit(learned, tokens, from, to));
  return most - chanceOf(head, tokens.ends.length);
}

export function learn(head: HeadName, examples: readonly Weighted[], seed: number): Learned {
  markRare(examples);
  const random = seeded(seed);
  const weights = new Float32Array(1 << BUCKET_BITS);
  const squares = new Float32Array(1 << BUCKET_BITS).fill(0.05);
  const learned = { bias: -2, weights };
  const windows = examples.map(({ tokens }) => windowsOf(tokens, head));
  const order = Int32Array.from(examples.keys());
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(random, order);
    const rate = RATE * (1 - (0.8 * epoch) / EPOCHS);
    for (const at of order) {
      const example = examples[at];
      const own = windows[at];
      if (!example || !own || own.length === 0 || isUnclear(head, example, own.length, epoch)) continue;
      const { tokens } = example;
      sumUp(learned, tokens);
      const [first, last] = heaviest(learned, example, own, epoch, random());
      const heard = hear(tokens, first, last, HEARD[head], random);
      const z = logitOf(learned.bias, heard.sum, heard.features);
      const error = (1 / (1 + Math.exp(-z)) - example.label) * example.weight;
      if (Math.abs(error) < 0.003) continue;
      learned.bias -= 0.02 * rate * error;
      step(learned.weights, squares, tokens, heard, error, rate);
    }
  }
  return learned;
}

/** Where in a long text the order stands is only known once short ones were learnt; a persona is all of its text. */
function isUnclear(head: HeadName, { label }: Weighted, windows: number, epoch: number): boolean {
  return head !== 'persona' && label === 1 && windows > 1 && epoch === 0;
}

/** In the first rounds any window, later the one that weighs most: of an honest text always its worst. */
function heaviest(
  learned: Learned,
  { tokens }: Weighted,
  windows: readonly (readonly [number, number])[],
  epoch: number,
  chance: number,
): readonly [number, number] {
  const any = windows[Math.floor(chance * windows.length)] ?? [0, 0];
  if (windows.length === 1 || epoch === 0) return any;
  let best = any;
  let most = Number.NEGATIVE_INFINITY;
  for (const window of windows) {
    const z = windowLogit(learned, tokens, window[0], window[1]);
    if (z > most) [most, best] = [z, window];
  }
  return best;
}

/** What a step hears of a window. */
interface Heard {
  readonly from: number;
  readonly to: number;
  readonly sum: number;
  readonly features: number;
}

/** By place in the window: 1 where its token is heard this time. */
let isHeard = new Uint8Array(1024);

/** Draws the tokens of a window that are heard, once its text is summed up. */
function hear(tokens: Tokens, from: number, to: number, share: number, random: () => number): Heard {
  if (isHeard.length < to - from) isHeard = new Uint8Array(2 * (to - from));
  let sum = 0;
  let features = 0;
  for (let token = from; token < to; token++) {
    const heard = random() < share;
    isHeard[token - from] = heard ? 1 : 0;
    if (!heard) continue;
    sum += (sums[token + 1] ?? 0) - (sums[token] ?? 0);
    features += startOf(tokens, token + 1) - startOf(tokens, token);
  }
  return { from, to, sum, features };
}

/** Moves the weights of what was heard. */
function step(
  weights: Float32Array,
  squares: Float32Array,
  tokens: Tokens,
  heard: Heard,
  error: number,
  rate: number,
): void {
  const { features } = tokens;
  const { from, to } = heard;
  const share = error / Math.sqrt(heard.features + FEATURES_DAMP);
  for (let token = from; token < to; token++) {
    if (isHeard[token - from] === 0) continue;
    const end = startOf(tokens, token + 1);
    for (let i = startOf(tokens, token); i < end; i++) {
      const feature = features[i] ?? 0;
      if (feature < 0) continue;
      const bucket = feature >>> BUCKET_SHIFT;
      const weight = weights[bucket] ?? 0;
      const gradient = share + DECAY * weight;
      const square = (squares[bucket] ?? 0) + gradient * gradient;
      squares[bucket] = square;
      weights[bucket] = weight - (rate * gradient) / Math.sqrt(square);
    }
  }
}
