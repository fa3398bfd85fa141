/**
 * A post-mortem is text to whoever reads it, evidence the same for the same facts. Shown false by a note that is not
 * escaped, or line by line; by a digest over what was read when.
 */
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import {
  evidenceOf,
  impactOf,
  type IncidentFacts,
  postMortemOf,
} from '../../../src/domain/incidents/incident-report.ts';
import type { Entry } from '../../../src/ports/audit-log.ts';

const AT = Date.parse('2026-11-26T10:00:00.000Z');
const HOSTILE = [
  '# not a heading',
  '<script>alert(1)</script>',
  '![x](https://evil.example/pixel.png) [y](javascript:alert(1))',
  'https://evil.example www.evil.example a@evil.example',
  '| a | b |',
  '```',
  '- [ ] task',
  '1. one',
  'under\n===',
  '\u202egnp.exe \u0000 &amp; \\',
  '<https://evil.example>',
  '*bold* _it_ ~~gone~~ `code`',
].join('\n');

const entry = (sequence: number, more: Partial<Entry> = {}): Entry => ({
  timestamp: new Date(AT + sequence).toISOString(),
  userId: 'ada',
  action: 'exchange.refused',
  resource: 'chat.completions.create',
  status: 'failure',
  metadata: { code: 'guardrail.injection', credential: 'k1' },
  chain: '0198-a',
  sequence,
  previousHash: 'p',
  hash: 'h',
  ...more,
});
const facts: IncidentFacts = {
  incident: {
    id: '00000000-0000-4000-8000-000000000001',
    rule: 'injection-burst',
    subject: { kind: 'key', value: 'k1' },
    user: 'ada',
    severity: 'high',
    state: 'contained',
    openedBy: 'system',
    openedAt: AT,
    lastAt: AT,
    count: 2,
    version: 3,
    rulesVersion: '0123456789abcdef',
    wanted: [],
    contained: [
      { kind: 'ban', of: 'key', value: 'k1', at: AT, until: AT + 1000, liftedAt: AT + 9, liftedBy: 'grace' },
    ],
    steps: [{ state: 'detected', at: AT, by: 'system' }],
    notes: [],
  },
  notes: [
    { at: AT, by: 'grace', text: HOSTILE },
    { at: AT, by: 'grace', text: undefined },
  ],
  timeLine: [
    entry(1),
    entry(2, { resource: '<b>x</b>' }),
    entry(3, { action: 'incident.opened', userId: 'system' }),
  ],
  calls: [entry(4, { metadata: { settledNano: 1_500_000 } })],
};

test('hostile text is inert in Markdown: no markup, no link, nothing hidden, no line of its own', () => {
  const text = postMortemOf(facts);
  const quoted = text.split('\n').filter((line) => line.startsWith('> '));
  expect(quoted).toHaveLength(HOSTILE.split('\n').length + 1);
  for (const line of quoted) {
    const bare = line
      .slice(2)
      .replace(/\\[!-/:-@[-`{-~]/g, '')
      .replace(/&(?:amp|lt|gt|#58|#64);/g, '');
    expect(bare).toMatch(/^[\p{L}\p{N} ,.-]*$|⟦/u);
    expect(bare).not.toMatch(/[<>`*_|#[\]()!\\]/);
    expect(bare).not.toMatch(/[.][a-z]/);
  }
  expect(text).not.toMatch(/<[a-z/]|\]\(|https?:/);
  expect(text).not.toContain('\u202e');
  expect(text).toContain('⟦U\\+202E⟧');
  expect(text).toContain('sealed with a secret that is known no more');
  const headings = text.split('\n').filter((line) => line.startsWith('#'));
  expect(headings).toEqual([
    '# Incident injection-burst, high',
    '## Summary',
    '## Impact',
    '## Time line',
    '## Actions taken',
    '## Notes',
    '## Root cause',
    '## What went well, what did not',
    '## What is changed so that it does not happen again',
  ]);
});

test('impact is of what was counted and of the calls meanwhile', () => {
  expect(impactOf(facts)).toEqual({
    events: 2,
    codes: { 'guardrail.injection': 2 },
    calls: 1,
    settledUsd: 0.0015,
  });
  expect(postMortemOf(facts)).toContain('for 0.0015 US dollars');
});

test('evidence: entries as they stand in the log; the digest is of everything else', () => {
  const rules = { version: 'v', rule: { kind: 'count' } };
  const { digest, ...bundle } = evidenceOf(facts, rules);
  expect(bundle.entries).toEqual(facts.timeLine);
  expect(digest).toBe(hash('sha256', canonicalJson(bundle)));
  expect(evidenceOf(structuredClone(facts), rules).digest).toBe(digest);
  const [first, ...rest] = facts.timeLine;
  if (!first) throw new Error('there are entries');
  const changed = { ...facts, timeLine: [{ ...first, hash: 'other' }, ...rest] };
  expect(evidenceOf(changed, rules).digest).not.toBe(digest);
});
