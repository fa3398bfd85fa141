/**
 * Words that label numbers of registers, passports and licences, and dates of birth, in many languages; as in
 * labels-table.ts. A word that has another sense names the form its number must have.
 */
import type { LabelRow } from './labels-table.ts';

export const IDENTITY_LABELS: readonly LabelRow[] = [
  {
    kind: 'NATIONAL_ID',
    words:
      'aadhaar aadhar personnummer fodselsnummer cprnummer hetu henkilotunnus henkilotunnukseni burgerservicenummer codicefiscale sozialversicherungsnummer steueridentifikationsnummer steuernummer steuerid rijksregisternummer personalausweis personalausweisnummer ausweisnummer ausweisnr ausweis nationalid nationalidnumber idnumber identitynumber krankenversichertennummer versichertennummer versicherungsnummer krankenkasse cedula tckimlik ahvnummer taxid taxpayerid isikukood asmenskodas снилс инн mykad sedula idcard personnr krankenversicherungsnummer identifikationsnummer steueridnr idnr uidai cnic cccd cmnd zehut rentenversicherungsnummer rentenversicherung fodselsnr henkilonumero nationalidentitynumber nationalnumber егн рнокпп adoazonosito contribuinte contribuyente sotu іпн αμκα αφμ זהות',
  },
  {
    kind: 'NATIONAL_ID',
    words:
      'nino nif nie dni cpf curp pesel bsn svnr rvnr itin tfn rrn frn emso jmbg cnp egn ahv avs insee nir kvnr egk prsid nas amka tckn nid oib inn nric hkid nik ktp cuil cuit rut sin pps ppsn epic nis fin niss nss bvn insz oasi philhealth gsis bpjs mykid nuit',
    capitals: true,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'id ids identity identification identifier identifikation',
    before:
      /(?:national|emirates|israeli|chinese|taiwan|taiwanese|philsys|nric|steuer|citizen|citizenship|resident|residence|residency|tax|taxpayer|voter|government|govt|gov|personal|state|social|foreign|refugee|fiscal|civil|insurance|health|swedish|spanish|german|italian|finnish|thai|turkish|korean|indian|polish|french|dutch|belgian|danish|norwegian|african|sa|z)(?:[ _-](?:card|issued|document))?[ _-]?$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'id identity identification',
    before: /(?:^|[^\w-]|my |his |her |their )$/i,
    after: /^[ _-]?(?:[Cc]ard|[Nn]umber|[Nn]o|[Dd]ocument|[Cc]ode|[Pp]apers|CARD|NUMBER|NO)(?![a-z])/,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'insurance',
    before: /(?:national|social)[ _-]?$/i,
    after: /^(?:[ _-]?(?:number|no|nr|id|card|code|#)|["']?\s?[:=]|\W{1,3}(?:is )?(?:[a-z]{2} ?)?\d)/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'sociale social',
    before: /(?:securite|sicurezza|seguridad|seguranca|numero|seguro)[ _-]?$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'fiscal fiscale',
    before: /(?:codice|numero|identificacion|n\.|code)[ _-]?$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'tax personal',
    after: /^[ _'-]?(?:id|card|number|no|nr|num|file|identity|code)(?![a-z])|^["']?\s?[:=]/i,
    before: /(?:^|[^a-z])$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'nhs kimlik dowod residence identite identita identidad identidade identificacion identificacao',
    after:
      /^[ _'-]?(?:id|card|number|no|nr|num|file|numarasi|numaram|osobisty|permit|identity|personale|code|\W{0,3}n[o°.]?|\W{1,4}[A-Z0-9])/i,
    before: /(?:^|[^a-z])$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'pan',
    after: /^[ _-]?(?:card|number|no)|^\W{1,4}(?:is )?[A-Z]{5}\d{4}[A-Z]\b/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'medicare',
    after: /^ ?(?:id|card|number|no|#|beneficiary)|^["']?\s?[:=]|^ (?:is )?\d[A-Z0-9]/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'number',
    before:
      /(?:resident registration|permanent account|personal (?:identity|identification)|national (?:register|registry|registration|identity|identification)|citizen service|tax(?:payer)? (?:identification|reference)|tax file|social insurance|unique (?:master citizen|identification)|beneficiary)[ _-]$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'number',
    before: /\bMy $/,
    after: /^\W{0,4}(?:is )?\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)/,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'national nationale',
    before: /(?:numero|registre)(?: de)?(?: registre)? $/i,
  },
  { kind: 'NATIONAL_ID', words: 'personal', before: /\bcod numeric $/i },
  { kind: 'NATIONAL_ID', words: 'identifier', before: /\bbeneficiary $/i },
  { kind: 'NATIONAL_ID', words: 'secu', before: /(?:\bn\W{0,3}|numero(?: de)? |carte )$/i },
  { kind: 'NATIONAL_ID', words: 'id identity', before: /\bnationality[ _-]$/i },
  { kind: 'NATIONAL_ID', words: 'संख्या नंबर', before: /(?:आधार|पैन) $/ },
  { kind: 'NATIONAL_ID', words: 'आधार ఆధార్' },
  { kind: 'NATIONAL_ID', words: 'jel szam szama', before: /(?:adoazonosito|\btaj|szemelyi)[ -]?$/i },
  { kind: 'NATIONAL_ID', words: 'cislo', before: /\brodne $/i },
  { kind: 'NATIONAL_ID', words: 'cidadao', before: /\bcartao (?:de |do )?$/i },
  { kind: 'NATIONAL_ID', words: 'dan', before: /\bcuoc cong $/i },
  { kind: 'NATIONAL_ID', words: 'kad', before: /\bmy$/i },
  { kind: 'NATIONAL_ID', words: 'ni', capitals: true, after: /^ (?:number|no)\b/i },
  { kind: 'NATIONAL_ID', words: 'sv', after: /^[ -](?:nummer|nr)\b/i },
  { kind: 'NATIONAL_ID', words: 'sss', after: /^ (?:number|no|id)\b|^\W{1,3}\d\d-\d{7}-\d/i },
  // Short words that are others too: the number must have the form that the register gives out.
  {
    kind: 'NATIONAL_ID',
    words: 'ic',
    after: /^\W{0,4}(?:(?:number|no|num)\W{1,4})?(?:is )?\d{6}-?\d\d-?\d{4}(?!\d)/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'f cf',
    initial: true,
    after: /^\.?[ :.]{1,4}[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b/,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'c cc',
    initial: true,
    after: /^\.?[ :.]{1,3}(?:no?[ :.]{1,3})?(?:\d{1,4}(?:\.\d{3}){2}|\d{8}|\d{10})(?![\d.-])/i,
    before: /(?:^|[^A-Za-z.])(?:c\.)?$/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 't rut run',
    initial: true,
    after: /^\.?[ :.]{1,4}(?:n\W{1,3})?\d{1,2}\.?\d{3}\.?\d{3}-[\dk](?!\w)/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'rg',
    initial: true,
    after: /^\W{1,4}(?:n\S{0,2} )?(?:[A-Z]{2}-?)?\d{1,2}\.\d{3}\.\d{3}/,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'rfc',
    after: /^\W{1,4}(?:es )?[A-Z&]{3,4}\d{6}[A-Z\d]{2,3}\b/i,
  },
  { kind: 'NATIONAL_ID', words: 'eid', after: /^\W{1,4}784-?\d{4}-?\d{7}-?\d/ },
  {
    kind: 'NATIONAL_ID',
    words: 'mbi',
    after: /^\W{1,4}(?:is )?[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d\d/,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'tin',
    capitals: true,
    after: /^(?:[ _-](?:number|no)\W{1,3}(?:is )?| ?[:#=]\W{0,2})\d{9,12}(?![\d-])/i,
  },
  {
    kind: 'NATIONAL_ID',
    words: 'tin',
    after: /^\W{1,4}(?:(?:number|no)\W{1,3})?(?:is )?(?:\d\d-\d{7}|\d{3}-\d\d-\d{4})(?![\d-])/i,
  },
  { kind: 'NATIONAL_ID', words: 'pnr', after: /^\W{1,4}(?:\d\d)?\d{6}[-+]?\d{4}(?!\d)/ },
  { kind: 'NATIONAL_ID', words: 'fnr', after: /^\W{1,4}\d{6} ?\d{5}(?!\d)/ },
  {
    kind: 'NATIONAL_ID',
    words: 'cpr',
    after: /^[- ]?(?:nr|nummer|number|no)?\W{0,4}(?:er |is )?\d{6}[- ]?\d{4}(?!\d)/i,
  },
  { kind: 'NATIONAL_ID', words: 'rc', after: /^\W{1,4}\d{6}\/?\d{3,4}(?!\d)/ },
  {
    kind: 'PASSPORT',
    words:
      'passport passports passportnumber passportno passportnum reisepass reisepassnummer passnummer passeport pasaporte passaporto passaporte paspoort paspoortnummer paszport paszportu passnr pasaport pasnummer 여권번호 utlevel passi passinumero паспорт паспорта pasporti',
    after:
      /^(?!word|es?\b(?: de| par)|ed\b|ing\b| ?(?:rate|through|the|it|on|me|a|by|to|office|photos?|fees?)\b|["']?\s?[=>]{2}|\.[a-z]+\()/i,
  },
  { kind: 'PASSPORT', words: 'document documento', before: /(?:travel)[ _-]?$/i },
  {
    kind: 'DRIVER_LICENSE',
    words:
      'driverlicense driverslicense fuhrerschein fuhrerscheinnummer fuehrerschein fuehrerscheinnummer rijbewijs rijbewijsnummer korkort korkortsnummer forerkort forerkortnummer korekort ajokortti ajokorttinumero jazdy ehliyet dlnumber dln driverlicence drivinglicence cnh',
  },
  {
    kind: 'DRIVER_LICENSE',
    words: 'license licence licenses licences licencia permit lic',
    before: /(?:driv(?:er|ing)(?:['’]?s)?|operator(?:['’]?s)?|dl)['’]?[ _-]{0,2}$/i,
  },
  {
    kind: 'DRIVER_LICENSE',
    words: 'patente',
    after: /^(?: (?:n\W{0,2}|numero|nr) ?)?["']?\s?[:=#]/i,
  },
  { kind: 'DRIVER_LICENSE', words: 'patente', before: /\b(?:numero|n\.?|nr\.?)(?: di| della)? $/i },
  { kind: 'DRIVER_LICENSE', words: 'dl', after: /^ ?(?:#|no\b|number\b|num\b|is\b|:)/i },
  {
    kind: 'DRIVER_LICENSE',
    words: 'motorista conduire conducir conducao guida conduzione conducere',
    before: /(?:permis|permiso|licencia|carnet|carta|carteira|patente|licenca|permisul)(?: de| di)?[ _-]?$/i,
  },
  { kind: 'DATE_OF_BIRTH', words: 'b', before: /\bd\. ?o\. ?$/i },
  { kind: 'DATE_OF_BIRTH', words: 'ne', after: /^(?:\(e\))? le\b/i },
  {
    kind: 'DRIVER_LICENSE',
    words: 'license licence',
    before: /(?:^|[^a-z])(?!plate|software|product|medical|business|open|mit|gpl)[a-z]{0,8}[ _-]?["']?$/i,
    after: /^[ _-]?(?:number|no|num|nr)(?![a-z])/i,
  },
  {
    kind: 'DATE_OF_BIRTH',
    words:
      'dob birthdate birthday dateofbirth birthdates geburtsdatum geburtstag geb geboren geburtsdaten naissance nee nacimiento nacido nacida nascita nato nata nascimento nascido nascida geboortedatum fodelsedatum fodselsdato foddag fodt fodd urodzenia urodzony urodzona syntymaaika narozeni born рождения родился родилась geboorte szuletesi dogum doğum जन्मतिथि పుట్టినతేదీ birthdt',
  },
  { kind: 'DATE_OF_BIRTH', words: 'birth', before: /(?:dates?|day|year)[ _-]?of[ _-]?$/i },
  { kind: 'DATE_OF_BIRTH', words: 'birth', after: /^[ _-]?(?:date|day)\b|^["' ]{0,2}[:=]/i },
  // "(b. 4 May 1971)"
  { kind: 'DATE_OF_BIRTH', words: 'b', before: /[(,] ?$/, after: /^\. ?\d/ },
  { kind: 'DATE_OF_BIRTH', words: 'b', before: /\bdo$/i },
  { kind: 'DATE_OF_BIRTH', words: 'तिथि तारीख', before: /जन्म(?: की)? $/ },
  { kind: 'DATE_OF_BIRTH', words: 'తేదీ', before: /(?:పుట్టిన|జన్మ) $/ },
  { kind: 'DATE_OF_BIRTH', words: 'naci', after: /^ (?:el|en|un)\b/i },
  { kind: 'DATE_OF_BIRTH', words: 'birth', after: /^[ _-]?(?:dt|yr|year)\b/i },
  { kind: 'DATE_OF_BIRTH', words: 'bday' },
  { kind: 'DATE_OF_BIRTH', words: 'day', before: /\bb-$/i },
  { kind: 'DATE_OF_BIRTH', words: 'nac', before: /\bfecha (?:de )?$/i },
  { kind: 'DATE_OF_BIRTH', words: 'dt', before: /birth_$/i },
  { kind: 'PASSPORT', words: 'pp', capitals: true, after: /^ ?(?:no|number|#)/i },
  { kind: 'PASSPORT', words: 'pass', after: /^-(?:nr|nummer)\b/i },
];
