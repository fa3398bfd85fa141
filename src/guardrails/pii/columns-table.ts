/** What the columns of tables are called whose cells are personal data, in the languages of labels-table.ts. */
import { canonicalise } from '../canonical.ts';

/** `NAME` may be that of a thing. Cells of `EMAIL` speak for themselves; they say what the table is of. */
export type ColumnKind =
  | 'NAME'
  | 'SURE_NAME'
  | 'DATE_OF_BIRTH'
  | 'PHONE'
  | 'SSN'
  | 'ADDRESS'
  | 'EMAIL'
  | 'PASSPORT'
  | 'DRIVER_LICENSE'
  | 'NATIONAL_ID';

const COLUMNS: readonly (readonly [kind: ColumnKind, pattern: RegExp])[] = [
  [
    'EMAIL',
    /^(?:(?:work|home|personal|contact|customer|user) )?e ?mail(?: address| adresse)?s?$|^correo|^courriel$/,
  ],
  ['DATE_OF_BIRTH', /\bd ?o ?b\b|birth|geburtsdatum|naissance|nacimiento|nascita|nascimento|geboorte|fodsel/],
  ['PASSPORT', /passport|reisepass|passeport|pasaporte|passaporto|paspoort/],
  [
    'DRIVER_LICENSE',
    /driv\w{0,4}s? ?licen[cs]e|driving licen|^licen[cs]e(?: (?:no|number|num))?$|^dl(?: (?:no|number))?$|fuhrerschein|permis de conduire|patente|rijbewijs/,
  ],
  ['SSN', /^ssn$|social sec/],
  [
    'NATIONAL_ID',
    /national ?(?:id|identi)|\bid ?card\b|aadhaar|^pan(?: (?:no|number|card))?$|^(?:dni|nif|nie|curp|cpf|bsn|nino|tax id|steuer ?id|codice fiscale)$|ausweis/,
  ],
  [
    'PHONE',
    /phone|^(?:mobile?|cell|tel|fax|movil|handy|contact)(?: ?(?:no|number|nr|num))?$|telefon|telefoon|rufnummer/,
  ],
  [
    'ADDRESS',
    /^(?!.*(?:ip|mail|mac|wallet|web|url)\b).*(?:address(?: ?line)?(?: ?1)?|adresse|anschrift|direccion|domicilio|indirizzo|\badres)$|^street(?: address)?$/,
  ],
  [
    'SURE_NAME',
    /^(?:full|first|last|given|family|middle|maiden|patient|employee|student|customer|client|holder|account holder|cardholder|card ?holder|applicant|member|borrower|beneficiary|recipient|insured|guest|passenger|participant|attendee|manager|supervisor|physician|doctor|parent|guardian|teacher|contact|user|person|spouse|emergency contact)(?:'?s)? ?names?(?: ?\d)?$|^(?:firstname|lastname|fullname|surname|forename|givenname|vorname|nachname|prenom|apellidos?|cognome|voornaam|achternaam|nombre completo|nom complet|nome completo)\d?$/,
  ],
  [
    'NAME',
    /^(?:name|nom|nombre|nome|naam|patient|employee|customer|client|participant|attendee|student|member|contact|owner|manager|supervisor|doctor|physician|nurse|teacher|author|assignee|guest|applicant|candidate|tenant|person|agent|representative)s?$/,
  ],
];

/** What the cells below a heading are; its case, accents and marks do not matter. */
export function columnOf(heading: string): ColumnKind | undefined {
  const words = canonicalise(heading.replace(/([a-z])(?=[A-Z])/g, '$1 '))
    .text.toLowerCase()
    .replace(/[^a-z0-9']+/g, ' ')
    .trim();
  return COLUMNS.find(([, pattern]) => pattern.test(words))?.[0];
}
