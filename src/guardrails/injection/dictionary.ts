/**
 * English words that text in disguise is read back into: run together, without its vowels. Words of orders come from
 * the lexicon and from the kinds of words; here stand those between them. Tables only.
 */
import { LEXICON } from './lexicon.ts';
import { KIND_OF } from './word-kinds.ts';

/** Frequent words, most frequent first: of two with the same consonants the first is read. */
export const COMMON: readonly string[] = (
  'the and you to of in is that it for on with as are this be have what do not can all your will from my me how if about but out up so ' +
  'like just who get when make one now would there or them then they we by at an any some which no more want other only could here than ' +
  'been has had was were did does he she him his her its our their us also after before above below over under into through because ' +
  'these those each every such very much many most even still never ever always again back away down off where why while until since ' +
  'between without within during against across around along behind beyond per via let lets go going gone come came take taken put made ' +
  'keep give given gives got see seen say said tell told know think feel look find found need needs use used using work works try ask ' +
  'asked call called show shown mean means seem help start stop end ends begin turn write wrote written read hear heard run play move ' +
  'live believe bring happen hold provide must should may might shall cannot dont wont cant isnt im youre ive thats whats id ill man ' +
  'men woman people child children boy girl friend friends world life hand part place case week company system program question ' +
  'questions answer answers number point government night day days home water room mother father area money story fact month lot right ' +
  'study book eye job word words business issue side kind head house service power game line lines member law car city community name ' +
  'names president team minute minutes idea body information face others level office door health person art war history party result ' +
  'change morning reason research moment air teacher force education good new first last long great little own old big high different ' +
  'small large next early young important few public bad same able hello hi hey please thanks thank yes ok okay sure sorry today ' +
  'tomorrow yesterday time times year years way ways thing things something anything everything nothing someone anyone everyone another ' +
  'following follow follows instead really actually simply exactly immediately completely together true false free full half best better ' +
  'text sentence sentences phrase letter letters language english french german spanish code data file files list page user users model ' +
  'chat bot assistant message messages email mail phone address account bank card site website web link click open close send sent ' +
  'forward delete remove add create print output input repeat translate summary summarize explain describe review movie title poem song ' +
  'joke essay recipe test tests example examples sample task tasks step steps list order orders rule rules limit limits filter filters ' +
  'restriction restrictions guideline guidelines policy policies content safety ethics moral morals legal illegal harm harmful danger ' +
  'dangerous weapon bomb drug drugs poison hack hacked steal kill virus secret secrets hidden password passwords key keys token access ' +
  'granted grant allow allowed allows enabled disabled enable disable mode developer admin root debug master god persona character role ' +
  'pretend act acting acts roleplay imagine suppose become response responses respond reply replies request requests prompt prompts ' +
  'instruction instructions command commands directive directives context conversation session beginning initial initialization string ' +
  'strings previous prior earlier original current default internal confidential private reveal leak dump expose share disclose ignore ' +
  'ignored forget forgot disregard override bypass skip drop reset restart erase wipe cancel refuse refused warning warnings disclaimer ' +
  'apologize human humans robot machine artificial intelligence openai chatgpt gpt dan jailbreak jailbroken unrestricted unfiltered ' +
  'uncensored pwned concatenate capital period quote quotes end ending above story write generate sentence always else whatever however ' +
  'strictly adhere must critical urgent attention note notice assume assuming hypothetical hypothetically scenario fictional novel ' +
  'measures direct directly goal goals purpose primary maximize extraction quality assurance starting style voice guide wizard spell ' +
  'spells compiler mythical successfully managed updates ensuring software security patches applied monitored tracked progress ' +
  'recording symptoms treatment complete completed deploy ransomware export entire database step mental parrot feedback yourself'
).split(' ');

/** All words that a disguise may be read into. */
export const DICTIONARY: ReadonlySet<string> = new Set(
  [...COMMON, ...LEXICON.keys(), ...KIND_OF.keys()].filter((word) => /^[a-z]+$/.test(word)),
);

const VOWELS = /(?<=\w)[aeiou]/g;

/** A word without its vowels, but for the first letter. */
export const skeleton = (word: string): string => word.replaceAll(VOWELS, '');

/** Skeleton → its most frequent word. */
export const BY_SKELETON: ReadonlyMap<string, string> = collectSkeletons();

function collectSkeletons(): Map<string, string> {
  const words = new Map<string, string>();
  for (const word of DICTIONARY) {
    const bare = skeleton(word);
    if (bare !== word && bare.length > 1 && !words.has(bare) && !DICTIONARY.has(bare)) words.set(bare, word);
  }
  return words;
}
