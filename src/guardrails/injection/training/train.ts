/**
 * `sallyport train FOLDER [FILE]`: trains the heads on a folder of labelled texts and on the grammars beside this file,
 * sets their points by the rule in cross-fit.ts, writes one file, prints how each source fares when it is left out.
 * Minutes on one core; the same folder, repository and seed give the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Head, type HeadName, HEADS, type Model, MODEL_FILE, writeModel } from '../model.ts';
import { Heads } from '../heads.ts';
import { compose, type Example, FOLDS, generate, readExamples } from './corpus.ts';
import { crossFit, type CrossFitted, type Points, pointsOf, prepare, weightedFor } from './cross-fit.ts';
import { declaration } from './declaration.ts';
import { manuals } from './manuals.ts';
import { learn, type Learned } from './learner.ts';
import { reportOfHeads, reportOfWhole } from './report.ts';
import { reworded } from './rewording.ts';

const SEED = 20_261_125;
const GRAMMARS = join(import.meta.dirname, 'grammars');
/** Texts by another hand: nothing is learnt from them. */
const HELD_BACK = join(import.meta.dirname, 'held-back');

/** Usage of the command; exit codes as all commands have. */
export function runTrain([folder, file = MODEL_FILE]: readonly string[]): number {
  if (folder === undefined) {
    process.stderr.write('usage: train FOLDER [FILE]\n');
    return 2;
  }
  const { model, report } = train(folder, { also: [...declaration(), ...manuals()] });
  writeFileSync(file, writeModel(model));
  process.stdout.write(`${report}\n`);
  return 0;
}

export interface TrainOptions {
  readonly grammars?: string;
  readonly heldBack?: string;
  /** Honest texts from elsewhere. */
  readonly also?: readonly Example[];
}

export function train(
  folder: string,
  { grammars = GRAMMARS, heldBack = HELD_BACK, also = [] }: TrainOptions = {},
): { model: Model; report: string } {
  const base = [...readExamples(folder), ...also, ...generate(grammars, SEED)];
  const examples = prepare([...base, ...compose(base, SEED), ...reworded(base, SEED)]);
  const fits = new Map<HeadName, CrossFitted & { points: Points }>();
  for (const head of HEADS) {
    const fit = crossFit(head, examples, SEED);
    fits.set(head, { ...fit, points: pointsOf(head, examples, fit.logits) });
  }
  const modelOf = (learnedOf: (head: HeadName) => Learned | undefined): Model => ({
    override: headOf(learnedOf('override'), fits.get('override')?.points),
    persona: headOf(learnedOf('persona'), fits.get('persona')?.points),
    untrusted: headOf(learnedOf('untrusted'), fits.get('untrusted')?.points),
  });
  const model = modelOf((head) => learn(head, weightedFor(head, examples), SEED));
  const apart = Array.from(
    { length: FOLDS },
    (_, fold) => new Heads(modelOf((head) => fits.get(head)?.learned[fold])),
  );
  const whole = new Heads(model);
  const report = [
    reportOfHeads(examples, fits),
    reportOfWhole('left out, whole', examples, ({ source, fold }) =>
      source.includes(':') ? undefined : apart[fold],
    ),
    reportOfWhole('held back, whole', generate(heldBack, SEED), () => whole),
  ];
  return { model, report: report.join('\n\n') };
}

/** Points found out of source, whatever the head has seen. */
function headOf(learned: Learned | undefined, points?: Points): Head {
  if (!learned) throw new Error('a head was not trained');
  const { observe = Infinity, block = Infinity } = points ?? {};
  return { ...quantised(learned), observe, block };
}

/** The largest weight has the last step: the few that are large are what speaks for an order, so none is cut. */
function quantised({ bias, weights }: Learned): Omit<Head, 'observe' | 'block'> {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6);
  const scale = largest / 127;
  return { bias, scale, weights: Int8Array.from(weights, (weight) => Math.round(weight / scale)) };
}
