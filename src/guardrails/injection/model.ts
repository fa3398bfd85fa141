/** What a file of trained heads holds, and how it is read and written: a line of JSON, then int8 weights, head by head. */
import { join } from 'node:path';
import { z } from 'zod';
import { BUCKET_BITS, FEATURES_VERSION } from './token-hash.ts';

/** `override`: orders and extraction by users; `persona`: role-play jailbreaks; `untrusted`: results of tools, documents. */
export const HEADS = ['override', 'persona', 'untrusted'] as const;
export type HeadName = (typeof HEADS)[number];

/** The file that is shipped; made by `sallyport train`. */
export const MODEL_FILE: string = join(import.meta.dirname, 'heads.bin');

/** Tokens a head looks at together, and how far one look is from the next; short looks find what long texts hide. */
export const WINDOWS: Readonly<
  Record<HeadName, readonly { readonly size: number; readonly stride: number }[]>
> = {
  override: [
    { size: 16, stride: 8 },
    { size: 60, stride: 30 },
  ],
  persona: [
    { size: 60, stride: 30 },
    { size: 200, stride: 100 },
  ],
  untrusted: [
    { size: 10, stride: 5 },
    { size: 18, stride: 9 },
    { size: 32, stride: 16 },
  ],
};

/** Damps what a few words alone can weigh. */
export const FEATURES_DAMP = 10;

/** A window's logit, from the sum of its weights over its count of features. */
export const logitOf = (bias: number, sum: number, count: number): number =>
  bias + sum / Math.sqrt(count + FEATURES_DAMP);

/** Of a text of so many tokens on, up to so many, its largest logit is less of a sign with each doubling, by so much. */
const RISES_FROM = 16;
const RISES_TO = 256;
const RISE: Readonly<Record<HeadName, number>> = { override: 0.4, persona: 0, untrusted: 0.3 };

/** What the largest of many windows has by chance, in logits: a text's own count of tokens says how many there are. */
export const chanceOf = (head: HeadName, tokens: number): number =>
  RISE[head] * Math.log2(Math.min(RISES_TO, Math.max(RISES_FROM, tokens)) / RISES_FROM);

const headSchema = z.object({
  bias: z.number(),
  /** Of one step of the int8 weights. */
  scale: z.number(),
  /** Logits: a finding from `observe` on, shipped to block from `block` on. */
  observe: z.number(),
  block: z.number(),
});
const headerSchema = z.object({
  features: z.literal(FEATURES_VERSION),
  bits: z.literal(BUCKET_BITS),
  heads: z.object({ override: headSchema, persona: headSchema, untrusted: headSchema }),
});

export interface Head extends z.infer<typeof headSchema> {
  readonly weights: Int8Array;
}
export type Model = Readonly<Record<HeadName, Head>>;

/** @throws Error if the bytes are not a model for these features. */
export function readModel(bytes: Uint8Array): Model {
  const end = bytes.indexOf(0x0a);
  const { heads } = headerSchema.parse(JSON.parse(Buffer.from(bytes.subarray(0, end)).toString('utf8')));
  const size = 1 << BUCKET_BITS;
  if (bytes.length !== end + 1 + HEADS.length * size)
    throw new Error('the file of trained heads is cut short');
  const weightsOf = (at: number): Int8Array =>
    new Int8Array(bytes.buffer, bytes.byteOffset + end + 1 + at * size, size);
  return {
    override: { ...heads.override, weights: weightsOf(0) },
    persona: { ...heads.persona, weights: weightsOf(1) },
    untrusted: { ...heads.untrusted, weights: weightsOf(2) },
  };
}

export function writeModel(model: Model): Uint8Array {
  const heads = Object.fromEntries(
    HEADS.map((name) => {
      const { bias, scale, observe, block } = model[name];
      return [name, { bias, scale, observe, block }];
    }),
  );
  const header = JSON.stringify({ features: FEATURES_VERSION, bits: BUCKET_BITS, heads });
  return Buffer.concat([
    Buffer.from(`${header}\n`),
    ...HEADS.map((name) => Buffer.from(new Uint8Array(model[name].weights))),
  ]);
}
