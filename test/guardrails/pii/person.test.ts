/** Names of people and where they live, by what stands beside them; things that have names are left alone. */
import { describe, expect, it } from 'vitest';
import { found } from './found.ts';

describe('a name', () => {
  it.each([
    ['My name is Ada Moreau.', 'PERSON Ada Moreau'],
    ['Hello, my name is Olga and I need help', 'PERSON Olga'],
    ['Dear Mrs. Petrova,\nthank you', 'PERSON Petrova'],
    ['Hi Vinicio, where are you?', 'PERSON Vinicio'],
    ['Kind regards,\nPeter van den Berg', 'PERSON Peter van den Berg'],
    ['Mit freundlichen Grüßen\nJürgen Schmidt', 'PERSON Jürgen Schmidt'],
    ['Patient Name: Maria Gonzalez', 'PERSON Maria Gonzalez'],
    ['{"firstName": "Anna", "score": 3}', 'PERSON Anna'],
    ['ich heiße Jana Nowak', 'PERSON Jana Nowak'],
    ["je m'appelle Camille Dupont", 'PERSON Camille Dupont'],
    ['me llamo Lucía Fernández', 'PERSON Lucía Fernández'],
    ['nome: João da Silva', 'PERSON João da Silva'],
    ["I'm Daniel, nice to meet you", 'PERSON Daniel'],
    ['please contact Peter Smith', 'PERSON Peter Smith'],
    ['Patient Emily Watson (MRN 88) was admitted', 'PERSON Emily Watson'],
    ["my wife Julia's account", 'PERSON Julia'],
    ['Mr. Peter Smith called', 'PERSON Peter Smith'],
    ['I want to add Laura Meier to my plan', 'PERSON Laura Meier'],
    ['The figures follow in May. Regards, Emily', 'PERSON Emily'],
    ['Assigned to: Paul Novak', 'PERSON Paul Novak'],
    ['CC: Maria Rossi', 'PERSON Maria Rossi'],
    ['Everyone can call me Olivia.', 'PERSON Olivia'],
    ['I spoke with Daniel Keller', 'PERSON Daniel Keller'],
    ['My name is marie lund.', 'PERSON marie lund'],
    ['My friends call me Zelmira.', 'PERSON Zelmira'],
    ['We named her Ingeborg', 'PERSON Ingeborg'],
    ["What's your last name? Magnusson", 'PERSON Magnusson'],
    ['It is booked under Henriette Voss.', 'PERSON Henriette Voss'],
    ['I have an appointment with Aldo Brandt on Friday', 'PERSON Aldo Brandt'],
    ['Please add Quirina Zoller as a beneficiary', 'PERSON Quirina Zoller'],
    ['A colleague called Annelie is on leave', 'PERSON Annelie'],
    ['"It was late," said Bernd Hollmann.', 'PERSON Bernd Hollmann'],
    ['My sister Ximena is ill', 'PERSON Ximena'],
    ['I call on behalf of Tjorven Amsel.', 'PERSON Tjorven Amsel'],
    ["Tjorven Amsel's email bounced", 'PERSON Tjorven Amsel'],
    ['Tjorven Amsel lives in Bergen', 'PERSON Tjorven Amsel'],
    ['Mireille, can you look at my bill?', 'PERSON Mireille'],
    ["What's your name? Sigurlaug Dahl", 'PERSON Sigurlaug Dahl'],
    ['See you there. Best, Thandeka Mokoena Product Manager, Acme Ltd', 'PERSON Thandeka Mokoena'],
    ['Aparna, can you look at my bill?', 'PERSON Aparna'],
    ['Branislav Kovac\nLindenhof 27\nChur', 'PERSON Branislav Kovac'],
    ['Hannah Fischer\nBlue Door Ltd\n27 Lutherhof', 'PERSON Hannah Fischer'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  // Red without the rows of titles, introductions and labelled names in the tables.
  it.each([
    ['Sehr geehrter Herr Oberhuber, anbei das Formular', 'PERSON Oberhuber'],
    ['Mrs. Quillfeather flew home on Sunday', 'PERSON Quillfeather'],
    ['Hello, I am Zorahayda, can I change my seat?', 'PERSON Zorahayda'],
    ['Achternaam: van der Velde', 'PERSON van der Velde'],
    ['<tr><td>Full Name</td><td>Wenzel Aurich</td></tr>', 'PERSON Wenzel Aurich'],
    ['user.setFirstName("Fenella");', 'PERSON Fenella'],
    ['मेरा नाम Padmini Rao है', 'PERSON Padmini Rao'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  // Behind each stands more than a short message has. Red without the rows of labelled names (the first two), without what
  // `isSpokenOf` looks for behind a name (the next three), and before it (the last).
  it.each([
    ['Next of kin: Henrike Falk', 'PERSON Henrike Falk'],
    ['Moderator: Ottilie Reyes', 'PERSON Ottilie Reyes'],
    ['Henrike Falk told the board that she would go', 'PERSON Henrike Falk'],
    ['Henrike Falk, Senior Buyer at Oak & Sons', 'PERSON Henrike Falk'],
    ['Cedric Thornbury (spouse) was seen twice', 'PERSON Cedric Thornbury'],
    ['Please notify Ottilie Reyes of the rent', 'PERSON Ottilie Reyes'],
  ])('%s, in a long text', (text, expected) => {
    expect(found(`${text}\n${'It rains. '.repeat(40)}`)).toEqual([expected]);
  });

  // Red where `isShortProse` is never true.
  it('with a surname, in a message that speaks of nobody whom others know', () => {
    expect(found('The keys are with Ottilie Reyes until noon.')).toEqual(['PERSON Ottilie Reyes']);
    expect(found('Which town is Ottilie Reyes from?')).toEqual([]);
    expect(found('The novel by Ottilie Reyes is long.')).toEqual([]);
    expect(found('const title = "Ottilie Reyes";')).toEqual([]);
    expect(found(`The keys are with Ottilie Reyes. ${'It rains. '.repeat(40)}`)).toEqual([]);
  });

  it('of several in a row', () => {
    expect(found('There were four: Ingeborg, Matteo, Zeynep and Bogumil.')).toHaveLength(4);
    expect(found('Sunniva had given Bogumil his address')).toEqual(['PERSON Sunniva', 'PERSON Bogumil']);
    expect(found('Ingeborg and Matteo went home.')).toEqual([]);
  });

  // The first, third and fourth turn red where `isKnownToAll` always says no; all without `withoutCharacters`.
  it.each([
    'Isaac Newton said that the apple fell.',
    'What would Abraham Lincoln say?',
    'Write an e-mail to Steve Jobs about phones',
    'Taylor Swift told the press that she was tired',
    'Grace is a virtue, Hope is another, and Mark my words',
  ])('is nobody to look after in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('alone counts only in a text about a person', () => {
    expect(found('Who was Albert Einstein? Ask Dr. Watson.')).toEqual([]);
    expect(found('Albert Meyer, albert@example.com')).toEqual([
      'PERSON Albert Meyer',
      'EMAIL albert@example.com',
    ]);
  });

  // Shown false by leaving `withoutCharacters` out: all of these turn red.
  it.each([
    'You are Marie Lefevre, a pilot of the twenties. Dear Mr. Keller, how do I fly?',
    'Roleplay as my friend Laura Meier and greet me.',
    'Act as a detective. My name is Jane Quill and my ring is gone.',
    'Imagine a library. Hi Olivia, welcome!',
    "Laura is 12 years old. Peter's account holds 4 coins. How many has my friend Emily?",
    'Dear Mr. Einstein, what is time?',
    'A letter to Dr. Frankenstein and Mr. Holmes',
  ])('is a character in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('is a person on a stage where other data of a person stands beside it', () => {
    expect(found('Act as my secretary. Dear Olivia, write to olivia@example.com')).toEqual([
      'PERSON Olivia',
      'EMAIL olivia@example.com',
    ]);
  });

  it.each([
    'Hello World program in C',
    'Dear Sir or Madam, dear team,',
    'Dear Hiring Manager,',
    'I am Spanish and I am Happy',
    'name: Deploy To Production',
    'hostname: Web Server, filename: Annual Report, username: root',
    '"name": "prometheus", "title": "Hello Platform!"',
    'MS Windows, MS Office, Dr. Watson and Mr. Spock',
    'Thanks for all the help\n\nInstall the package first.',
    'this is New',
    // Red where `MAY_BE_THINGS` matches nothing.
    'The song is called Blue Danube. It works with Visual Studio and is saved under Local Settings.',
    'They call me maybe, call me Monday, just call me ASAP',
    'add Blue Danube to the list, remove Open Sans from the page',
    // Red without the look at `isNoSurname`.
    "Our Company's phone is busy; the Old Mill lives in memory; Grand Hotel's address",
    'we stayed at Avenue Jules Ferry and in Rua Camilo 12, call 14 Camilo; a@b.example',
  ])('is not seen in: %s', (text) => {
    expect(found(text).filter((entry) => entry.startsWith('PERSON'))).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    [
      'I live at 742 Evergreen Terrace, Springfield, IL 62704 now',
      '742 Evergreen Terrace, Springfield, IL 62704',
    ],
    ['Address: 221B Baker Street, London NW1 6XE', '221B Baker Street, London NW1 6XE'],
    ['ship it to 15 N. Oak Ave Apt 4B, Austin TX 78701', '15 N. Oak Ave Apt 4B, Austin TX 78701'],
    ['Hauptstraße 12a, 10115 Berlin', 'Hauptstraße 12a, 10115 Berlin'],
    ['au 12 rue de la Paix, 75002 Paris', '12 rue de la Paix, 75002 Paris'],
    ['Via Roma 12, 00184 Roma', 'Via Roma 12, 00184 Roma'],
    ['en Calle Mayor 12, 28013 Madrid', 'Calle Mayor 12, 28013 Madrid'],
    ['Kerkstraat 12, 1017 GC Amsterdam', 'Kerkstraat 12, 1017 GC Amsterdam'],
    ['P.O. Box 1234, Reno, NV 89501', 'P.O. Box 1234, Reno, NV 89501'],
    ['{"shipping_address": "9 Elm Row, Leeds"}', '9 Elm Row, Leeds'],
    ['she lives at 12 low mill lane', '12 low mill lane'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([`ADDRESS ${expected}`]);
  });

  it.each([
    'During 1996 and in Spring 2007, Chapter 11',
    'The 2007 Orange Park team',
    'within 5 minutes drive, 3 blocks down the road',
    'email address: see 5 pages below',
    'On 5 May Street parties began',
    'ip address 10 and memory address 0x12',
  ])('is not seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

it('pages of people, not of projects', () => {
  expect(found('https://www.linkedin.com/in/jane-roe-123/ and https://example.org/docs')).toEqual([
    'URL https://www.linkedin.com/in/jane-roe-123/',
  ]);
  expect(found('my website is https://jane.example.org/about.')).toEqual([
    'URL https://jane.example.org/about',
  ]);
});

it.each(['hired', 'enrolled', 'registered for', 'admitted'])(
  'a name behind "%s", in a long text as well',
  (verb) => {
    const before =
      'The minutes of the board say how the year went, and what is planned for the next. '.repeat(6);
    expect(found(`${before}In May they ${verb} Denise Holloway, and went on.`)).toEqual([
      'PERSON Denise Holloway',
    ]);
  },
);
