/** Personal data is found where it is, with exact places, and what only looks like it is left alone. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalValue, piiGuardrail } from '../../../src/guardrails/pii/pii.ts';

const found = (text: string): string[] =>
  piiGuardrail.inspect(text, 'user').map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

describe('is found', () => {
  it.each([
    ['Write to ann.lee+news@mail.example.org, please.', 'EMAIL ann.lee+news@mail.example.org'],
    ['<mailto:bo@sub.example.co.uk>', 'EMAIL bo@sub.example.co.uk'],
    ['ends in a dot: ann@example.com.', 'EMAIL ann@example.com'],
    ['ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'EMAIL ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['call 415-555-2671 today', 'PHONE 415-555-2671'],
    ['(415) 555-2671 ext. 12', 'PHONE (415) 555-2671 ext. 12'],
    ['1-415-555-2671', 'PHONE 1-415-555-2671'],
    ['+44 20 7946 0958', 'PHONE +44 20 7946 0958'],
    ['+14155552671', 'PHONE +14155552671'],
    ['+49 (30) 901820', 'PHONE +49 (30) 901820'],
    ['my phone number is 4155552671', 'PHONE 4155552671'],
    ['Telefon: 030 901820', 'PHONE 030 901820'],
    ['SSN 536-22-8145', 'SSN 536-22-8145'],
    ['her social security number is 536228145', 'SSN 536228145'],
    ['card 4111 1111 1111 1111 exp', 'CREDIT_CARD 4111 1111 1111 1111'],
    ['5555-5555-5555-4444', 'CREDIT_CARD 5555-5555-5555-4444'],
    ['amex 378282246310005', 'CREDIT_CARD 378282246310005'],
    ['4111\u00a01111\u00a01111\u00a01111', 'CREDIT_CARD 4111\u00a01111\u00a01111\u00a01111'],
    ['41\u200b11111111111111', 'CREDIT_CARD 41\u200b11111111111111'],
    ['pay DE89 3704 0044 0532 0130 00 now', 'IBAN DE89 3704 0044 0532 0130 00'],
    ['GB82WEST12345698765432', 'IBAN GB82WEST12345698765432'],
    ['IBANDE89370400440532013000', 'IBAN DE89370400440532013000'],
    ['4111  1111  1111  1111', 'CREDIT_CARD 4111  1111  1111  1111'],
    ['file ann@mail.example.org.txt', 'EMAIL ann@mail.example.org'],
    ['voice of ann@mail.example.org.mp3', 'EMAIL ann@mail.example.org'],
    ["mail o'neil@example.ie", "EMAIL o'neil@example.ie"],
    ['an „ann@example.com“ senden', 'EMAIL ann@example.com'],
    ['hon bor Skolgatan 12, 582 55 Nyberg', 'ADDRESS Skolgatan 12, 582 55 Nyberg'],
    ['ul. Lipowa 38, 18-737 Braniewo', 'ADDRESS ul. Lipowa 38, 18-737 Braniewo'],
    ['my ip is 203.0.113.77', 'IP 203.0.113.77'],
    ['client_ip: 2001:db8:0:1:2:3:4:5', 'IP 2001:db8:0:1:2:3:4:5'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });
});

describe('is left alone', () => {
  it.each([
    ['a bare ten-digit id', 'message 4155552671 was sent'],
    ['an id in JSON', '{"id": 1700000000123, "ref": "ord_4155552671"}'],
    ['a number within a word', 'blk_4111111111111111 and x4111111111111111'],
    ['a card number with a wrong check digit', '4111 1111 1111 1112'],
    ['a card number of no issuer', '9111 1111 1111 1111'],
    ['an IBAN with wrong check digits', 'DE88 3704 0044 0532 0130 00'],
    ['an SSN that was never issued', 'SSN 666-12-3456 or 900-12-3456 or 123-00-4567'],
    ['nine bare digits', 'invoice 536228145'],
    ['a version', 'v10.19.11.9 and version 1.2.3.4'],
    ['addresses of machines', 'GET http://203.0.113.77/ from 198.51.100.2'],
    ['a date', 'on 2026-11-23 and 23/11/2026, phone 2026/11/23 10:00'],
    ['a time', 'at 12:30:45 and 10:20'],
    ['a uuid', '3f2b8c1e-4111-1111-1111-111111111111'],
    ['a decorator', '@Injectable() class A {}'],
    ['a file with density', 'icon@2x.png, main@index.ts'],
    ['a package with its version', 'left-pad@1.3.0'],
    ['a git remote', 'git@github.com:org/repo.git'],
    ['user-info of a URL', 'https://user@host.example.com/'],
    ['a scope operator', 'std::vector<int> a::b::c'],
    ['pi', '3.14159265358979323846'],
    ['the id of a message', 'Subject: rent\nMessage-ID: <CAHq7Lw2x0@mail.example.com>\n\nHi'],
    ['until when a passport holds', 'Reisepass verlängert, gültig bis 07/2031'],
    ['base64 with a plus', 'abc+14155552671def'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});

it('keeps no state between calls', () => {
  const text = 'ann@example.com';
  for (let i = 0; i < 3; i++) expect(found(text)).toHaveLength(1);
});

it('finds many, sorted and apart', () => {
  const text = 'ann@example.com, 415-555-2671, 4111111111111111, bob@example.com';
  expect(found(text).map((entry) => entry.split(' ')[0])).toEqual(['EMAIL', 'PHONE', 'CREDIT_CARD', 'EMAIL']);
});

it('takes spellings of one value as one', () => {
  expect(canonicalValue('EMAIL', 'Ann@Example.com')).toBe(canonicalValue('EMAIL', 'ann@example.com'));
  expect(canonicalValue('PHONE', '(415) 555-2671')).toBe(canonicalValue('PHONE', '415.555.2671'));
  expect(canonicalValue('IBAN', 'de89 3704 0044 0532 0130 00')).toBe('DE89370400440532013000');
});

it('never throws, and stays inside the text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('@', '.com', '4111', '-', ' ', '+1', '(415)', 'DE89', '::', '1.2.3.4', 'ssn ', '\u200b'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      let last = 0;
      for (const { start, end } of piiGuardrail.inspect(text, 'user')) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }),
    { seed: 1337, numRuns: 500 },
  );
});
