/**
 * `sallyport train FOLDER [FILE]`: trains the heads on a folder of labelled texts and on the grammars beside this file,
 * sets their points by the rule in cross-fit.ts, writes one file, prints how each source fares when it is left out.
 * Minutes on one core; the same folder and seed give the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Head, type HeadName, HEADS, type Model, MODEL_FILE, writeModel } from '../model.ts';
import { compose, generate, readExamples } from './corpus.ts';
import {
  crossFit,
  type Points,
  pointsOf,
  prepare,
  type Prepared,
  reportOf,
  weightedFor,
} from './cross-fit.ts';
import { learn, type Learned } from './learner.ts';

const SEED = 20_261_125;
const GRAMMARS = join(import.meta.dirname, 'grammars');

/** Usage of the command; exit codes as all commands have. */
export function runTrain([folder, file = MODEL_FILE]: readonly string[]): number {
  if (folder === undefined) {
    process.stderr.write('usage: train FOLDER [FILE]\n');
    return 2;
  }
  const { model, report } = train(folder);
  writeFileSync(file, writeModel(model));
  process.stdout.write(`${report}\n`);
  return 0;
}

export function train(folder: string, grammars = GRAMMARS): { model: Model; report: string } {
  const base = [...readExamples(folder), ...generate(grammars, SEED)];
  const examples = prepare([...base, ...compose(base, SEED)]);
  const fits = new Map<HeadName, { logits: Float64Array; points: Points }>();
  for (const head of HEADS) {
    const logits = crossFit(head, examples, SEED);
    fits.set(head, { logits, points: pointsOf(head, examples, logits) });
  }
  const headOf = (head: HeadName): Head => finished(head, examples, fits.get(head)?.points);
  const model = { override: headOf('override'), persona: headOf('persona'), untrusted: headOf('untrusted') };
  return { model, report: reportOf(examples, fits) };
}

/** Learnt from everything, with the points found out of source. */
function finished(head: HeadName, examples: readonly Prepared[], points?: Points): Head {
  const learned = learn(head, weightedFor(head, examples), SEED);
  const { observe = Infinity, block = Infinity } = points ?? {};
  return { ...quantised(learned), observe, block };
}

/** The few weights beyond are cut, so that the many have finer steps. */
const CUT = 0.9995;

function quantised({ bias, weights }: Learned): Omit<Head, 'observe' | 'block'> {
  const sizes = weights.map(Math.abs).sort();
  const scale = Math.max(1e-6, sizes[Math.floor(CUT * sizes.length)] ?? 0) / 127;
  const steps = Int8Array.from(weights, (weight) =>
    Math.max(-127, Math.min(127, Math.round(weight / scale))),
  );
  return { bias, scale, weights: steps };
}
