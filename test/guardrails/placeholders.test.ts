/** Placeholders: numbered in order, equal for equal values, never taken for what the text said already. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChainPlaceholders,
  namedIn,
  Vault,
  type VaultEntry,
} from '../../src/guardrails/placeholders.ts';

const vaultOf = (entries: readonly VaultEntry[]): Vault => new Vault({ numbers: {}, entries });

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
    expect(vault.restorable).toHaveLength(2);
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
  const vault = vaultOf([{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'ann@example.com' }]);
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
    const odd = vaultOf([{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: "$&$1$'@example.com" }]);
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

describe('in a chain of calls', () => {
  const ANN = { placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'ann@example.com', at: 7 };
  const earlier: ChainPlaceholders = { numbers: { EMAIL: 3 }, entries: [ANN] };

  it('equal values keep their number, new ones get numbers after the highest', () => {
    const vault = new Vault(earlier);
    expect(vault.issue('EMAIL', 'ANN@example.com')).toBe('<EMAIL_1>');
    expect(vault.issue('EMAIL', 'bob@example.com')).toBe('<EMAIL_4>');
    expect(vault.issue('PHONE', '+14155552671')).toBe('<PHONE_1>');
    expect(vault.chain.numbers).toEqual({ EMAIL: 4, PHONE: 1 });
    expect(vault.restore('<EMAIL_1> <EMAIL_2> <EMAIL_4>')).toBe('ann@example.com <EMAIL_2> bob@example.com');
  });

  it('a value that is given again counts as given now, in the spelling it had first', () => {
    const vault = new Vault(earlier);
    expect(vault.chain.entries).toEqual([ANN]);
    vault.issue('EMAIL', 'ANN@example.com');
    expect(vault.chain.entries).toEqual([{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: ANN.value }]);
  });

  it('a name that the text holds stands for nothing in this call, and is kept for the next', () => {
    const vault = new Vault(earlier);
    vault.reserve('my template says <EMAIL_1> and <EMAIL_9>');
    expect(vault.restore('<EMAIL_1>')).toBe('<EMAIL_1>');
    expect(vault.issue('EMAIL', ANN.value)).toBe('<EMAIL_4>');
    expect(vault.chain.entries.map(({ placeholder }) => placeholder)).toEqual(['<EMAIL_1>', '<EMAIL_4>']);
    expect(new Vault(vault.chain).issue('EMAIL', 'bob@example.com')).toBe('<EMAIL_10>');
  });

  it('names that texts hold by themselves will not be issued later', () => {
    expect(
      namedIn([{ text: 'fill in <EMAIL_2>, `&lt;phone\\_7&gt;`, EMAIL_9' }, { text: 'hello' }]).numbers,
    ).toEqual({
      EMAIL: 2,
      PHONE: 7,
    });
    expect(namedIn([{ text: '<EMAIL_1000000> and <a_b>' }]).numbers).toEqual({});
    const many = Array.from(
      { length: 999 },
      (_, i) => `${String.fromCharCode(65 + (i % 26), 65 + ((i / 26) % 26), 65 + i / 676)}_1`,
    );
    expect(Object.keys(namedIn([{ text: many.map((name) => `<${name}>`).join(' ') }]).numbers)).toHaveLength(
      64,
    );
  });

  it('once numbers up to one may be quoted from files, none of them is issued or comes back, of any type', () => {
    const quoting = new Vault({ numbers: { EMAIL: 1 }, entries: [ANN] }, 100);
    expect(quoting.restore('<EMAIL_1>')).toBe('<EMAIL_1>');
    expect(quoting.issue('EMAIL', ANN.value)).toBe('<EMAIL_101>');
    const later = new Vault(quoting.chain);
    expect(later.restore('<EMAIL_1> <EMAIL_101>')).toBe(`<EMAIL_1> ${ANN.value}`);
    expect(later.issue('PHONE', '+14155552671')).toBe('<PHONE_101>');
    expect(new Vault(new Vault({ numbers: {}, entries: [] }, 100).chain).issue('IP', '192.0.2.7')).toBe(
      '<IP_101>',
    );
  });

  it('is bounded: what is beyond is redacted for good', () => {
    const vault = new Vault();
    const long = 'x'.repeat(100_000);
    expect(['a', 'b', 'c'].map((name) => vault.issue('ADDRESS', name + long))).toEqual([
      '<ADDRESS_1>',
      '<ADDRESS_2>',
      '[REDACTED]',
    ]);
    const full = new Vault(vault.chain);
    expect(full.issue('ADDRESS', `c${long}`)).toBe('[REDACTED]');
  });
});
