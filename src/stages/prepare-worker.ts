/** What a screening worker runs: the same preparation as inline. Refusals travel as data. */
import { asRefusal } from '../base/errors.ts';
import { prepare, type Preparation, type PrepareJob, type RefusalData } from '../domain/preparation.ts';

export type PrepareResult = { readonly prepared: Preparation } | { readonly refusal: RefusalData };

export default function run(job: PrepareJob): PrepareResult {
  try {
    return { prepared: prepare(job) };
  } catch (error) {
    const { code, options } = asRefusal(error);
    if (code === 'gateway.fault') throw error;
    return { refusal: { code, options } };
  }
}
