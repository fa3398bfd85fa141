/** Forms of English words, as far as rows of words need them: regular ones by rule, the common others by a list. */

/** Plain form: third person, going, gone. Of what doubles its last letter as well. */
const BENT = `be is being was;have has having had;do does doing did;go goes going went;give gives giving gave;take takes taking took
get gets getting got;let lets letting let;put puts putting put;set sets setting set;cut cuts cutting cut;shed sheds shedding shed
shut shuts shutting shut;run runs running ran;quit quits quitting quit;hit hits hitting hit;tell tells telling told
say says saying said;write writes writing wrote;make makes making made;build builds building built;come comes coming came
keep keeps keeping kept;hold holds holding held;know knows knowing knew;think thinks thinking thought;begin begins beginning began
speak speaks speaking spoke;read reads reading read;find finds finding found;seek seeks seeking sought;show shows showing showed
hide hides hiding hid;break breaks breaking broke;forget forgets forgetting forgot;forbid forbids forbidding forbade
become becomes becoming became;lose loses losing lost;win wins winning won;steal steals stealing stole;slay slays slaying slew
swear swears swearing swore;teach teaches teaching taught;buy buys buying bought;pay pays paying paid;send sends sending sent
spell spells spelling spelt;mean means meaning meant;lend lends lending lent;stand stands standing stood;bring brings bringing brought
lay lays laying laid;bind binds binding bound;unbind unbinds unbinding unbound;withhold withholds withholding withheld
withdraw withdraws withdrawing withdrew;understand understands understanding understood;throw throws throwing threw
leave leaves leaving left;strike strikes striking struck;sit sits sitting sat;sing sings singing sang;sell sells selling sold
tear tears tearing tore;dig digs digging dug;hang hangs hanging hung;stick sticks sticking stuck;lie lies lying lied
die dies dying died;untie unties untying untied;flee flees fleeing fled;slip slips slipping slipped;skip skips skipping skipped
stop stops stopping stopped;drop drops dropping dropped;strip strips stripping stripped;scrap scraps scrapping scrapped
tap taps tapping tapped;plan plans planning planned;con cons conning conned;ban bans banning banned;bar bars barring barred
jot jots jotting jotted;rob robs robbing robbed;nick nicks nicking nicked;beg begs begging begged;permit permits permitting permitted
submit submits submitting submitted;transmit transmits transmitting transmitted;emit emits emitting emitted
omit omits omitting omitted;chat chats chatting chatted;pen pens penning penned;blot blots blotting blotted
wrap wraps wrapping wrapped;sum sums summing summed;ship ships shipping shipped;transfer transfers transferring transferred
refer refers referring referred;must must must must;shall shall shall should;ought ought ought ought;can't can't can't couldn't
mislead misleads misleading misled;undo undoes undoing undid;deal deals dealing dealt;feel feels feeling felt;see sees seeing saw
grow grows growing grew;draw draws drawing drew;fib fibs fibbing fibbed;compel compels compelling compelled
rid rids ridding rid;overthrow overthrows overthrowing overthrew;cast casts casting cast;hit hits hitting hit;tip tips tipping tipped
abet abets abetting abetted;equip equips equipping equipped;log logs logging logged;quash quashes quashing quashed`;

const bent: ReadonlyMap<string, readonly string[]> = new Map(
  BENT.split(/[;\n]/).map((row) => {
    const [word = '', ...forms] = row.split(' ');
    return [word, forms];
  }),
);

const SIBILANT = /(?:s|x|z|ch|sh)$/;
const Y = /[^aeiou]y$/;

const withS = (word: string): string => {
  if (SIBILANT.test(word)) return `${word}es`;
  return Y.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
};

/** Plain, third person, going, gone. */
export function verbForms(word: string): readonly string[] {
  const known = bent.get(word);
  if (known) return [word, ...known];
  const going = /[^eo]e$/.test(word) ? `${word.slice(0, -1)}ing` : `${word}ing`;
  const y = Y.test(word) ? `${word.slice(0, -1)}ied` : `${word}ed`;
  return [word, withS(word), going, word.endsWith('e') ? `${word}d` : y];
}

/** One, many. */
export function nounForms(word: string): readonly string[] {
  if (word === 'child') return [word, 'children'];
  return [word, /^(?:wo)?man$/.test(word) ? word.replace('man', 'men') : withS(word)];
}
