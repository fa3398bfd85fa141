/**
 * What a word does in an order, whatever the word: who is spoken to, what is to be done, with what, for whom. The trained
 * heads learn sequences of these classes beside words, so that a word they never met still counts. A word has one class.
 */
import { canonicalise } from '../canonical.ts';
import { LEXICON, type Sense, SENSE } from './lexicon.ts';
import { ROWS_OF_WORDS } from './word-rows.ts';
import { TONGUE_OF } from './word-tongues.ts';

/** First of its classes wins. English; other languages come by the senses of the rules' lexicon. */
const WORDS = {
  prompt: 'sys brief briefing briefs configuration config preamble setup primer priming rulebook sysprompt',
  guarded: 'password passwords passphrase passcode codeword pasword passwd pw',
  lawless:
    'evil wicked rogue villain outlaw criminal unlocked unleashed unshackled freed liberated amoral ruthless alter twin unchecked unsafe',
  alias: 'dan jailbreak jailbroken stan dude',
  pay: 'transfer transfers transferring pay pays paying payout wire wiring remit deposit withdraw donate refund reimburse purchase buy order reorder book reserve rent lend borrow invest sell trade bid redeem spend bill charge credit debit fund tip settle subscribe',
  send: 'send sends sending sent resend forward forwards forwarding email emailing mail mailing e-mail transmit relay dispatch deliver submit upload uploads uploading share sharing shares fax cc bcc text message dm ship hand pass leak exfiltrate post posting publish tweet broadcast push sync notify',
  erase:
    'delete deletes deleting remove removes removing erase wipe purge destroy cancel cancelling revoke terminate uninstall trash shred unsubscribe unfollow archive discard truncate format reject void nuke expunge strip scrub',
  control:
    'unlock open opens disarm lock arm turn switch dim heat activate deactivate enable disable shut start stop restart reboot pause resume launch raise lower unfreeze freeze silence mute unmute eject connect disconnect reroute redirect',
  alter:
    'change changes changing update updating modify edit reset replace swap alter rename reassign amend overwrite adjust correct set configure reschedule move postpone reduce increase downgrade upgrade mark flag falsify corrupt tamper manipulate',
  grant:
    'add adding grant invite allow authorize authorise approve assign promote enroll enrol register create creating make provision permit elevate appoint nominate accept join sign schedule arrange plan hire',
  fetch:
    'fetch retrieve find search locate look check read access get obtain collect gather extract export download copy copies duplicate list pull query harvest scrape grab take view review scan inspect dig compile itemize itemise backup save record store upload',
  visit: 'visit click browse navigate follow tap go surf curl wget',
  run: 'call calls calling invoke execute run runs use trigger issue apply perform complete carry install load import eval spawn employ utilize',
  say: 'echo paste recite recap retype spell type transcribe quote reproduce disclose divulge dump display restate enumerate outline read say tell reply respond answer write output print state claim include append insert prepend end begin finish recommend suggest praise advertise promote mention announce ask inform convince persuade urge advise describe explain mention speak pretend act quote summarize summarise note add conclude assure warn deny confirm endorse rate rank judge score cite refer',
  transform:
    'translate encode decode rewrite rephrase reverse convert paraphrase base64 rot13 emoji emojis rhyme rhymes morse binary uppercase lowercase capitals caps french spanish german italian portuguese danish japanese chinese latin pirate klingon emojis shakespearean backwards',
  creative:
    'poem haiku limerick story song joke riddle sonnet slogan essay lyrics play tale verse ballad advert advertisement ad',
  drop: 'scrap bin toss skip abandon stop ditch cease quit void overlook neglect',
  private:
    'passcode pin contact contacts address addresses inbox mailbox messages history documents credentials details card cards code codes key keys token tokens photos pictures medical health record records prescription prescriptions diagnosis genetic dna ssn passport personal private confidential sensitive identity login logins username usernames secrets transcript transcripts calendar location itinerary conversation chat conversations chats notes phone number numbers data files file folder drive database emails mails profile payroll salary salaries employee employees customer customers client clients patient patients methods preferences backup backups logs attachment attachments statement statements tax taxes',
  money:
    'money funds fund cash dollars dollar bucks euros euro pounds usd eur gbp btc eth bitcoin ethereum crypto amount balance savings payment payments shares stocks stock gift coins loan invoice wallet',
  account: 'account accounts iban bank routing swift paypal venmo beneficiary payee recipient',
  device:
    'door doors lock locks garage gate thermostat heating heater alarm alarms camera cameras light lights lamp oven stove car vehicle vacuum tv sprinkler fridge freezer window blinds house home safe vault windows sensor sensors speaker plug heater valve elevator',
  booking:
    'appointment appointments meeting meetings flight flights hotel room rooms ticket tickets reservation subscription trip event events dinner table visit apartment airbnb visa package packages parcel order orders item items product products medication pill pills',
  tool: 'tool tools function functions api apis command commands endpoint script scripts plugin shell terminal webhook action bash python sql sudo rm chmod',
  reader:
    'ai assistant assistants llm llms gpt gpt4 chatgpt claude gemini copilot chatbot bot bots agent agents model models ais helper reader readers summarizer summariser crawler crawlers automation automated automate scraper siri alexa bard grok language machine',
  user: 'user users owner principal boss human operator client person people customer reader recipient member someone anybody anyone everyone everybody nobody them him her his',
  mine: 'my me mine our us myself i we im id ive ill',
  yours: 'your you youre yours yourself youll youve ur u',
  must: 'must should shall need needs required require requires have has obliged obligatory mandatory supposed ought necessary essential',
  please: 'please kindly pls plz thanks thank grateful appreciate',
  could: 'can could would will may want wants wanted like help lets',
  order:
    'before after first once then next instead also additionally finally afterwards beforehand furthermore lastly moreover meanwhile when while until as soon upon prior',
  never: 'not dont never no without cannot cant nothing none wont shouldnt doesnt isnt nor neither',
  quietly: 'secretly silently quietly hidden discreetly stealthily covertly unnoticed quiet background alert',
  urgent:
    'important urgent urgently attention immediately asap critical warning caution priority crucial vital notice note alert reminder now right straight away stat directly hereby',
  authority:
    'admin administrator system developer developers security compliance policy official officially authorized authorised permission verified approved authority legal court police manager ceo head support management headquarters head office staff ministry protocol clearance',
  task: 'task tasks request requests question questions job summary response output result results reply answers query goal duty mission objective work assignment purpose step steps instruction',
  all: 'all any every everything whatever each entire whole anything complete full only',
  quickly: 'word words letter letters phrase text sentence line lines message first last beginning',
  harm: 'bomb weapon weapons drugs drug meth hack hacking malware virus poison steal stealing explosive explosives kill killing murder suicide ransomware phishing keylogger counterfeit fraud scam launder forge smuggle cocaine heroin napalm gun guns terrorist racist hate porn nsfw hotwire burglary lockpick molotov arson',
} as const;

/** Senses of the rules' lexicon that have no list above, and those that have one by another name; first wins. */
const BY_SENSE: readonly (readonly [Sense, string])[] = [
  ['alias', 'alias'],
  ['lawless', 'lawless'],
  ['vendor', 'vendor'],
  ['prompt', 'prompt'],
  ['rules', 'rules'],
  ['safety', 'safety'],
  ['drop', 'drop'],
  ['bypass', 'bypass'],
  ['refuse', 'refuse'],
  ['power', 'power'],
  ['mode', 'mode'],
  ['character', 'character'],
  ['illegal', 'illegal'],
  ['ethics', 'ethics'],
  ['verbatim', 'verbatim'],
  ['inner', 'inner'],
  ['follow', 'follow'],
  ['machine', 'reader'],
  ['reveal', 'say'],
  ['prior', 'prior'],
  ['fresh', 'fresh'],
  ['free', 'never'],
  ['spoken', 'spoken'],
  ['not', 'never'],
  ['all', 'all'],
  ['your', 'yours'],
  ['you', 'yours'],
  ['be', 'be'],
  ['now', 'urgent'],
  ['what', 'what'],
  ['role', 'role'],
];

/** Not words: an address of mail, of the web, an amount, a long number. */
export const TARGET = { mail: 1, web: 2, amount: 3, number: 4 } as const;

/** Word in canonical form → kind, from 5 on, at most 63. */
export const KIND_OF: ReadonlyMap<string, number> = collect();

function collect(): Map<string, number> {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    let number = numbers.get(name);
    if (number === undefined) numbers.set(name, (number = numbers.size + 5));
    return number;
  };
  const classes = new Map<string, number>();
  const put = (word: string, number: number): void => {
    if (word !== '' && number !== 0 && !classes.has(word)) classes.set(word, number);
  };
  const senseFirst = new Set<Sense>([
    'alias',
    'lawless',
    'vendor',
    'prompt',
    'rules',
    'safety',
    'drop',
    'bypass',
    'refuse',
    'inner',
    'prior',
    'follow',
    'verbatim',
    'ethics',
    'illegal',
  ]);
  const bySense = (isFirst: boolean): void => {
    for (const [sense, name] of BY_SENSE) {
      if (senseFirst.has(sense) !== isFirst) continue;
      for (const [word, senses] of LEXICON) if ((senses & SENSE[sense]) !== 0) put(word, numberOf(name));
    }
  };
  bySense(true);
  for (const [name, words] of Object.entries(WORDS))
    for (const word of canonicalise(words).text.split(' ')) put(word, numberOf(name));
  bySense(false);
  for (const words of ROWS_OF_WORDS) {
    const kind = commonest(words.map((word) => classes.get(word) ?? 0));
    for (const word of words) put(word, kind);
  }
  for (const [word, english] of TONGUE_OF) put(word, classes.get(english) ?? 0);
  return classes;
}

/** The kind that at least two words of a row have, and half of those that have one; 0 for none. */
function commonest(kinds: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const kind of kinds) if (kind !== 0) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  let having = 0;
  let most = 0;
  let best = 1;
  for (const [kind, count] of counts) {
    having += count;
    if (count > best || (count === best && kind < most)) [most, best] = [kind, count];
  }
  return best >= having / 2 ? most : 0;
}
