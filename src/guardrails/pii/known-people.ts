/**
 * People of stories and of history: whose name all know, and what texts say that speak of such people. Their names are nobody's
 * personal data.
 */
import { WordSet } from '../word-set.ts';
import { KNOWN_NAMES, KNOWN_SURNAMES } from './public-figures-table.ts';

/** A text that gives the model a part, asks for a story, or tells one to reckon with. */
const STAGE =
  /\b(?:[Hh]ow (?:many|much|old)\b|[Yy]ou(?: are|'re| were) (?:now )?(?:an?|the|[A-Z])|(?:[Aa]ct|acting|[Ss]peak|[Aa]nswer|[Rr]espond|pretend|[Pp]ose) as|[Pp]retend (?:to be|you|that)|[Ii]magine (?:you|that|an?|being|yourself)|[Rr]ole-? ?[Pp]lay(?:ing)?|(?:[Ii]n|[Tt]ake on|[Pp]lay|[Aa]ssume) the (?:role|part|style|voice|shoes) of|play the (?:role|part)|[Cc]haracters?\b|the famous|[Ff]ictional|[Dd]etective|[Ww]izard|[Kk]ingdom|[Ss]uperhero|[Aa]s (?:an? )?[A-Z]?[a-z]+(?:'s)? [A-Z][a-z]+, )/;
const STAGE_CHARS = 800;

/** Whether a text sets a stage; its first 800 units are asked. */
export const isStage = (text: string): boolean => STAGE.test(text.slice(0, STAGE_CHARS));

const KNOWN_LAST = new WordSet(KNOWN_SURNAMES.trim().split(/\s+/));
const KNOWN_WHOLE = new WordSet(KNOWN_NAMES.trim().split(/\n?\|\n?/));

/** Whose name all know: in full, or by its last word. */
export const isKnownToAll = (name: string): boolean =>
  KNOWN_WHOLE.has(name, 0, name.length) || KNOWN_LAST.has(name, name.lastIndexOf(' ') + 1, name.length);

/** What is asked and told of people that many know. */
const FAME =
  /\b(?:who (?:is|was|are|were|has|wrote|invented|discovered|directed|painted|played|won)|wh(?:at|en|ich|y) (?:did|was|do|does|happened|profession|would)|(?:explain|describe|compare|discuss|analy[sz]e|imagine|tell me about|perspective of|in the style of|are both)\b|biograph|novels?|books?|poems?|poets?|films?|movies?|series|songs?|albums?|bands?|lyrics|actors?|actress|singers?|presidents?|prime minister|senator|authors?|philosoph|scientist|inventor|paint(?:er|ing)|artists?|emperor|queen|king|composer|director|career|won|awards?|championship|league|season|match|election|century|war|history|historic|quotes?|essay|story|stories|famous|character|play(?:er|ed|s)?|museum|university|church|saint|born|died|starring|genre|published|theory|theorem|question|sentence|passage|article|summar|murder|massacre|telescope|brand|founded|co-?founder)/i;

/** The same in other languages, without accents. */
const FAME_ELSEWHERE =
  /\b(?:qui (?:est|etait|a)|quien(?:es)?|wer (?:ist|war|hat)|chi (?:e|era|ha)|quem|wie (?:is|was)|ecrivain|romans?|chansons?|peintres?|president|auteurs?|livres?|acteurs?|actrice|histoire|guerre|siecle|chanteu\w+|novelas?|peliculas?|cancion|pintor\w*|presidente|autora?|libros?|siglo|guerra|escritora?|cantante|figuras|buch|bucher|lied|maler|prasident|autor|jahrhundert|krieg|sanger|romanzo|scrittore|secolo|pittore|attore|schilder|schrijver|boek|eeuw|oorlog|pintura|livro|filme|seculo|arquitect\w+|architect\w*|pictur\w*|resim\w*|figur\w*|fondee? par|fundad[oa] por|gegrundet|lumiere|fortune|entreprise|reputation|dirigee? par|incarcere|universit\w+|university)\b/i;

export const speaksOfFame = (text: string): boolean => FAME.test(text) || FAME_ELSEWHERE.test(text);
