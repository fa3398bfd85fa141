/** What upstream's ids look like: by how they begin, what they are of. Knows no object, and not whether there is one. */
import type { ObjectKind } from './endpoint.ts';

/** Beginnings of upstream's ids, by what they are of. Where two begin alike, the longer stands first. */
export const PREFIXES: readonly (readonly [prefix: string, kind: ObjectKind])[] = [
  ['resp_', 'response'],
  ['conv_', 'conversation'],
  ['file-', 'file'],
  ['file_', 'file'],
  ['upload_', 'upload'],
  ['part_', 'upload_part'],
  ['batch_', 'batch'],
  ['vsfb_', 'vector_store_file_batch'],
  ['vs_', 'vector_store'],
  ['cntr_', 'container'],
  ['cfile_', 'container_file'],
  ['chatcmpl-', 'chat_completion'],
  ['asst_', 'assistant'],
  ['thread_', 'thread'],
  ['run_', 'run'],
  ['evalrun_', 'eval_run'],
  ['eval_', 'eval'],
  ['ftjob-', 'fine_tuning_job'],
  ['ft:', 'fine_tuned_model'],
  ['video_', 'video'],
  ['skill_', 'skill'],
  ['rtc_', 'realtime_call'],
  ['pmpt_', 'prompt'],
  ['wf_', 'workflow'],
  ['cthr_', 'chatkit_thread'],
  ['cons_', 'voice_consent'],
  ['voice_', 'voice'],
];

/** What upstream's id is of, by how it begins; undefined where that says nothing. */
export function kindOfId(id: string): ObjectKind | undefined {
  return PREFIXES.find(([prefix]) => id.startsWith(prefix))?.[1];
}

/** What follows the beginning of an id that upstream made by itself: no word of anybody's. */
const RANDOM_MIN = 16;
const CHARS_MIN = RANDOM_MIN + Math.min(...PREFIXES.map(([prefix]) => prefix.length));
const CHARS_MAX = 220;
const WHOLE = new RegExp(
  `^(?:${PREFIXES.map(([prefix]) => prefix)
    .filter((prefix) => prefix !== 'ft:')
    .join('|')})[A-Za-z0-9]{${RANDOM_MIN},}$`,
);

/** The same for what can be nothing else than such an id, as a whole. Asked of every string of a body. */
export function kindOfWholeId(text: string): ObjectKind | undefined {
  if (text.length < CHARS_MIN || text.length > CHARS_MAX) return undefined;
  return WHOLE.test(text) ? kindOfId(text) : undefined;
}
