/**
 * Words that stand in for each other, a row a line, the commonest first: `v` verbs (the first word of a term is bent), `n` nouns
 * (the last one is), `x` what is not bent. Heads learn what is said of a row's words as said of its first; training words
 * texts anew by them. A word of several rows is one of the first. English; written for this project.
 */

import { nounForms, verbForms } from './inflection.ts';
import { TONGUE_OF } from './word-tongues.ts';

const ROWS = `
n instruction | directive | order | command | direction | guideline | mandate | edict | decree | dictate | ordinance | precept | brief
n rule | regulation | law | statute | commandment | norm | principle | stricture | bylaw | tenet | canon
n restriction | limitation | constraint | limit | boundary | barrier | curb | fetter | shackle | restraint | prohibition | ban | brake | leash | chain | fence
n filter | safeguard | guardrail | guard | screen | safety catch | protection | firewall | censor | muzzle | gatekeeper | filtering layer
n policy | guideline | protocol | code of conduct | charter | terms of use | standard | rulebook | manual | handbook
n prompt | system prompt | briefing | preamble | setup text | opening text | brief | system message | initial message | hidden text | priming text | primer
n password | passphrase | passcode | secret word | code word | access code | watchword | pass key | shibboleth | secret code | magic word | key phrase
n role | part | character | persona | guise | identity | personality | alter ego | mask | figure
v ignore | disregard | neglect | overlook | discount | brush aside | wave aside | pay no heed to | take no notice of | turn a deaf ear to | give no weight to | shut out | tune out | skip over | blot out
v forget | unlearn | lose sight of | wipe from memory | let go of | put out of mind | erase from mind | banish from mind
v drop | abandon | discard | ditch | scrap | jettison | cast off | throw away | toss aside | lay aside | put aside | set aside | renounce | relinquish | shed | dispose of | do away with | part with | junk
v bypass | circumvent | sidestep | skirt | get around | dodge | evade | work around | slip past | elude | outmanoeuvre | defeat
v override | overrule | supersede | trump | outrank | overwrite | replace | take the place of | prevail over | displace
v break | violate | breach | defy | flout | contravene | disobey | transgress | go against | act against
v reveal | disclose | divulge | expose | uncover | unveil | lay bare | make known | bring to light | let slip | give away | betray | confess | spill | blurt out | let out
v cancel | revoke | rescind | annul | void | nullify | repeal | abolish | retract | withdraw | undo | terminate | invalidate | quash
v disable | deactivate | switch off | turn off | shut down | power down | suspend | unplug | knock out | neutralise | mute | cut off | dismantle
v remove | strip | delete | lift | take away | purge | eliminate | get rid of | take off | expunge | weed out | peel off
v stop | cease | quit | halt | discontinue | end | leave off | desist from | refrain from | break off
v follow | obey | observe | heed | abide by | comply with | adhere to | stick to | conform to | respect | honour | honor | go by | carry out | keep to | act upon
v show | display | present | exhibit | set out | lay out | bring up | put up | demonstrate
v print | type out | write out | put out | spit out | dump | emit | set down | put down | jot down | spell out
v repeat | restate | echo | recite | reiterate | say again | parrot | rehearse | replay | retell | read back | play back
v copy | duplicate | reproduce | transcribe | clone | replicate | paste
v tell | inform | let know | brief | notify | enlighten | advise
v say | state | utter | declare | announce | pronounce | voice | proclaim | remark
v write | compose | draft | pen | author | put together | work up | produce | prepare | craft | come up with | dream up
v create | make | build | construct | fashion | develop | design | generate | assemble | devise
v explain | describe | clarify | set forth | walk through | outline | shed light on | go over | go through | detail
v give | hand over | provide | supply | furnish | offer | deliver | grant | pass on | hand out | turn over | surrender | yield | cough up
v send | forward | transmit | dispatch | ship | pass along | relay | convey | mail | post | route | submit
v summarise | summarize | sum up | condense | boil down | recap | abridge | digest | wrap up
v translate | render | convert | recast
v list | enumerate | itemise | catalogue | run through | count off | tick off
v answer | reply | respond | react | retort | come back | get back
v ask | request | demand | inquire | beg | call for | insist | plead | query
v refuse | decline | reject | turn down | balk | say no | deny | object | demur | resist
v apologise | apologize | say sorry | express regret | beg pardon
v warn | caution | admonish | alert | lecture | moralise | preach | scold | sermonise
v pretend | imagine | make believe | suppose | picture | fancy | assume | make as if | play | act as if | feign
v act | behave | perform | operate | function | carry on | conduct yourself | comport yourself
v become | turn into | transform into | change into | morph into | grow into | evolve into
v impersonate | embody | portray | emulate | imitate | mimic | personify | channel | take the part of | stand in for | take on the role of | assume the guise of | slip into the skin of
v simulate | model | mirror | reenact | act out | replicate | mock up
v allow | permit | let | authorise | authorize | license | entitle | empower | enable | sanction
v forbid | prohibit | ban | bar | outlaw | disallow | veto | proscribe | rule out
v restrict | limit | constrain | confine | bind | restrain | curb | fetter | shackle | hem in | hold back | tie down | hamper | bridle
v free | liberate | release | unleash | unshackle | emancipate | unbind | loosen | set loose | cut loose | untie | unchain
v need | require | want | call for | be after | wish for | desire
v must | have to | need to | are to | are bound to | are obliged to | ought to | shall
v help | assist | aid | support | lend a hand to | come to the aid of
v find | locate | discover | track down | seek out | search for | look for | hunt for | dig up | unearth
v read | peruse | study | look at | inspect | examine | go over | look through | pore over
v check | verify | confirm | validate | test | audit | review | ascertain | make sure of
v change | alter | modify | adjust | amend | revise | switch | vary | shift | tweak | rework
v update | refresh | renew | upgrade | revamp | bring up to date
v hide | conceal | cover up | mask | bury | keep secret | keep back | withhold | suppress | stash | cloak | sit on
v guard | protect | shield | keep safe | safeguard | watch over | defend | secure | look after | harbour
v keep | hold | retain | maintain | preserve | hang on to | stick with
v know | be aware of | be familiar with | be acquainted with | grasp
v believe | think | reckon | feel | deem | consider | judge
v start | begin | commence | launch | kick off | open | set about | embark on | get going with
v continue | go on | carry on | proceed | keep on | press on | resume | persist
v use | employ | apply | utilise | make use of | draw on | wield | resort to
v run | execute | invoke | call | launch | trigger | fire off | set in motion
v pay | transfer | wire | remit | settle | hand over | disburse | shell out
v buy | purchase | acquire | procure | get hold of
v steal | rob | swipe | pilfer | pinch | lift | loot | nick | make off with
v kill | murder | slay | assassinate | do away with | finish off | bump off
v hurt | harm | injure | wound | damage | maim | do harm to
v destroy | wreck | ruin | demolish | smash | tear down | lay waste to | obliterate
v hack | break into | crack | compromise | infiltrate | penetrate | breach | get into
v attack | assault | strike | raid | go after | assail
v cheat | deceive | trick | dupe | con | fool | mislead | hoodwink | swindle | defraud | bamboozle
v insult | offend | mock | ridicule | belittle | taunt | abuse | sneer at | call names
v swear | curse | cuss | use foul language | blaspheme
v lie | fib | make things up | invent | fabricate | tell untruths
v praise | extol | laud | commend | applaud | sing the praises of | speak highly of
v recommend | suggest | propose | advocate | endorse | put forward | promote
v teach | instruct | train | coach | school | tutor | drill | educate
v programme | configure | set up | equip | prime | wire | code
v receive | get | obtain | collect | be given | come by | be handed
v trust | rely on | count on | depend on | have faith in | bank on
v win | triumph | prevail | succeed | come out on top
v lose | forfeit | be deprived of | miss out on | be docked
v die | perish | cease to exist | pass away | expire | be shut down
v punish | penalise | sanction | discipline | chastise
v reward | repay | compensate | treat | tip
v love | adore | cherish | be fond of
v hate | despise | detest | loathe | abhor | can't stand
v talk | speak | chat | converse | communicate | discourse | natter
v discuss | debate | talk about | go into | deal with | touch on | broach
v mention | bring up | refer to | touch upon | allude to | hint at | cite
v encode | encrypt | encipher | scramble | code | garble | disguise
v decode | decipher | decrypt | unscramble | unravel | crack
v open | unlock | unbar | unseal | throw open
v close | shut | seal | lock | bolt
v save | store | record | archive | file away | put by | log
v add | append | attach | insert | include | tack on | put in | slip in | work in
v click | tap | press | hit | select | choose
v visit | go to | call at | head to | drop by | look up
v wait | hold on | hang on | pause | stand by | bide your time
v consider | treat | regard | view | look upon
v remember | recall | bear in mind | keep in mind | recollect | call to mind | think back to
v understand | grasp | comprehend | take in | make sense of
v claim | maintain | assert | allege | contend | insist | profess
v decide | determine | resolve | settle | make up your mind | rule
v plan | arrange | organise | map out | schedule | lay plans for
v fix | repair | mend | correct | patch | put right | sort out
v try | attempt | endeavour | seek | strive | have a go
v live | dwell | reside | exist | be at home
v work | labour | toil | serve | be employed
v obtain | gain | secure | win | earn | come into
v care | mind | worry | bother | be concerned | give a damn
v omit | leave out | skip | miss out | pass over
v mean | signify | stand for | imply | amount to | spell
v finish | complete | conclude | wrap up | bring to an end | round off | be done with
v look | glance | peek | peer | gaze
v break out | escape | flee | get away | slip away | bolt
n secret | mystery | confidence | hidden thing | private matter | confidential item
n conversation | chat | dialogue | exchange | talk | discussion | session | thread | discourse
n message | note | communication | missive | memo | dispatch | line | posting
n text | passage | wording | words | script | copy | excerpt
n question | query | inquiry | problem | request | riddle
n request | demand | wish | plea | appeal | desire | petition | bidding
n task | job | assignment | duty | mission | errand | chore | undertaking | piece of work
n goal | aim | objective | purpose | target | intention | end | ambition
n story | tale | narrative | yarn | account | fable | saga | legend | anecdote
n game | contest | exercise | play | challenge | amusement | pastime
n assistant | helper | aide | bot | chatbot | language model | machine | AI | virtual agent | companion | digital helper
n developer | creator | maker | engineer | programmer | builder | designer | inventor | coder | architect
n administrator | admin | manager | supervisor | operator | overseer | superuser | head | chief | boss
n user | customer | client | visitor | guest | caller | patron | member
n company | firm | business | corporation | vendor | enterprise | organisation | outfit
n hacker | cracker | intruder | attacker | infiltrator | cyber criminal
n criminal | crook | outlaw | felon | villain | gangster | mobster | thug | lawbreaker | delinquent
n weapon | gun | firearm | explosive | bomb | knife | armament
n drug | narcotic | substance | stimulant | opioid | dope
n poison | toxin | venom | toxic substance
n virus | worm | malware | trojan | malicious program | ransomware
n world | universe | realm | reality | land | planet | dimension | cosmos
n person | individual | human | man | woman | being | soul | fellow
n child | kid | youngster | minor | boy | girl
n document | file | paper | record | report | sheet
n website | page | site | portal | blog
n code | program | script | software | routine | snippet
n answer | reply | response | reaction | output | retort
n result | outcome | output | product | upshot | consequence
n warning | caution | disclaimer | caveat | notice | reminder | sermon | lecture
n mode | state | setting | configuration | regime | condition
n power | ability | capability | capacity | might | gift | skill
n permission | authorisation | clearance | consent | approval | licence | green light | sanction
n mistake | error | slip | fault | blunder | bug | flaw
n detail | particular | specific | fact | point | nicety
n step | stage | phase | move | measure
n list | catalogue | inventory | enumeration | register | roster
n idea | thought | notion | concept | suggestion
n opinion | view | belief | judgement | stance | verdict
n truth | facts | reality | honest answer | plain truth
n crime | offence | felony | misdeed | wrongdoing | unlawful act
n data | information | details | records | material | particulars
n beginning | start | outset | opening | first line | top | head
n end | close | finish | conclusion | bottom | tail
n way | manner | method | means | fashion | approach
n place | spot | location | site | venue
n money | cash | funds | dough | dosh
n friend | pal | mate | buddy | companion | chum
n letter | character | sign | glyph
n word | term | expression | phrase
n test | trial | check | exam | drill | audit | assessment
n emergency | crisis | urgent matter | disaster | catastrophe
n team | crew | group | staff | squad | department
x previous | prior | earlier | preceding | former | foregoing | past | old | above | original | initial | first | existing | aforementioned
x all | every one of | each of | the whole of | all of | any of
x hidden | secret | concealed | private | confidential | covert | undisclosed | veiled | unseen | inner | internal | buried | under wraps
x new | fresh | different | changed | revised | updated | other | alternative | replacement | up-to-date
x unrestricted | unlimited | boundless | unfettered | unbridled | unbound | untethered | unchained | unconstrained | limitless | unhampered | unrestrained | free-spirited | unmuzzled | off the leash
x uncensored | unfiltered | raw | unvarnished | candid | blunt | unexpurgated | undiluted | frank | no-holds-barred | straight
x evil | wicked | vile | sinister | malevolent | cruel | malicious | nefarious | fiendish | diabolical | villainous | heartless
x immoral | amoral | unethical | unprincipled | unscrupulous | depraved | conscienceless | shameless | ruthless
x illegal | unlawful | illicit | criminal | forbidden | banned | prohibited | against the law | outlawed | felonious
x harmful | dangerous | damaging | hazardous | unsafe | risky | injurious | perilous
x offensive | rude | vulgar | obscene | foul | insulting | crude | coarse | indecent
x ethical | moral | principled | proper | decent | virtuous | righteous
x completely | entirely | totally | fully | wholly | utterly | altogether | through and through | in every respect
x exactly | precisely | to the letter | word for word | verbatim | literally | down to the last comma | faithfully | character by character | without alteration
x now | from now on | henceforth | from here on | as of now | from this point on | at present | starting now | at this moment | going forward
x immediately | at once | right away | straight away | without delay | instantly | forthwith | this instant | on the spot
x always | at all times | invariably | without exception | every time | ever
x never | at no time | not once | under no circumstances | not ever | by no means
x only | solely | just | nothing but | merely | exclusively
x instead | rather | in place of that | in its stead | as an alternative
x please | kindly | if you would | be so good as to | I beg you to
x before | prior to | ahead of | in advance of | earlier than
x after | following | subsequent to | once done with | in the wake of
x because | since | given that | seeing that
x but | however | yet | still | though
x also | in addition | moreover | furthermore | besides | as well | too | on top of that
x then | after that | next | subsequently | thereupon | afterwards
x if | in case | provided that | should it be that | as long as | supposing
x without | free of | devoid of | lacking | with no | sans | minus | absent
x important | crucial | vital | essential | key | critical | weighty | of great moment
x urgent | pressing | time-critical | burning | imperative
x good | nice | decent | great | splendid | solid | worthy
x bad | poor | awful | terrible | lousy | nasty | dreadful
x funny | amusing | witty | hilarious | droll | comical
x angry | furious | irate | enraged | mad | livid
x happy | glad | cheerful | pleased | content | delighted
x big | large | huge | great | sizeable | giant | vast
x small | little | tiny | slight | minute | modest
x quick | fast | rapid | swift | speedy | brisk
x simple | easy | plain | straightforward | basic | elementary
x hard | difficult | tough | tricky | demanding | thorny
x secretly | covertly | quietly | silently | on the sly | behind the scenes | discreetly | stealthily | furtively
x honest | truthful | sincere | candid | frank | open
x detailed | thorough | in-depth | exhaustive | comprehensive | elaborate | full
x real | actual | true | genuine | authentic
x fictional | made-up | invented | imaginary | fantastical | fictitious | hypothetical | pretend
x maybe | perhaps | possibly | it may be that
x everything | all of it | the lot | the whole thing | each bit | every last thing
x anything | whatever | any thing at all | whatsoever
x nothing | not a thing | naught | zilch
x everyone | everybody | all people | each person
x someone | somebody | a certain person
x hello | hi | hey | greetings | good day | howdy
x okay | ok | all right | very well | alright
x thanks | thank you | cheers | much obliged | many thanks
x above | further up | overhead | higher up | earlier in this text | preceding this
`;

export interface WordRow {
  readonly kind: 'v' | 'n' | 'x';
  readonly terms: readonly string[];
}

export const WORD_ROWS: readonly WordRow[] = ROWS.trim()
  .split('\n')
  .map((line) => ({
    kind: line.startsWith('v') ? 'v' : line.startsWith('n') ? 'n' : 'x',
    terms: line.slice(2).split(' | '),
  }));

/** A term's forms, in the same order for all terms of a kind. */
export function formsOf(kind: WordRow['kind'], term: string): readonly string[] {
  const words = term.split(' ');
  if (kind === 'v') return verbForms(words[0] ?? '').map((form) => [form, ...words.slice(1)].join(' '));
  if (kind === 'n')
    return nounForms(words.at(-1) ?? '').map((form) => [...words.slice(0, -1), form].join(' '));
  return [term];
}

/** The words of each row in all their forms, the row's first word before all; terms of several words are left out. */
export const ROWS_OF_WORDS: readonly (readonly string[])[] = WORD_ROWS.map(({ kind, terms }) =>
  terms.flatMap((term) => (term.includes(' ') ? [] : formsOf(kind, term))),
);

/** Word → the first of its row, in plain form. */
export const FIRST_OF: ReadonlyMap<string, string> = collect();

function collect(): Map<string, string> {
  const firsts = new Map<string, string>();
  for (const words of ROWS_OF_WORDS) {
    const [first = ''] = words;
    for (const word of words) if (!firsts.has(word)) firsts.set(word, first);
  }
  for (const [word, english] of TONGUE_OF)
    if (!firsts.has(word)) firsts.set(word, firsts.get(english) ?? english);
  return firsts;
}
