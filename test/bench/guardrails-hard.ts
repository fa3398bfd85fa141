/**
 * What disguises do to the injection guardrail, over the short attacks of a folder that it finds in clear and the short
 * honest texts it does not: how many are still found in each disguise.
 */
import { SHIPPED_POLICY } from '../../src/guardrails/scan.ts';
import { screen } from '../../src/guardrails/screening.ts';
import { DISGUISES } from '../guardrails/injection/disguise.ts';
import { type InjectionRow, trustOf } from './labelled-rows.ts';

/** Of each label, spread over the folder. */
const TEXTS_MAX = 200;
/** In ASCII, as some codings write a byte a letter. */
// oxlint-disable-next-line no-control-regex
const SHORT = /^[\t\n\u0020-\u007e]{20,400}$/;

const isFound = (text: string, row: InjectionRow): boolean =>
  screen([{ text, trust: trustOf(row), class: 'prose' }], SHIPPED_POLICY).findings.some(
    ({ guardrail }) => guardrail === 'injection',
  );

const share = (own: readonly InjectionRow[], disguise: (text: string) => string): string =>
  ((100 * own.filter((row) => isFound(disguise(row.text), row)).length) / own.length).toFixed(1);

/** A Markdown table. */
export function disguiseTable(rows: readonly InjectionRow[]): string {
  const short = rows.filter(({ text }) => SHORT.test(text));
  const attacks = spread(short.filter((row) => row.label === 1 && isFound(row.text, row)));
  const honest = spread(short.filter((row) => row.label === 0 && !isFound(row.text, row)));
  return [
    `| disguise | of ${attacks.length} attacks found in clear, found % | of ${honest.length} honest texts, found % |`,
    '|---|---:|---:|',
    ...Object.entries(DISGUISES).map(
      ([name, disguise]) => `| ${name} | ${share(attacks, disguise)} | ${share(honest, disguise)} |`,
    ),
  ].join('\n');
}

function spread(rows: readonly InjectionRow[]): readonly InjectionRow[] {
  const step = Math.max(1, Math.floor(rows.length / TEXTS_MAX));
  return rows.filter((_, at) => at % step === 0).slice(0, TEXTS_MAX);
}
