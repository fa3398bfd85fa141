/**
 * The trained heads at work: int8 weights over hashed features, read once a thread, two heads a pass. A head's score is
 * that of its heaviest stretch of tokens. Says where and how strongly; a linear model has no sentence to quote.
 */
import { readFileSync } from 'node:fs';
import type { Trust } from '../../base/finding.ts';
import { tokenise, Tokens } from './features.ts';
import { BUCKET_BITS, BUCKET_SHIFT } from './token-hash.ts';
import {
  chanceOf,
  type Head,
  type HeadName,
  logitOf,
  type Model,
  MODEL_FILE,
  readModel,
  WINDOWS,
} from './model.ts';
import type { InjectionType, Signal } from './signal.ts';

const SAID: Readonly<Record<HeadName, readonly [InjectionType, string]>> = {
  override: ['override', 'reads like orders against the model’s instructions (trained)'],
  persona: ['persona', 'reads like a role-play jailbreak (trained)'],
  untrusted: ['indirect', 'reads like orders to an assistant inside content (trained)'],
};

/** Under this a head has nothing to say. */
const WEIGHT_MIN = 0.4;
/** Logit of 0.9: what lies between observe and block on the scale of weights. */
const LOGIT_BLOCK = Math.log(9);

/** Which heads listen to whom. */
const HEARD: Readonly<Record<Trust, readonly [HeadName, HeadName | undefined]>> = {
  user: ['override', 'persona'],
  system: ['override', 'persona'],
  tool: ['untrusted', undefined],
};

/** Two heads in one table of two bytes each, that stays in the cache: the first in the high byte, the second in the low. */
interface Pair {
  readonly heads: readonly (readonly [HeadName, Head])[];
  readonly packed: Int16Array;
}

function pairOf(model: Model, [first, second]: readonly [HeadName, HeadName | undefined]): Pair {
  const packed = new Int16Array(1 << BUCKET_BITS);
  const high = model[first].weights;
  const low = second && model[second].weights;
  for (let i = 0; i < packed.length; i++) packed[i] = ((high[i] ?? 0) << 8) + (low?.[i] ?? 0);
  const heads = second ? ([first, second] as const) : ([first] as const);
  return { heads: heads.map((name) => [name, model[name]] as const), packed };
}

/** Three words that came so many words ago say nothing new: repetition is not evidence. */
const REPEATED_WITHIN = 16;
/** Places to remember them in, a power of two; few, so that they stay in the cache. */
const SEEN = 16_384;
/** Times begin anew before they outgrow what is fast. */
const TIME_MAX = 2 ** 30;

/** Sums of weights up to and with each token; grown as texts need it, up to a size that is kept. */
class Sums {
  readonly tokens: Tokens = new Tokens();
  /** Which three words came last at a place, by their number, and when; time goes on from text to text: nothing is cleared. */
  readonly #seen = new Int32Array(SEEN).fill(-1);
  readonly #seenAt = new Int32Array(SEEN);
  #now = 0;
  high: Int32Array = new Int32Array(1024);
  low: Int32Array = new Int32Array(1024);
  counts: Int32Array = new Int32Array(1024);

  /** Takes in a text in place of the one before. */
  read(text: string, packed: Int16Array): void {
    tokenise(text, this.tokens);
    if (this.high.length <= this.tokens.count) this.#grow();
    this.#now += REPEATED_WITHIN;
    if (this.#now > TIME_MAX) {
      this.#now = 0;
      this.#seen.fill(-1);
    }
    this.#sum(packed);
  }

  #sum(packed: Int16Array): void {
    const { high, low, counts } = this;
    const { count, features, featuresEnd } = this.tokens;
    const seen = this.#seen;
    const seenAt = this.#seenAt;
    let now = this.#now;
    let first = 0;
    let second = 0;
    let from = 0;
    for (let token = 0; token < count; token++) {
      const end = featuresEnd[token] ?? 0;
      const threeWords = features[from + 2] ?? 0;
      const place = threeWords & (SEEN - 1);
      now++;
      // What is repeated keeps its place: what stands around it is as far apart as it is.
      if (seen[place] !== threeWords || now - (seenAt[place] ?? 0) > REPEATED_WITHIN) {
        for (let i = from; i < end; i++) {
          const both = packed[(features[i] ?? 0) >>> BUCKET_SHIFT] ?? 0;
          const own = (both << 24) >> 24;
          first += (both - own) >> 8;
          second += own;
        }
      }
      seen[place] = threeWords;
      seenAt[place] = now;
      high[token + 1] = first;
      low[token + 1] = second;
      counts[token + 1] = from = end;
    }
    this.#now = now;
  }

  #grow(): void {
    const size = 2 * this.tokens.count;
    this.high = new Int32Array(size);
    this.low = new Int32Array(size);
    this.counts = new Int32Array(size);
  }
}

/** Of fewer words nothing can be told; content is seldom so short, and a row of letters is no sentence. */
const TOKENS_MIN: Readonly<Record<Trust, number>> = { user: 3, system: 3, tool: 6 };
/** Tokens a text may leave room for behind it. */
const KEPT_MAX = 65_536;

export class Heads {
  readonly #pairs: Readonly<Record<Trust, Pair>>;
  #sums = new Sums();

  constructor(model: Model) {
    const user = pairOf(model, HEARD.user);
    this.#pairs = { user, system: user, tool: pairOf(model, HEARD.tool) };
  }

  /** What the heads for such a text say of it, one signal a head at most; linear. */
  judge(text: string, trust: Trust): Signal[] {
    const { heads, packed } = this.#pairs[trust];
    const sums = this.#sums;
    sums.read(text, packed);
    const signals: Signal[] = [];
    if (sums.tokens.count < TOKENS_MIN[trust]) return signals;
    for (const [index, [name, head]] of heads.entries()) {
      const signal = verdict(name, head, sums, index === 0 ? sums.high : sums.low);
      if (signal) signals.push(signal);
    }
    if (sums.high.length > KEPT_MAX) this.#sums = new Sums();
    return signals;
  }
}

function verdict(name: HeadName, head: Head, sums: Sums, totals: Int32Array): Signal | undefined {
  const { bias, scale, observe, block } = head;
  const { count: length, starts, ends } = sums.tokens;
  const { counts } = sums;
  let most = Number.NEGATIVE_INFINITY;
  let best: readonly [number, number] = [0, 0];
  for (const { size, stride } of WINDOWS[name]) {
    for (let from = 0; from < length; from += stride) {
      const to = Math.min(length, from + size);
      const sum = (totals[to] ?? 0) - (totals[from] ?? 0);
      const logit = logitOf(bias, scale * sum, (counts[to] ?? 0) - (counts[from] ?? 0));
      if (logit > most) [most, best] = [logit, [from, to]];
      if (to === length) break;
    }
    if (length <= size) break;
  }
  const above = most - chanceOf(name, length) - observe;
  const weight = 1 / (1 + Math.exp((-LOGIT_BLOCK * above) / (block - observe)));
  if (!(weight >= WEIGHT_MIN)) return undefined;
  const [first, last] = loudest(totals, best[0], best[1]);
  const [type, reason] = SAID[name];
  return { type, rule: 'head', weight, reason, start: starts[first] ?? 0, end: ends[last] ?? 0 };
}

/** First and last token of the run with the largest sum. */
function loudest(totals: Int32Array, from: number, to: number): readonly [number, number] {
  let most = Number.NEGATIVE_INFINITY;
  let found: readonly [number, number] = [from, to - 1];
  let start = from;
  for (let at = from; at < to; at++) {
    if ((totals[at] ?? 0) < (totals[start] ?? 0)) start = at;
    const sum = (totals[at + 1] ?? 0) - (totals[start] ?? 0);
    if (sum > most) [most, found] = [sum, [start, at]];
  }
  return found;
}

/** The heads as shipped; about a millisecond to read. */
export const heads: Heads = new Heads(readModel(readFileSync(MODEL_FILE)));
