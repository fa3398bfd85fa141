/** What operators add and allow: their patterns find, in linear time; what they allow is nothing, to any policy. */
import { describe, expect, it } from 'vitest';
import { screen, type ScreenInput } from '../../src/guardrails/screening.ts';
import { guardrailsSchema, screenPolicy } from '../../src/guardrails/settings.ts';

const policy = (section: object): ReturnType<typeof screenPolicy> =>
  screenPolicy(guardrailsSchema.parse(section));
const prose = (text: string): ScreenInput => ({ text, trust: 'user', class: 'prose' });
const rewritten = (text: string, section: object): string =>
  screen([prose(text)], policy({ injection: { action: 'off' }, ...section })).rewrites[0]?.text ?? text;

const CUSTOM = [
  { type: 'EMPLOYEE_ID', pattern: '\\bE\\d{5}\\b' },
  { type: 'CASE_FILE', pattern: '\\d{4}/\\d{2}', label: 'Case' },
];

describe('patterns', () => {
  it('find, and are replaced by their type', () => {
    expect(rewritten('E12345 asked about case 2024/17, not 2024/18', { pii: { custom: CUSTOM } })).toBe(
      '<EMPLOYEE_ID_1> asked about case <CASE_FILE_1>, not <CASE_FILE_2>',
    );
    expect(rewritten('in 2024/17', { pii: { custom: CUSTOM } })).toBe('in 2024/17');
  });

  it('see through what hides characters, and give the place in the text that came', () => {
    expect(rewritten('staff Ｅ１２\u200b345!', { pii: { custom: CUSTOM } })).toBe('staff <EMPLOYEE_ID_1>!');
  });

  it('yield to what is proven, and stand against what is guessed', () => {
    const custom = [{ type: 'ANY_NUMBER', pattern: '[0-9 ]{12,19}' }];
    expect(rewritten('4111 1111 1111 1111', { pii: { custom } })).toBe('<CREDIT_CARD_1>');
    expect(rewritten('06 12 34 56 78 90', { pii: { custom } })).toBe('<ANY_NUMBER_1>');
  });

  it('that would ruin another engine take their time and no more', () => {
    const custom = [{ type: 'TRAP', pattern: '(a+)+$|(a|aa)+b' }];
    const text = `${'a'.repeat(40_000)}!`;
    // Exponential in an engine that tries again: it would not come back. Nothing is timed here.
    expect(rewritten(text, { pii: { custom } })).toBe(text);
  });
});

describe('allowed', () => {
  it('values are no findings, in any spelling', () => {
    const pii = { allow: { values: ['Help@Example.com'] } };
    expect(rewritten('help@example.com, ann@example.com', { pii })).toBe('help@example.com, <EMAIL_1>');
    expect(screen([prose('ＨＥＬＰ@example.com')], policy({ pii })).findings).toEqual([]);
  });

  it('patterns are matched as a whole', () => {
    const pii = { allow: { patterns: ['.*@example\\.com'] } };
    expect(rewritten('ann@example.com, ann@example.community', { pii })).toBe('ann@example.com, <EMAIL_1>');
  });

  it('secrets too, and what one policy allows another still finds', () => {
    const key = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const token: ScreenInput = { text: 'ann@example.com', trust: 'user', class: 'token' };
    expect(screen([prose(key)], policy({ secrets: { allow: { values: [key] } } })).findings).toEqual([]);
    expect(screen([token], policy({ pii: { allow: { values: ['ann@example.com'] } } })).findings).toEqual([]);
    expect(screen([token], policy({})).findings).toHaveLength(1);
  });
});

describe('an action for each type', () => {
  const text = 'ann@example.com, 415-555-2671, born 1990-05-04';
  it('over what holds otherwise', () => {
    const types = { EMAIL: 'observe', PHONE: 'redact', DATE_OF_BIRTH: 'redact' };
    expect(rewritten(text, { pii: { types } })).toBe('ann@example.com, <PHONE_1>, born <DATE_OF_BIRTH_1>');
    expect(screen([prose(text)], policy({ pii: { types: { EMAIL: 'block' } } })).block).toBe('pii');
  });

  it('off is not even told', () => {
    const screening = screen([prose(text)], policy({ pii: { types: { EMAIL: 'off', PHONE: 'off' } } }));
    expect(screening.findings.map(({ type }) => type)).toEqual(['DATE_OF_BIRTH']);
  });

  it('a tier that only observes observes all', () => {
    const settings = guardrailsSchema.parse({ pii: { types: { EMAIL: 'block' } } });
    expect(screen([prose(text)], screenPolicy(settings, { pii: 'observe' })).block).toBeUndefined();
  });
});
