/** Placeholders: numbered in order, equal for equal values, never taken for what the text said already. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Vault } from '../../src/guardrails/placeholders.ts';

describe('issue', () => {
  it('numbers each type from one, in order', () => {
    const vault = new Vault();
    expect(vault.issue('EMAIL', 'ann@example.com')).toBe('<EMAIL_1>');
    expect(vault.issue('PHONE', '+14155552671')).toBe('<PHONE_1>');
    expect(vault.issue('EMAIL', 'bob@example.com')).toBe('<EMAIL_2>');
  });

  it('gives two people two numbers, and two spellings of one value one', () => {
    const vault = new Vault();
    expect(vault.issue('EMAIL', 'ann@example.com')).toBe(vault.issue('EMAIL', 'Ann@Example.com'));
    expect(vault.issue('EMAIL', 'bob@example.com')).toBe('<EMAIL_2>');
    expect(vault.entries).toHaveLength(2);
  });

  it.each(['<EMAIL_1>', 'email_1', '`<EMAIL\\_1>`', 'EMAIL_01'])(
    'skips a name the text holds: %s',
    (held) => {
      const vault = new Vault();
      vault.reserve(`what does ${held} mean?`);
      expect(vault.issue('EMAIL', 'ann@example.com')).toBe('<EMAIL_2>');
    },
  );
});

describe('restore', () => {
  const vault = Vault.from([{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'ann@example.com' }]);
  it.each(['<EMAIL_1>', '<email_1>', '<EMAIL\\_1>'])('%s', (written) => {
    expect(vault.restore(`Write to ${written}.`)).toBe('Write to ann@example.com.');
  });

  it.each(['<EMAIL_2>', '<EMAIL_>', '<EMAIL_1', 'EMAIL_1', '<PHONE_1>', '<EMAIL_11>'])(
    'leaves %s alone',
    (written) => {
      expect(vault.restore(written)).toBe(written);
    },
  );

  it('does not interpret what it puts in', () => {
    const odd = Vault.from([{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: "$&$1$'@example.com" }]);
    expect(odd.restore('<EMAIL_1>')).toBe("$&$1$'@example.com");
  });

  it('shares nothing between vaults', () => {
    expect(new Vault().restore('<EMAIL_1>')).toBe('<EMAIL_1>');
  });

  it('gives back any text whose values were replaced', () => {
    const email = fc.integer({ min: 0, max: 9 }).map((n) => `user${n}@example.com`);
    const filler = fc.string({ maxLength: 20 }).filter((text) => !/[@\w]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(filler, email), { maxLength: 12 }), (pieces) => {
        const vault = new Vault();
        const replaced = pieces.map(([text, value]) => text + vault.issue('EMAIL', value)).join('');
        expect(vault.restore(replaced)).toBe(pieces.map(([text, value]) => text + value).join(''));
      }),
      { seed: 99, numRuns: 300 },
    );
  });
});
