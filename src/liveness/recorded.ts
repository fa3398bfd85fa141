/** Whether a call of the probe is on record as every call must be. */
import type { EntryDraft } from '../ports/audit-log.ts';
import type { ProbeCall } from './call.ts';
import { PROBE_USER } from './probe-user.ts';
import type { Seen } from './seen.ts';

/** What is wrong with its records; undefined if nothing is. */
export function recordFault(seen: Seen, { planted = [], stranger }: ProbeCall): string | undefined {
  const { entries, sentUp, isOnRecordFirst } = seen;
  if (sentUp !== undefined && !isOnRecordFirst) return 'it went upstream before it was on record';
  // `exchange.intent`, `tool.intent`.
  const count = (step: string): number => entries.filter(({ action }) => action.endsWith(`.${step}`)).length;
  const hasIntent = count('intent') > 0;
  if (count('outcome') !== Number(hasIntent)) return 'an intent without just one outcome';
  if (count('refused') !== Number(!hasIntent)) return 'a refusal without just one entry';
  const whose = stranger ? 'anonymous' : PROBE_USER;
  if (entries.some(({ userId }) => userId !== whose)) return 'on record under another name';
  return planted.some((value) => isIn(value, entries)) ? 'what was said is on record' : undefined;
}

function isIn(value: string, entries: readonly EntryDraft[]): boolean {
  return JSON.stringify(entries).includes(value);
}
