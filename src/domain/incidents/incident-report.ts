/** Incidents for those who were not there: the evidence as it stands in the audit log, and a post-mortem to be filled in. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import type { Entry } from '../../ports/audit-log.ts';
import type { IncidentRecord } from '../../ports/incident-store.ts';
import { visible } from '../approvals/approval-rendering.ts';
import type { ReadNote } from './incidents.ts';

/** What is known of an incident. */
export interface IncidentFacts {
  readonly incident: IncidentRecord;
  readonly notes: readonly ReadNote[];
  /** As in the log, the oldest first. */
  readonly timeLine: readonly Entry[];
  /** Outcomes of whom it is of, in its time. */
  readonly calls: readonly Entry[];
}

/** What the rules were, and which hold now. */
export interface EvidenceRules {
  readonly version: string;
  readonly rule: unknown;
}

/**
 * The same for the same facts; `digest` is the SHA-256 of everything else in canonical form (RFC 8785). Entries carry
 * their place and hash, so that `audit verify` and a checkpoint say whether they are the log's.
 */
export function evidenceOf({ incident, notes, timeLine }: IncidentFacts, rules: EvidenceRules) {
  const { notes: _, version: __, ...facts } = incident;
  const bundle = { format: 1, incident: facts, notes, rules, entries: timeLine };
  return { ...bundle, digest: hash('sha256', canonicalJson(bundle)) };
}

/** Calls and money, as the audit log has them. */
export function impactOf({ timeLine, calls }: Pick<IncidentFacts, 'timeLine' | 'calls'>) {
  const counted = timeLine.filter(({ action }) => !/^(?:admin\.)?incident\./.test(action));
  const codes: Record<string, number> = {};
  for (const { action, metadata } of counted) {
    const code = typeof metadata['code'] === 'string' ? metadata['code'] : action;
    codes[code] = (codes[code] ?? 0) + 1;
  }
  const nano = calls.reduce((sum, { metadata }) => sum + nanoOf(metadata['settledNano']), 0);
  return { events: counted.length, codes, calls: calls.length, settledUsd: nano / 1e9 };
}

const nanoOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const iso = (ms: number): string => new Date(ms).toISOString();

/** A post-mortem in Markdown: what is known, and headings for what only people know. */
export function postMortemOf(facts: IncidentFacts): string {
  const { incident, notes, timeLine } = facts;
  const sections: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    [`# Incident ${inert(incident.rule)}, ${incident.severity}`, headOf(incident)],
    ['## Summary', ['_What happened, in a few sentences._']],
    ['## Impact', impactLines(facts)],
    ['## Time line', timeLine.map(lineOf)],
    ['## Actions taken', actionsOf(incident)],
    ['## Notes', notes.flatMap(quoted)],
    ['## Root cause', ['_Why it could happen._']],
    ['## What went well, what did not', []],
    ['## What is changed so that it does not happen again', []],
  ];
  return sections.map(([heading, lines]) => `${[heading, '', ...lines].join('\n').trimEnd()}\n`).join('\n');
}

function headOf({ id, subject, user, state, openedAt, closedAt, openedBy }: IncidentRecord): string[] {
  const whose =
    user !== undefined && (subject.kind === 'key' || subject.kind === 'endUser') ? ` of ${inert(user)}` : '';
  return [
    `- Id: ${inert(id)}`,
    `- Of: ${subject.kind} ${inert(subject.value)}${whose}`,
    `- State: ${state}`,
    `- Opened: ${iso(openedAt)} by ${inert(openedBy)}`,
    `- Closed: ${closedAt === undefined ? 'not yet' : iso(closedAt)}`,
  ];
}

function impactLines(facts: IncidentFacts): string[] {
  const { events, codes, calls, settledUsd } = impactOf(facts);
  return [
    `- Counted by the rule: ${facts.incident.count}; entries in the time line: ${events}`,
    ...Object.entries(codes).map(([code, count]) => `- ${inert(code)}: ${count}`),
    `- Calls of the same in that time: ${calls}, for ${settledUsd} US dollars`,
  ];
}

function actionsOf({ contained, steps }: IncidentRecord): string[] {
  const shut = contained.map(
    ({ kind, of, value, tier, at, until, liftedAt, liftedBy }) =>
      `- ${iso(at)}: ${kind} of ${of} ${inert(value)}` +
      (tier === undefined ? '' : ` to tier ${inert(tier)}`) +
      (until === undefined ? '' : ` until ${iso(until)}`) +
      (liftedAt === undefined ? '' : `; lifted ${iso(liftedAt)} by ${inert(liftedBy ?? '')}`),
  );
  return [...shut, ...steps.map(({ state, at, by }) => `- ${iso(at)}: ${state}, by ${inert(by)}`)];
}

function quoted({ at, by, text = 'sealed with a secret that is known no more' }: ReadNote): string[] {
  return [`${iso(at)}, ${inert(by)}:`, '', ...text.split('\n').map((line) => `> ${inert(line)}`), ''];
}

function lineOf({ timestamp, userId, action, resource, status, metadata, chain, sequence }: Entry): string {
  const code = typeof metadata['code'] === 'string' ? ` ${inert(metadata['code'])}` : '';
  const place = `${inert(chain)}:${sequence}`;
  return `- ${timestamp}: ${inert(userId)} ${inert(action)} ${inert(resource)} ${status}${code} (${place})`;
}

/** Everything that Markdown or HTML could read as more than text. */
const SPECIAL = /[!-/:-@[-`{-~]/g;
/** Programs make links of these without being asked. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  ':': '&#58;',
  '@': '&#64;',
};
/** Words and ids as they are: what they are made of needs no mark within a line. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9 -]*$/;

/** Text that stays text in any reader of Markdown, on one line; what hides is written out. */
function inert(text: string): string {
  const seen = visible(text.replace(/[\r\n]+/g, ' ')).text;
  if (PLAIN.test(seen)) return seen;
  return seen.replace(SPECIAL, (char) => ENTITIES[char] ?? `\\${char}`).replace(/^ +/, '');
}
