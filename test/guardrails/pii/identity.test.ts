/** Numbers of registers, passports and licences, and dates of birth: beside their labels in many languages, never alone. */
import { describe, expect, it } from 'vitest';
import { found } from './found.ts';

describe('is found beside its label', () => {
  it.each([
    ['My passport number is C01X00T47.', 'PASSPORT C01X00T47'],
    ['Passport No.: AB 1234567', 'PASSPORT AB 1234567'],
    ['{"passport_number": "X1234567"}', 'PASSPORT X1234567'],
    ['Reisepassnummer: C01X00T47', 'PASSPORT C01X00T47'],
    ['numéro de passeport 15AB12345', 'PASSPORT 15AB12345'],
    ['AAB123456 es mi pasaporte', 'PASSPORT AAB123456'],
    ['护照号码：E12345678', 'PASSPORT E12345678'],
    ["my driver's license is D1234567", 'DRIVER_LICENSE D1234567'],
    ['Driving licence number: MORGA657054SM9IJ', 'DRIVER_LICENSE MORGA657054SM9IJ'],
    ['{"driverLicense":"S530-4609-4100"}', 'DRIVER_LICENSE S530-4609-4100'],
    ['Führerscheinnummer B072RRE2I55', 'DRIVER_LICENSE B072RRE2I55'],
    ['permis de conduire n° 123456789012', 'DRIVER_LICENSE 123456789012'],
    ['DL# K1234567', 'DRIVER_LICENSE K1234567'],
    ['mi DNI es 12345678Z', 'NATIONAL_ID 12345678Z'],
    ['NINO: QQ 12 34 56 C', 'NATIONAL_ID QQ 12 34 56 C'],
    ['Aadhaar 3998 7654 3211', 'NATIONAL_ID 3998 7654 3211'],
    ['codice fiscale RSSGLI85T50H501Z', 'NATIONAL_ID RSSGLI85T50H501Z'],
    ['BSN 123456782', 'NATIONAL_ID 123456782'],
    ['CPF: 123.456.789-09', 'NATIONAL_ID 123.456.789-09'],
    ['personnummer 19871220-2384', 'NATIONAL_ID 19871220-2384'],
    ['Steuer-ID: 65 929 970 489', 'NATIONAL_ID 65 929 970 489'],
    ['Numéro de sécurité sociale : 2 92 07 75 123 456 78', 'NATIONAL_ID 2 92 07 75 123 456 78'],
    ['the national id of the user is 900101-1234567', 'NATIONAL_ID 900101-1234567'],
    ['주민등록번호 900101-1234567', 'NATIONAL_ID 900101-1234567'],
    ['DOB: 03/14/1985', 'DATE_OF_BIRTH 03/14/1985'],
    ['"dateOfBirth": "1990-04-12"', 'DATE_OF_BIRTH 1990-04-12'],
    ['date of birth: January 5, 1990', 'DATE_OF_BIRTH January 5, 1990'],
    ['born on the 5th of May 1990 in Cork', 'DATE_OF_BIRTH 5th of May 1990'],
    ['geboren am 12.03.1975', 'DATE_OF_BIRTH 12.03.1975'],
    ['née le 14 juillet 1992', 'DATE_OF_BIRTH 14 juillet 1992'],
    ['дата рождения: 12.05.1988', 'DATE_OF_BIRTH 12.05.1988'],
    ['生年月日：1990年5月4日', 'DATE_OF_BIRTH 1990年5月4日'],
    ['4 May 1971 is my birthday', 'DATE_OF_BIRTH 4 May 1971'],
    ['DOB: 12/May/1971', 'DATE_OF_BIRTH 12/May/1971'],
    ['Geburtsdatum: 1971. 5. 12', 'DATE_OF_BIRTH 1971. 5. 12'],
    ['DoB 1985/04/12', 'DATE_OF_BIRTH 1985/04/12'],
    ['born: Jan. 5th 1966', 'DATE_OF_BIRTH Jan. 5th 1966'],
    ['Fecha de nac.: 12/06/1990', 'DATE_OF_BIRTH 12/06/1990'],
    ['Pass-Nr. C5KT8ZJ3N', 'PASSPORT C5KT8ZJ3N'],
    ['ph: 9876543210', 'PHONE 9876543210'],
    ['SSN: 123 45 6789', 'SSN 123 45 6789'],
    ['Social: 123 45 6789', 'SSN 123 45 6789'],
    ['CNIC: 35202-1234567-1', 'NATIONAL_ID 35202-1234567-1'],
    ['CPR-nummer 070761-4285', 'NATIONAL_ID 070761-4285'],
    ['Emirates ID 784-1985-7654321-4', 'NATIONAL_ID 784-1985-7654321-4'],
    ['rodné číslo 736028/5163', 'NATIONAL_ID 736028/5163'],
    ['R.U.T. 11.222.333-K', 'NATIONAL_ID 11.222.333-K'],
    ['C.F. RSSGLI85T50H501Z', 'NATIONAL_ID RSSGLI85T50H501Z'],
    ['HKID: C668668(E)', 'NATIONAL_ID C668668(E)'],
    ['NIE: X-1234567-L', 'NATIONAL_ID X-1234567-L'],
    ['NRIC/FIN G1234567X', 'NATIONAL_ID G1234567X'],
    ['sin_number: 130 692 544', 'NATIONAL_ID 130 692 544'],
    ['"idCardNumber": "LX9921345"', 'NATIONAL_ID LX9921345'],
    ['số CCCD 001099012345', 'NATIONAL_ID 001099012345'],
    ['MBI 1EG4-TE5-MK72', 'NATIONAL_ID 1EG4-TE5-MK72'],
    ['여권번호 M12345678', 'PASSPORT M12345678'],
    ['US passport #E12345678', 'PASSPORT E12345678'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it('one label stands for a row of values, and the nearest label for each', () => {
    expect(found('passports: AB1234567 and XY9876543')).toEqual(['PASSPORT AB1234567', 'PASSPORT XY9876543']);
    expect(found("passport AB1234567, driver's license D1234567")).toEqual([
      'PASSPORT AB1234567',
      'DRIVER_LICENSE D1234567',
    ]);
  });
});

describe('is left alone', () => {
  it.each([
    ['without a label', 'C01X00T47, 12345678Z, 3998 7654 3211, RSSGLI85T50H501Z, 1990-04-12'],
    ['a word that only contains a label', 'the public relic AB1234567 of the republic, dollar 12345678'],
    ['beyond a sentence', 'He lost his passport. The ticket AB1234567 was there.'],
    ['too far from the label', `passport ${'and so on '.repeat(5)} AB1234567`],
    ['behind another label', 'passport order number AB1234567'],
    ['a plate', 'license plate ABC-1234, license: MIT, version 12345'],
    ['an RFC', 'see https://example.org/specs/rfc9110.html#parameter'],
    ['a year of birth', 'DOB: 1985'],
    ['a password', 'passwords AB1234567'],
    ['a passport in code', 'passport.use(new Strategy(12345678)), passport office 123456'],
    ['taxes and insurance', 'tax 123456 USD, social insurance costs 1234567, Medicare spent 1200000'],
    [
      'short words in other senses',
      'CC 1234567 copies, fin 1234567, RUN 1234567, IC 74181, CPR 123456, PAN 1234567',
    ],
    ['ids of programs', '{"id": 12345678, "customer_id": 99887766, "pid": 1234567}'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('wallets', () => {
  it.each([
    ['1BoatSLRHtKNngkdXEeobR76b53LETtpyT', true],
    ['1BoatSLRHtKNngkdXEeobR76b53LETtpyU', false],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', true],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', false],
    ['0x52908400098527886E0F7030069857D2E4169EE7', true],
    ['0x0000000000000000000000000000000000000000', false],
    ['9fceb02d0ae598e95dc970b74767f19372d61af8', false],
  ])('%s alone: %s', (address, isFound) => {
    expect(found(`send to ${address} now`)).toEqual(isFound ? [`CRYPTO_WALLET ${address}`] : []);
  });

  it('of networks whose addresses have no checksum are found beside a label', () => {
    const address = '9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin';
    expect(found(`SOL: ${address}`)).toEqual([`CRYPTO_WALLET ${address}`]);
    expect(found(`commit ${address}`)).toEqual([]);
  });

  it('need no checksum beside a label', () => {
    expect(found('my bitcoin wallet: 1BoatSLRHtKNngkdXEeobR76b53LETtpyU')).toHaveLength(1);
  });
});

it('phones of countries stand alone, ten digits do not', () => {
  expect(found('06 12 34 56 78')).toEqual(['PHONE 06 12 34 56 78']);
  expect(found('at 020 7946 0958 today')).toEqual(['PHONE 020 7946 0958']);
  expect(found('(030) 901820 12')).toEqual(['PHONE (030) 901820 12']);
  expect(found('+33 1 42 68 53 00')).toEqual(['PHONE +33 1 42 68 53 00']);
  expect(found('message ids 4155552671, 4155552672 and order number 4155552673')).toEqual([]);
  expect(found('电话：13812345678')).toEqual(['PHONE 13812345678']);
  expect(found('Bo, 08-411 25 76, comes')).toEqual(['PHONE 08-411 25 76']);
  expect(found('phone=+4512345678')).toEqual(['PHONE +4512345678']);
  expect(found('WhatsApp 70 12 34 56')).toEqual(['PHONE 70 12 34 56']);
  expect(found('My number is 912 345 678')).toEqual(['PHONE 912 345 678']);
  expect(found('912 345 678 is the best number to reach me on')).toEqual(['PHONE 912 345 678']);
  expect(found('case number 02-1234-567')).toEqual([]);
});
