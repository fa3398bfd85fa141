/** Tables of people in the forms that programs write them; tables of things, and prose with commas, hold nobody. */
import { describe, expect, it } from 'vitest';
import { found } from './found.ts';

const PEOPLE = [
  'PERSON Zeynep Aydin',
  'DATE_OF_BIRTH 14/02/1981',
  'PASSPORT XK4459120',
  'PERSON Matteo Brandi',
  'DATE_OF_BIRTH 3 May 1990',
  'PASSPORT 55AB10442',
];

// Shown false by leaving `addTable` out: every row turns red; by looking for the header's line from its own end on, the last
// column alone.
describe('cells of a column that is named above them', () => {
  it.each([
    'id,name,birthdate,passport\n7,Zeynep Aydin,14/02/1981,XK4459120\n8,Matteo Brandi,3 May 1990,55AB10442',
    'Full Name;DOB;Passport No\nZeynep Aydin;14/02/1981;XK4459120\nMatteo Brandi;3 May 1990;55AB10442\n',
    'Patient\tDate of Birth\tPassport\r\nZeynep Aydin\t14/02/1981\tXK4459120\r\nMatteo Brandi\t3 May 1990\t55AB10442',
    '| Name | Born on (birth date) | Passport |\n|---|:--|--:|\n| Zeynep Aydin | 14/02/1981 | XK4459120 |\n| Matteo Brandi | 3 May 1990 | 55AB10442 |',
    '"name","birth_date","passport_number"\n"Zeynep Aydin","14/02/1981","XK4459120"\n"Matteo Brandi","3 May 1990","55AB10442"',
    '<tr><th>Name</th><th>Geburtsdatum</th><th>Passport</th></tr><tr><td>Zeynep Aydin</td><td>14/02/1981</td><td>XK4459120</td></tr>\n<tr><td>Matteo Brandi</td><td>3 May 1990</td><td>55AB10442</td></tr>',
    "INSERT INTO people (name, birth_date, passport) VALUES ('Zeynep Aydin', '14/02/1981', 'XK4459120'), ('Matteo Brandi', '3 May 1990', '55AB10442');",
  ])('%s', (text) => {
    expect(found(text)).toEqual(PEOPLE);
  });

  it('addresses, phones and numbers of social security without marks', () => {
    expect(
      found('last_name,ssn,phone,address\nOkafor,512340987,5552671987,"12 Low Mill Lane, Reno"'),
    ).toEqual(['PERSON Okafor', 'SSN 512340987', 'PHONE 5552671987', 'ADDRESS 12 Low Mill Lane, Reno']);
  });

  it('also where the last column of a line is the only one', () => {
    expect(found('nr,full_name\n7,Zeynep Aydin\n8,Matteo Brandi')).toEqual([
      'PERSON Zeynep Aydin',
      'PERSON Matteo Brandi',
    ]);
  });

  it('ends where a line has another number of cells', () => {
    expect(found('surname,dob\nOkafor,1990-01-02\nQuoll,Heron,Aurich')).toEqual([
      'PERSON Okafor',
      'DATE_OF_BIRTH 1990-01-02',
    ]);
  });
});

describe('nobody is in', () => {
  it.each([
    'name,value,unit\nSilver Heron,12,ms\nOld Mill,14,ms',
    'city,population,area\nAustin,964300,704\nMadison,269840,205',
    '| Name | Phone | Address |\n|---|---|---|\n| Central Library | see below | Main hall, floor 2 |',
    'Tell me your name, your address, your phone\nand I tell, as you do, mine',
    'const labels = { name: "x", phone: "y", address: "z" },\n  other = { name: "Silver Heron", phone: "1", address: "no 5" },',
    'product,brand,price\nCalvin Shirt,Calvin,12.99',
    'name,\nemail,\n',
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

it('takes time in proportion to the length', () => {
  const header = 'name,email,phone,address\n';
  const ms = (lines: number): number => {
    const text = header.repeat(lines);
    const from = process.threadCpuUsage();
    found(text);
    return process.threadCpuUsage(from).user / 1000;
  };
  const best = (lines: number): number => Math.min(...Array.from({ length: 5 }, () => ms(lines)));
  best(500);
  expect(best(8000)).toBeLessThan(12 * best(2000) + 20);
});
