/** International bank account numbers (ISO 13616): country, its length, check digits modulo 97. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isWord } from '../units.ts';

/** Length by country (SWIFT, IBAN Registry, release 99). */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** The number whose first check digit stands at `at`, two letters before it; reads at most 50 units. */
export function ibanAt(text: string, at: number): Candidate | undefined {
  const start = at - 2;
  const length = LENGTHS.get(text.slice(start, at).toUpperCase());
  if (length === undefined) return undefined;
  if (isWord(text.charCodeAt(start - 1)) && !/\bIBAN$/.test(text.slice(Math.max(0, start - 5), start)))
    return undefined;
  let iban = '';
  let end = start;
  for (; iban.length < length && end < text.length; end++) {
    const unit = text.charCodeAt(end);
    const isGap = (unit === 0x20 || unit === 0x2d) && isWord(text.charCodeAt(end - 1));
    if (isGap && end > start) continue;
    if (!isWord(unit) || unit > 0x7a || unit === 0x5f) return undefined;
    iban += text[end];
  }
  if (iban.length < length || isWord(text.charCodeAt(end)) || !hasCheckDigits(iban.toUpperCase()))
    return undefined;
  return { type: 'IBAN', start, end, score: CONFIDENCE.validated, reason: 'a bank account number (IBAN)' };
}

/** ISO 7064, MOD 97-10. */
function hasCheckDigits(iban: string): boolean {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
