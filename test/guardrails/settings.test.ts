/** The guardrails' section: complete by default, strict, and a tier's word over the house's. */
import { expect, it } from 'vitest';
import { guardrailsSchema, screenPolicy } from '../../src/guardrails/settings.ts';

it('is complete when nothing is said', () => {
  expect(guardrailsSchema.parse({})).toMatchObject({
    injection: { action: 'block', toolResults: 'taint' },
    pii: { action: 'redact', reversible: true, inTokens: 'observe' },
    secrets: { action: 'block', inTokens: 'block' },
    timeoutMs: 2000,
    workers: { threads: 1, queueMax: 64, overBytes: 16_384 },
  });
});

it('takes the documented form', () => {
  const section = {
    injection: { action: 'observe' },
    pii: { action: 'redact', reversible: false },
    secrets: { action: 'off' },
  };
  expect(guardrailsSchema.parse(section)).toMatchObject(section);
});

it.each([{ injections: {} }, { pii: { action: 'mask' } }, { pii: { types: ['NAME'] } }, { timeoutMs: 0 }])(
  'refuses %j',
  (section) => {
    expect(guardrailsSchema.safeParse(section).success).toBe(false);
  },
);

it('lets a tier say otherwise', () => {
  const policy = screenPolicy(guardrailsSchema.parse({}), { pii: 'observe' });
  expect(policy).toMatchObject({
    injection: 'block',
    pii: 'observe',
    secrets: 'block',
    toolInjection: 'taint',
  });
});

it('takes types with an action each, patterns and allow-lists of the operator', () => {
  const settings = guardrailsSchema.parse({
    pii: {
      types: { IP: 'observe', PERSON: 'block', EMPLOYEE_ID: 'redact' },
      custom: [{ type: 'EMPLOYEE_ID', pattern: 'E\\d{5}', label: 'employee' }],
      allow: { values: ['help@example.com'] },
    },
  });
  expect(screenPolicy(settings)).toMatchObject({
    piiActions: { IP: 'observe', PERSON: 'block', EMPLOYEE_ID: 'redact' },
    custom: [{ type: 'EMPLOYEE_ID', pattern: 'E\\d{5}', label: 'employee', score: 0.9 }],
    allow: { pii: { values: ['help@example.com'], patterns: [] } },
  });
  expect(screenPolicy(guardrailsSchema.parse({}))).not.toHaveProperty('custom');
});

it.each([
  [{ pii: { types: { NAME: 'redact' } } }],
  [{ pii: { types: { EMAIL: 'mask' } } }],
  [{ pii: { custom: [{ type: 'employee', pattern: 'x' }] } }],
  [{ pii: { custom: [{ type: 'EMPLOYEE', pattern: '(?=x)' }] } }],
  [{ pii: { custom: Array.from({ length: 33 }, () => ({ type: 'EMPLOYEE', pattern: 'x' })) } }],
  [{ secrets: { allow: { patterns: ['('] } } }],
])('refuses %j', (section) => {
  expect(guardrailsSchema.safeParse(section).success).toBe(false);
});
