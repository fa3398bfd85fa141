/** Words that stand before a person one has to do with, or right behind one (dealt-with.ts says what is made of them). */
import type { LabelRow } from './labels-table.ts';

/** What a name can begin with; asked first, as it costs least. */
const NAMED = /^,? [A-Z]/;

export const DEALT_WITH: readonly LabelRow[] = [
  {
    kind: 'dealt-with',
    words: 'with',
    before:
      /\b(?:follow(?:ing|ed)? up|appointment|interview|(?:meet(?:ing)?|met|spoke|speak(?:ing)?|talk(?:ed|ing)?|chat|lunch|dinner|coffee|check(?:ed)?|call(?:ed)?|liv(?:e|es|ing)|married|working|session|consultation)) $/i,
    after: NAMED,
  },
  {
    kind: 'dealt-with',
    words: 'under',
    before: /\b(?:it's|its|it is|be|booked|filed|listed|registered|reserved|reservation|account|saved) $/i,
    after: NAMED,
  },
  {
    kind: 'dealt-with',
    words: 'add appoint',
    after:
      /^ [A-Z]\S+(?: [A-Z]\S+){0,2} (?:as (?:a |an |my |the |our )?(?:beneficiary|guardian|user|contact|signer|signatory|owner|admin|member|driver|partner|trustee|executor|reference|dependent|co-?\w+))/,
  },
  {
    kind: 'dealt-with',
    words: 'called',
    before:
      /\b(?:is|was|were|am|are|be|been|man|woman|boy|girl|guy|friend|brother|sister|son|daughter|wife|husband|colleague) $/i,
    after: NAMED,
  },
  { kind: 'dealt-with', words: 'to', before: /\bsaid [A-Z][a-z]{1,20} $/, after: NAMED },
  {
    kind: 'dealt-with',
    words: 'given gave gives',
    after:
      /^ [A-Z]\S{1,20}(?: [A-Z]\S{1,20})? (?:his|her|their|my|our) (?:address|number|phone|mobile|e-?mail|contact|card)/,
  },
  { kind: 'dealt-with', words: 'says said', before: /[,"\u201d'!?]["\u201d']? $/, after: NAMED },
  {
    kind: 'dealt-with',
    words:
      'son daughter kid wife husband brother sister cousin boss manager mother father partner uncle aunt nephew niece neighbour neighbor landlord dentist therapist roommate flatmate',
    before: /\b(?:my|our) (?:[a-z]{2,10} )?$/i,
    after: NAMED,
  },
  { kind: 'dealt-with', words: 'holder', before: /\b(?:account|policy|card|ticket) $/i, after: NAMED },
  {
    kind: 'dealt-with',
    words: 'for',
    before:
      /\b(?:balance|e-?mail|phone|number|address|records?|profile|scheduled|appointment|prescription|refill) $/i,
    after: NAMED,
  },
  { kind: 'dealt-with', words: 'behalf', after: /^ of [A-Z]/ },
  { kind: 'is-of', words: 'lives resides', after: /^ (?:at|in|on) / },
  {
    kind: 'is-of',
    words:
      'address phone number account email e-mail passport licence license birthday ssn card salary appointment prescription',
    before: /[a-z]'s (?:[a-z]{2,10} )?$/,
  },
];
