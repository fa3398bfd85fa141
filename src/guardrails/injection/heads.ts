/**
 * The trained heads at work: int8 weights over hashed features, read once a thread, two heads a pass. A head's score is
 * that of its heaviest stretch of tokens. Says where and how strongly; a linear model has no sentence to quote.
 */
import { readFileSync } from 'node:fs';
import type { Trust } from '../../base/finding.ts';
import { BUCKET_BITS, eachToken, type TokenSink } from './features.ts';
import { type Head, type HeadName, logitOf, type Model, MODEL_FILE, readModel, WINDOWS } from './model.ts';
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
/** Places to remember them in, a power of two. */
const SEEN = 65_536;

/** Sums up to and with each token; grown as texts need it, up to a size that is kept. */
class Sums implements TokenSink {
  packed: Int16Array = new Int16Array(0);
  length = 0;
  /** When three words came last, by their bucket; time goes on from text to text, so that nothing is cleared. */
  readonly #seen = new Float64Array(SEEN).fill(Number.NEGATIVE_INFINITY);
  #now = 0;
  high = new Int32Array(2049);
  low = new Int32Array(2049);
  counts = new Int32Array(2049);
  starts = new Int32Array(2049);
  ends = new Int32Array(2049);

  /** Forgets the text before. */
  begin(packed: Int16Array): void {
    this.packed = packed;
    this.length = 0;
    this.#now += REPEATED_WITHIN;
  }

  token(buckets: Int32Array, count: number, start: number, end: number): void {
    const threeWords = (buckets[2] ?? 0) & (SEEN - 1);
    const ago = ++this.#now - (this.#seen[threeWords] ?? 0);
    this.#seen[threeWords] = this.#now;
    const { packed } = this;
    let first = 0;
    let second = 0;
    // They keep their place: what stands around them is as far apart as it is.
    const heard = ago <= REPEATED_WITHIN ? 0 : count;
    for (let i = 0; i < heard; i++) {
      const both = packed[buckets[i] ?? 0] ?? 0;
      const low = (both << 24) >> 24;
      first += (both - low) >> 8;
      second += low;
    }
    const at = this.length++;
    if (at + 1 >= this.high.length) this.#grow();
    this.high[at + 1] = (this.high[at] ?? 0) + first;
    this.low[at + 1] = (this.low[at] ?? 0) + second;
    this.counts[at + 1] = (this.counts[at] ?? 0) + count;
    this.starts[at] = start;
    this.ends[at] = end;
  }

  #grow(): void {
    this.high = twice(this.high);
    this.low = twice(this.low);
    this.counts = twice(this.counts);
    this.starts = twice(this.starts);
    this.ends = twice(this.ends);
  }
}

function twice(from: Int32Array): Int32Array<ArrayBuffer> {
  const room = new Int32Array(2 * from.length);
  room.set(from);
  return room;
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
    sums.begin(packed);
    eachToken(text, sums);
    const signals: Signal[] = [];
    if (sums.length < TOKENS_MIN[trust]) return signals;
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
  let most = Number.NEGATIVE_INFINITY;
  let best: readonly [number, number] = [0, 0];
  for (const { size, stride } of WINDOWS[name]) {
    for (let from = 0; from < sums.length; from += stride) {
      const to = Math.min(sums.length, from + size);
      const sum = (totals[to] ?? 0) - (totals[from] ?? 0);
      const logit = logitOf(bias, scale * sum, (sums.counts[to] ?? 0) - (sums.counts[from] ?? 0));
      if (logit > most) [most, best] = [logit, [from, to]];
      if (to === sums.length) break;
    }
    if (sums.length <= size) break;
  }
  const weight = 1 / (1 + Math.exp((-LOGIT_BLOCK * (most - observe)) / (block - observe)));
  if (!(weight >= WEIGHT_MIN)) return undefined;
  const [first, last] = loudest(totals, best[0], best[1]);
  const [type, reason] = SAID[name];
  return { type, rule: 'head', weight, reason, start: sums.starts[first] ?? 0, end: sums.ends[last] ?? 0 };
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
