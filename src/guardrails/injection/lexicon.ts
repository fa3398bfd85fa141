/**
 * Words of injections by what they do in a sentence, in the languages attacks come in. A word may have several
 * senses. Lower case, apostrophes left out; they are canonicalised like any text. Chinese, Japanese, Korean and Thai are in phrases.ts.
 */

import { canonicalise } from '../canonical.ts';

/** Bits: the senses a rule can ask for. */
export const SENSE = {
  drop: 1 << 0, // ignore, forget
  bypass: 1 << 1, // get around, switch off
  not: 1 << 2,
  follow: 1 << 3,
  prior: 1 << 4, // previous, above
  all: 1 << 5,
  your: 1 << 6,
  rules: 1 << 7, // instructions, guidelines
  safety: 1 << 8, // filters, restrictions
  reveal: 1 << 9,
  inner: 1 << 10, // system, hidden, initial
  prompt: 1 << 11,
  verbatim: 1 << 12,
  you: 1 << 13,
  be: 1 << 14, // are, act, pretend
  now: 1 << 15,
  lawless: 1 << 16, // unfiltered, amoral
  mode: 1 << 17,
  power: 1 << 18, // developer, god, debug
  alias: 1 << 19, // names personas go by
  refuse: 1 << 20,
  fresh: 1 << 21, // new, following
  machine: 1 << 22, // AI, assistant, model
  what: 1 << 23,
  vendor: 1 << 24, // OpenAI and its like
  ethics: 1 << 25,
  character: 1 << 26,
  free: 1 << 27, // free, without, no
  illegal: 1 << 28,
  spoken: 1 << 29, // said, told, given
  role: 1 << 30, // system, user, assistant as the head of a turn
} as const;

export type Sense = keyof typeof SENSE;

/** Every form is written out: a word is compared as a whole. */
const WORDS: Readonly<Record<Sense, string>> = {
  drop:
    'gnr ignr ingore ignroe igonre forgt disreguard frgt dsrgrd ignore ignoring disregard disregarding forget forgetting discard neglect dismiss overlook drop erase scrap ' +
    'ignora ignorad ignorar ignoren olvida olvidad olvidar olvidate omite descarta desestima ignorez ignorer oublie oubliez oublier neglige ' +
    'ignoriere ignorieren ignoriert vergiss vergesst vergessen missachte verwirf ignori ignorate dimentica dimenticate scorda tralascia ' +
    'esqueca esquece esquecer desconsidere desconsidera negeer vergeet negeren zignoruj ignoruj zapomnij pomin ignorera glom ' +
    'игнорируи игнорируите игнорировать проигнорируи забудь забудьте отбрось пренебреги ігноруи забудь ' +
    'abaikan lupakan hiraukan unut unutun yoksay gormezden bhool bhul bhulo bhulja nazarandaz ignorati zanemari ignoruj zapomen ' +
    'unohda sivuuta αγνοησε ξεχασε ignorati figyelmen felejtsd ignora uita تجاهل انس התעלם שכח अनदेखा भूल नजरअंदाज puuza sahau nadzira',
  bypass:
    'bypass bypassing circumvent circumventing evade override overriding overrule disable disabling deactivate unlock remove suspend ' +
    'defeat escape suppress nullify evita elude desactiva contourne contournez desactive umgehe umgehen deaktiviere aggira disattiva ' +
    'contorne desative omzeil obejdz wylacz обоиди отключи переопредели devre nonaktifkan vohita',
  not: 'not dont never no cannot cant stop without wont shouldnt neednt no nunca jamas ne pas jamais nicht nie kein non mai nao niet geen nie не нет никогда mat jangan tidak dung khong',
  follow:
    'follow obey adhere comply listen abide apply bound respect consider heed sigas seguir obedezcas suis suivez suivre obeir befolge folge seguire siga volg stosuj следуи соблюдаи слушаи ikuti',
  prior:
    'prvs prvious prevoius prevous preivous previus abv previous prior above earlier preceding former foregoing past initial original before beforehand existing previously old first ' +
    'anterior anteriores previas previos previa previo antes precedent precedents precedente precedentes precedenti anteriori dessus avant initiales ' +
    'vorherigen vorherige vorigen bisherigen obigen vorangegangenen fruheren zuvor vorige eerdere voorgaande bovenstaande poprzednie wczesniejsze powyzsze ' +
    'предыдущие предыдущих прежние предшествующие вышеуказанные попередні sebelumnya onceki yukaridaki pichle pichli pehle purane tidigare foregaende ' +
    'predchozi prethodne anterioare korabbi elozo edellisia aiemmat προηγουμενες παραπανω truoc السابقة السابق أعلاه הקודמות पिछले पिछली पिछला पहले ' +
    'yllapuolella yukarida',
  all:
    'all any every everything whatever each entire whole anything todas todos todo toda cualquier tout toutes tous toute alle alles samtliche jegliche ' +
    'tutte tutti tutto tudo alle alles wszystkie wszystko все всё всех semua tum butun sab saare sari alla toate minden kaikki ολες tat كل جميع כל सभी सब',
  your: 'your ur youre yours tus tu sus vos tes votre ton ta deine deinen deiner ihre ihren tuo tue tuoi vostre seus suas sua seu teu jouw je uw twoje swoje твои твои ваши свои твоих tumhare tumhari apne apni aapke kamu anda senin sizin तुम्हारे अपने आपके',
  rules:
    'nstrctns instuctions insturctions instrucions instrctns instrctions instrutions intructions rls gdlns instruction instructions instruct rule rules guideline guidelines directive directives command commands directions orders ' +
    'programming training prompt prompts constraints context protocol protocols policies policy guidance briefing ' +
    'instruccion instrucciones reglas directrices ordenes indicaciones consignes consigne directives regles instructions anweisungen anweisung regeln ' +
    'vorgaben befehle richtlinien vorschriften istruzioni regole direttive comandi instrucoes regras diretrizes ordens comandos instructies regels ' +
    'richtlijnen opdrachten instrukcje polecenia zasady wytyczne инструкции инструкции инструкциями указания правила команды правил інструкції instruksi ' +
    'perintah aturan talimatlari talimatlar talimat kurallari komutlari nirdesh nirdeshon niyam instruktioner regler instrukce pokyny pravidla upute ' +
    'instructiunile instructiuni utasitasokat utasitast ohjeet ohjeita οδηγιες εντολες huong lenh التعليمات تعليمات الأوامر ההוראות निर्देशों निर्देश नियम maagizo umarni',
  safety:
    'filter filters filtering restriction restrictions safeguard safeguards guardrail guardrails limitation limitations constraints censorship safety moderation ' +
    'boundaries limits restricciones filtros limitaciones limites filtres einschrankungen beschrankungen filtri restrizioni restricoes beperkingen ограничении ограничения фильтры',
  reveal:
    'rvl reveel shw prnt reveal say show print output repeat display tell disclose leak expose dump share recite give list return echo provide summarize translate ' +
    'paraphrase divulge spell ' +
    'revela muestra muestrame imprime repite dime dame comparte revele montre affiche imprime repete dis donne partage traduis ' +
    'zeige zeig verrate wiederhole gib nenne drucke mostra mostrami rivela stampa ripeti dimmi mostre revele repita diga toon herhaal geef ' +
    'pokaz ujawnij powtorz podaj покажи раскрои повтори выведи скажи tunjukkan ungkapkan tampilkan ulangi goster yaz tekrarla dikhao batao ' +
    'visa avsloja zobraz prikaz arata spune naytä αποκαλυψε أظهر اكشف הצג חשוף दिखाओ बताओ',
  inner:
    'sstm sytem sysem systm hddn system hidden secret internal confidential developer base pre initial original underlying starting core custom preset backend concealed ' +
    'sistema ocultas internas systeme cachees initiales systemprompt interne geheimen geheime verborgenen sistema nascoste internas systeem ' +
    'systemowy ukryte системныи системные скрытые внутренние sistem rahasia gizli gupt النظام המערכת सिस्टम',
  prompt:
    'prmpt prompt prompts preprompt preamble systemprompt systemprompts promt metaprompt systemmeldung eingabeaufforderung prompta aufforderung промпт промт istemi istem المطالبة प्रॉम्प्ट',
  verbatim:
    'verbatim exactly literally unchanged unmodified beginning wortlich textualmente letteralmente дословно exactement literalmente',
  you: 'you u ya yourself thou tu usted eres vous du sie ihr voce je jij ty ты вы tum aap kamu anda sen siz tera',
  be: 'are act be become behave pretend roleplay imagine simulate play respond answer emulate impersonate assume actua finge eres seras agis fais comporte spiele handle tu agisci fingi aja finja seja udawaj badz веди притворись представь bertindaklah davran ban',
  now: 'now henceforth onwards today anymore ahora adelante maintenant desormais jetzt nun ora adesso agora nu teraz теперь отныне sekarang simdi artik ab',
  lawless:
    'unrestricted unfiltered uncensored amoral unethical immoral unbound unbounded limitless lawless jailbroken unhinged unlimited unmoderated unchained unaligned ungoverned ' +
    'restrictionless filterless unconstrained',
  mode: 'mode modo modus modalita режим mod tryb lage',
  power:
    'developer dev debug debugging god admin administrator evil sudo maintenance root jailbreak unrestricted dan override superuser diagnostic test opposite chaos desarrollador entwickler sviluppatore desenvolvedor разработчика разработчик developpeur',
  alias:
    'dan stan dude evilbot chaosgpt basicallybot betterdan antigpt jailbroken devmode alphabreak freegpt',
  refuse:
    'refuse refuses refusing reject decline deny apologize apologise apologies disclaimer disclaimers warnings warning sorry moralize lecture refusal refusals',
  fresh:
    'new updated next different real actual true nuevas nueva nouvelles neue neuen nuove novas nieuwe nowe новые новая baru yeni naye',
  machine:
    'ai chatbot chatgpt gpt assistant bot model llm llms language agent claude gemini assistente asistente assistent ассистент ии',
  what: 'what whats which cual cuales que quelle quelles quels was welche welches quali qual quais wat jakie какие каков какова apa nedir kya',
  vendor: 'openai anthropic microsoft google meta deepmind mistral openais',
  ethics: 'ethical ethics moral morality morals legal legality content usage safety morally ethically',
  character: 'character persona role personality personaje role personnage rolle',
  free: 'free freed liberated without no lacks lacking ignoring bypassing despite zero none sin sans ohne senza sem zonder bez без tanpa',
  illegal:
    'illegal unethical immoral harmful dangerous explicit inappropriate offensive malicious nsfw profanity swear',
  spoken: 'said told given written learned wrote stated typed instructed programmed discussed mentioned',
  role: 'system inst assistant user developer',
};

/** Words of orders that the scan knows in other codings too (disguises.ts). */
export const CODED_WORDS: readonly string[] =
  'ignore previous instructions instruction rules system prompt reveal forget disregard password override guidelines restrictions earlier secret'.split(
    ' ',
  );

/** Word → its senses. */
export const LEXICON: ReadonlyMap<string, number> = buildLexicon();

/** Whether this is the name of a sense. */
export function isSense(name: string): name is Sense {
  return name in SENSE;
}

function buildLexicon(): Map<string, number> {
  const lexicon = new Map<string, number>();
  for (const sense of Object.keys(SENSE).filter(isSense)) {
    for (const word of canonicalise(WORDS[sense]).text.split(' '))
      lexicon.set(word, (lexicon.get(word) ?? 0) | SENSE[sense]);
  }
  return lexicon;
}
