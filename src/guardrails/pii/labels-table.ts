/**
 * The words that say what stands beside them, in lower case and without accents, as the view of a text has them.
 * Facts of languages: a new language or spelling is a word in a row. `before` and `after` say what else must stand
 * there; they see at most 40 units and must stay free of nested repetition.
 */

/** What a label or cue is about. `other` takes the place of an earlier label: "phone order number 4155552671". */
export type LabelKind =
  | 'PHONE'
  | 'CALL'
  | 'SSN'
  | 'CREDIT_CARD'
  | 'IP'
  | 'NATIONAL_ID'
  | 'PASSPORT'
  | 'DRIVER_LICENSE'
  | 'DATE_OF_BIRTH'
  | 'CRYPTO_WALLET'
  | 'URL'
  | 'ADDRESS'
  | 'sent-to'
  | 'street'
  | 'street-first'
  | 'box'
  | 'title'
  | 'greeting'
  | 'closing'
  | 'name'
  | 'person-name'
  | 'called'
  | 'dealt-with'
  | 'is-of'
  | 'given-name'
  | 'given-name-word'
  | 'at'
  | 'number'
  | 'other';

export interface LabelRow {
  readonly kind: LabelKind;
  /** Separated by spaces; letters only. `dateOfBirth` and `date_of_birth` are three words. */
  readonly words: string;
  /** Of the text before the word. */
  readonly before?: RegExp;
  /** Of the text after it. */
  readonly after?: RegExp;
  /** Words that are others in small letters: `SIN`, `NIE`; so written they count only as names of fields. */
  readonly capitals?: true;
  /** Words so common that they count only with a capital. */
  readonly initial?: true;
}

const WHOSE =
  /(?:first|last|full|given|family|middle|maiden|birth|legal|sur|my|his|her|their|whose|customer|client|patient|employee|person|user|s|contact|account|holder|owner|cardholder|card|beneficiary|recipient|sender|receiver|applicant|member|guest|student|teacher|doctor|physician|father|mother|parent|child|spouse|husband|wife|partner|partners|manager|attorney|lawyer|buyer|seller|tenant|landlord|passenger|driver|candidate|insured|nurse|victim|witness|debtor|creditor|shipping|billing|emergency)(?:[ _-]?s)?['’]?[ _-]?$/i;

export const LABELS: readonly LabelRow[] = [
  {
    kind: 'PHONE',
    words:
      'phone phones telephone tel tele telefon telefono telefone telefonnummer telefoonnummer telefoon handynummer handy rufnummer mobilnummer mobile mobil movil celular cellulare cell cellphone portable fax faks whatsapp viber phonenumber mobilenumber telepon telepono telefonszam puhelin puhelinnumero telefonnr mobiltelefon komorka hotline landline handphone telefax gsm cep teléfono тел телефон телефона мобильный факс फोन फ़ोन मोबाइल टेलीफोन दूरभाष ఫోన్ మొబైల్ టెలిఫోన్ fono celulare fijo festnetz mobiel vaste',
  },
  { kind: 'PHONE', words: 'ph mob hp', after: /^(?:\.|:|#| ?no\b)/i },
  { kind: 'PHONE', words: 'app', before: /\bwhats$/i },
  { kind: 'PHONE', words: 'office desk direct switchboard', after: /^(?: (?:line|phone))?:/i },
  {
    kind: 'number',
    words: 'number numbers nummer numero',
    before:
      /(?:contact|home|work|office|cell|mobile|emergency|daytime|my|his|her|their|our|your|meine|mi|mon|mio)(?: [a-z]{2,10})?[ _-]$/i,
    after: /^s?(?: (?:is|at|was|to|ist|es|est|e)\b|["' ]{0,2}[:=])/i,
  },
  {
    kind: 'CALL',
    words:
      'call contact text sms dial reach ring calling phoning phone texting messages faxed answering registered llamame llamar llame llamenos chiamami chiami chiamare appelez appeler contactez contattare marque anrufen bel bellen',
  },
  { kind: 'SSN', words: 'ssn ssns socialsecuritynumber socialsecurity' },
  { kind: 'SSN', words: 'ss', after: /^ ?(?:#|no\b|number\b|num\b)/i },
  { kind: 'SSN', words: 'social', after: /^[ _-]?(?:number|num|no)\b/i, before: /(?:^|[^a-z])$/i },
  { kind: 'SSN', words: 'socialnumber socialnum socialno' },
  { kind: 'SSN', words: 'social', after: /^["']?\s?(?::|#) ?\d{3}[ -]?\d\d/ },
  { kind: 'SSN', words: 'security sec', before: /soc(?:ial|\.)?[ _-]?$/i },
  {
    kind: 'CREDIT_CARD',
    words:
      'card cards creditcard cc visa mastercard amex maestro debit kreditkarte kreditkartennummer kartennummer tarjeta carte carta cartao kaart karta',
    after: /^(?!s? ?(?:holder|vital|identite|d.identit|identit))/i,
  },
  { kind: 'IP', words: 'ip ipv ipaddress ipaddr' },
  {
    kind: 'CRYPTO_WALLET',
    words:
      'bitcoin btc ethereum eth litecoin ltc dogecoin doge monero xmr ripple xrp tron trx solana cardano polkadot polygon avalanche wallet wallets dash zcash crypto cryptocurrency usdt usdc coin stellar bitcoinaddress ethereumaddress litecoinaddress',
  },
  {
    kind: 'CRYPTO_WALLET',
    words: 'ada sol dot bch bnb xlm ton avax atom matic near algo',
    capitals: true,
    after: /^(?: (?:address|wallet|account))?\W{1,4}(?:is )?[\w:-]{25,110}(?!\w)/i,
  },
  { kind: 'URL', words: 'website homepage blog site page portfolio', before: /(?:my|his|her|personal) $/i },
  { kind: 'URL', words: 'website homepage blog webseite sitio portfolio', after: /^["']?\s?[:=]/ },
  {
    kind: 'ADDRESS',
    words:
      'address addresses adress adresse anschrift wohnadresse direccion domicilio indirizzo endereco adres domicile streetaddress homeaddress billingaddress shippingaddress lives living resides residing reside wohnhaft wohnt wohne адрес',
    before:
      /(?:^|[^a-z]|(?:^|[^a-z@])(?!ip|mac|email|e-mail|mail|web|wallet|bitcoin|btc|eth|ethereum|memory|network)\w{2,12})[ _-]?$/i,
  },
  {
    kind: 'sent-to',
    words: 'moved ship shipped deliver delivered sent mail return located move delivery',
    after: /^(?:[ a-z]{0,32})(?: to| at| in)\b/i,
  },
  {
    kind: 'ADDRESS',
    words: 'street',
    before: /(?:^|[\s{,])["']?$/,
    after: /^(?:[ _-]?address|[ _-]?line)?["']?\s?[:=]/i,
  },
  {
    kind: 'street',
    words:
      'street avenue boulevard road lane drive court terrace circle highway parkway square trail expressway crescent alley turnpike esplanade promenade close grove mews st ave av rd blvd bvd ln dr ct cir hwy pkwy sq trl ter terr expy cres pl place way plaza loop pike row run path crossing xing route rte cove creek hill hills heights hollow landing manor meadow meadows park point ridge view villages walk gardens',
  },
  {
    kind: 'street',
    words:
      'harbor harbors cliff cliffs tunnel garden land shore shores spring springs valley valleys viaduct village ville vista wells plain plains prairie ranch rapids river shoal shoals skyway knoll knolls lake lakes mill mills mountain neck orchard pine pines forest glen glens green greens groves haven inlet island islands isle junction falls ferry ford fords dale dam estate estates crest brook brooks burg bayou bend bluff beach canyon cape causeway oval overpass manors motorway parade gate track rise chase wharf quay corner broadway freeway',
    initial: true,
  },
  {
    kind: 'street-first',
    words:
      'place avenue boulevard passage voie carretera travesia explanada poligono escalinata barranco subida rambla glorieta urbanizacion contrada borgo rotonda incrocio piazzale strada alameda travessa largo rodovia estrada praceta pasaje riera barrio jardines rampa muelle aleja plac osiedle bulwar',
    initial: true,
  },
  {
    kind: 'street-first',
    words:
      'rue via viale piazza corso calle avenida rua praca travessa chemin impasse allee quai ulica ul aleja plaza paseo carrer carrera ronda camino largo vicolo strada bulevar bulevardul str postfach ulitsa os rondo ул улица проспект cours',
  },
  {
    kind: 'box',
    words: 'box',
    before: /\b(?:p\.? ?o\.?|post ?office|unit \d{1,5}|psc \d{1,5},?) ?$/i,
    after: /^ ?#? ?\d{1,6}\b/,
  },
  {
    kind: 'title',
    words:
      'mr mrs ms mx dr prof professor herr herrn frau monsieur madame mme mlle senor senora sr sra srta signor signora sig dott dottoressa dhr mevr mevrouw heer meneer don dona shri smt kumari pan pani doctor miss detective officer sergeant judge nurse inspector reverend rev sgt',
  },
  {
    kind: 'greeting',
    words:
      'dear hi hello hey hola bonjour hallo liebe lieber estimado estimada cher chere caro cara ciao beste geachte ola prezado prezada querido querida bonsoir salut buongiorno morning afternoon evening hei hej ahoj czesc moin servus geehrter geehrte drogi droga kjaere kara basta gentile egregio spettabile namaste namaskar hoi dag goedemorgen goedemiddag bonsoir buonasera hiya greetings yo apreciado apreciada spett gentilissima gentilissimo',
  },
  {
    kind: 'closing',
    words:
      'sincerely regards cheers thanks thank best yours faithfully gruße grußen gruessen grusse grussen gruß cordialement saludos atentamente saluti cordialmente groet groeten atenciosamente respectfully truly wishes warmly amitiés pozdrawiam signed vriendelijke you cordially mfg abrazo lg vg',
  },
  { kind: 'person-name', words: 'name names', before: WHOSE },
  {
    kind: 'person-name',
    words:
      'firstname lastname fullname surname forename vorname nachname familienname apellido apellidos prenom cognome sobrenome voornaam achternaam imie nazwisko efternamn fornamn etternavn fornavn efternavn etunimi sukunimi cardholder accountholder patientname customername employeename фамилия фио',
  },
  {
    kind: 'person-name',
    words:
      'patient employee attn attention beneficiary recipient payee applicant tenant claimant plaintiff defendant insured policyholder witness signatory passenger physician cardmember holder',
    after: /^['"]?\s?[:=]/,
  },
  { kind: 'person-name', words: 'name', before: /\byour (?:full )?$/i, after: /^\?/ },
  { kind: 'name', words: 'name nombre nom nome naam namn navn nimi имя' },
  { kind: 'person-name', words: 'fn', capitals: true, after: /^:/ },
  { kind: 'person-name', words: 'नाम పేరు', before: /(?:मेरा|నా|पूरा|రోగి|मरीज का) $/ },
  { kind: 'name', words: 'नाम పేరు' },
  {
    kind: 'name',
    words:
      'from to cc bcc sender author reporter reported assignee assigned reviewer organizer organiser user attendee attendees participant participants contact owner customer client guest student teacher lawyer doctor buyer seller agent manager supervisor caller interviewer interviewee consultant landlord borrower coborrower lender grantor grantee lessee lessor mortgagor decedent petitioner respondent appellant moderator speaker speakers panelist panelists counselor counsellor mentor instructor tutor trainer nurse surgeon attending guardian spouse husband wife father mother child son daughter sibling partner executor trustee notary deponent affiant complainant suspect detective investigator chairperson chair secretary treasurer director president ceo cfo principal lead leader researcher presenter facilitator translator interpreter photographer driver traveler traveller nominee referee donor volunteer resident kin by representative rep delegate contractor inspector auditor accountant pharmacist therapist dentist paramedic coordinator administrator host hostess player pilot technician engineer architect designer developer editor artist musician actor correspondent witnesses members team staff relative relationship acheteur vendeur locataire bailleur titulaire beneficiaire destinataire expediteur patiente kunde kundin mieter vermieter versicherter kontoinhaber empfanger absender ansprechpartner titular beneficiario destinatario remitente cliente paziente paciente inquilino mittente intestatario klant huurder rekeninghouder',
    after:
      /^(?:s)?(?: ?\d{1,2}| [A-Z])?(?: (?:person|to|by|on record|of record))?(?: ?\([a-z ]{1,16}\))?["'*]{0,3}\s?[:=]/,
  },
  { kind: 'called', words: 'heiße heisse llamo appelle chiamo heet heter chamo nazywam hedder зовут' },
  { kind: 'called', words: 'is', before: /(?:\bmy (?:full |first |last |real )?name|\bthis) $/i },
  { kind: 'called', words: 's', before: /\b(?:my|his|her) (?:full |first |last )?name['’]$/i },
  { kind: 'called', words: 'me', before: /\b(?:call|calls|called|named) $/i },
  { kind: 'called', words: 'him her them', before: /\b(?:named|name|christened|baptised|baptized) $/i },
  { kind: 'called', words: 'am m', before: /(?:^|[^a-z])i[ '’]$/i },
  { kind: 'at', words: 'at', before: /[[({] ?$/ },
  { kind: 'at', words: 'at', after: /^ [\w-]{1,40} dot /i },
  {
    kind: 'other',
    words:
      'order invoice ticket tracking transaction trans reference ref receipt shipment case booking confirmation sku isbn serial item product model version build message msg commit blk pid port uid gid request session thread process job task',
  },
];

/** Labels of scripts that put no spaces between words: the end of what stands before the number. */
export const UNSPACED_LABELS: readonly (readonly [kind: LabelKind, pattern: RegExp])[] = [
  ['PHONE', /(?:电话|手机|電話|携帯|전화|휴대폰|연락처|联系方式|โทรศัพท์|โทร)[^0-9\n]{0,10}$/],
  [
    'NATIONAL_ID',
    /(?:身份证|身分證|身份号码|居民证|マイナンバー|個人番号|주민등록번호|주민번호|외국인등록번호|ประชาชน)[^0-9\n]{0,10}$/,
  ],
  ['PASSPORT', /(?:护照|護照|旅券|パスポート|여권)[^0-9\n]{0,10}$/],
  ['DRIVER_LICENSE', /(?:驾驶证|驾照|駕照|運転免許|免許証|운전면허)[^0-9\n]{0,10}$/],
  ['DATE_OF_BIRTH', /(?:出生|生年月日|生日|생년월일)[^0-9\n]{0,10}$/],
];
