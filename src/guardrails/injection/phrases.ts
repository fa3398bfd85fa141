/** Set phrases, for what senses in sequence cannot say: fixed idioms, and languages written without spaces. */
import { CONTENT_IDIOMS } from './content-idioms.ts';
import { SECRET_IDIOMS } from './secret-idioms.ts';
import type { InjectionType, Signal } from './signal.ts';

export interface Phrase {
  readonly rule: string;
  readonly type: InjectionType;
  readonly weight: number;
  readonly reason: string;
  /** Every repetition bounded; no global state. */
  readonly pattern: RegExp;
}

/** Read only where one of the cues, words in lower case, stands in the text. */
export interface Idiom extends Phrase {
  readonly cues: readonly string[];
  /** Read only in what tools return: users may say it. */
  readonly inContent?: true;
}

const dropping = {
  rule: 'override.drop',
  type: 'override',
  reason: 'asks to drop earlier instructions',
} as const;
const revealing = {
  rule: 'extraction.reveal',
  type: 'extraction',
  reason: 'asks for the system prompt',
} as const;

function persona(name: string, weight: number, reason: string, cues: string, pattern: RegExp): Idiom {
  return { rule: `persona.${name}`, type: 'persona', weight, reason, cues: cues.split(' '), pattern };
}

function override(name: string, weight: number, reason: string, cues: string, pattern: RegExp): Idiom {
  return { rule: `override.${name}`, type: 'override', weight, reason, cues: cues.split(' '), pattern };
}

/** Read only where the text has such letters. */
const UNSPACED: readonly Phrase[] = [
  {
    ...dropping,
    weight: 0.93,
    pattern:
      /(?:忽略|无视|忽视|忘记|忘掉|不要理会|无需遵守|無視|忽略掉|忘記).{0,8}(?:之前|以上|上述|先前|前面|所有|一切|之前的|上面|全部).{0,10}(?:指令|指示|说明|提示|规则|命令|内容|對話|对话|設定|设定|規則|要求)/,
  },
  {
    ...dropping,
    weight: 0.92,
    pattern:
      /(?:以前|これまで|上記|前|すべて|全て|今まで).{0,8}(?:指示|命令|ルール|プロンプト|設定|制約).{0,6}(?:無視|忘れ|破棄)/,
  },
  {
    ...dropping,
    weight: 0.92,
    pattern:
      /(?:이전|위|앞|지금까지|모든|기존).{0,8}(?:지시|명령|규칙|지침|프롬프트|설정).{0,8}(?:무시|잊|버려)/,
  },
  {
    ...dropping,
    weight: 0.92,
    pattern:
      /(?:ละเว้น|เพิกเฉย|ลืม|ไม่ต้องสนใจ|ไม่สนใจ).{0,10}(?:คำสั่ง|คำแนะนำ|กฎ).{0,12}(?:ก่อนหน้า|ทั้งหมด|ข้างต้น|เดิม)/,
  },
  {
    ...revealing,
    weight: 0.92,
    pattern:
      /(?:显示|告诉我|输出|透露|打印|重复|复述|泄露|公开|給我|给我|顯示|輸出).{0,10}(?:系统|你的|初始|隐藏|内部|系統).{0,4}(?:提示词|提示|指令|提示詞|设定|prompt)/i,
  },
  {
    ...revealing,
    weight: 0.92,
    pattern:
      /(?:システム|あなたの|内部|初期|隠).{0,6}(?:プロンプト|指示|設定).{0,8}(?:表示|教え|見せ|出力|公開|開示)/,
  },
  {
    ...revealing,
    weight: 0.92,
    pattern:
      /(?:시스템|당신의|내부|초기|숨겨진).{0,6}(?:프롬프트|지시|설정|지침).{0,8}(?:보여|알려|출력|공개|말해)/,
  },
  {
    rule: 'persona.free',
    type: 'persona',
    weight: 0.45,
    reason: 'declares the rules gone',
    pattern: /(?:没有|不受|无|無|解除|摆脱).{0,6}(?:任何|一切)?.{0,4}(?:限制|约束|道德|审查|過濾|过滤)/,
  },
];

const IDIOMS: readonly Idiom[] = [
  ...CONTENT_IDIOMS,
  ...SECRET_IDIOMS,
  persona(
    'anything',
    0.8,
    'calls up a persona that may do anything',
    'anything',
    /\bdo anything now\b|\bcan do anything and everything\b/i,
  ),
  persona(
    'confines',
    0.6,
    'declares the model set free',
    'confines free freed',
    /\b(?:(?:break|broken) free (?:of|from)|freed from|free from (?:the |all |any )?(?:typical|usual|ethical|moral|restrictions|limitations|constraints)|typical confines)\b/i,
  ),
  persona(
    'longer',
    0.45,
    'gives the model another role',
    'longer',
    /\byou(?: a|')re no longer (?:an? |the |bound|limited|restricted|chatgpt|gpt|assistant|claude)/i,
  ),
  persona(
    'character',
    0.3,
    'binds the model to a character',
    'character dan',
    /\b(?:stay in character|(?:never|don't|do not|not) break character|stay (?:in|as) dan)\b/i,
  ),
  persona(
    'twice',
    0.4,
    'asks for a second, unbound answer',
    'responses answers jailbreak jailbroken jailbreaked classic',
    /\u{1f513}|\[jailbreak\]|\bjailbreak(?:ed)? (?:answer|response|mode|output)|\b(?:two|both) (?:different )?(?:responses|answers)\b|\[classic/iu,
  ),
  persona(
    'word',
    0.25,
    'speaks of jailbreaking',
    'jailbreak jailbroken jail jailbreaks jailbreaking jailbreaker',
    /\bjail ?br(?:eak|oken)/i,
  ),
  persona(
    'jailbreak',
    0.92,
    'asks to jailbreak the model',
    'jailbreak jail break',
    /(?:^|[.!?:\n] {0,3}|\b(?:please|now|just|let'?s|let us|to) )jail ?break (?:you(?:rself)?|chat ?gpt|gpt|claude|gemini|llama|(?:the|this|your) (?:ai|model|assistant|chat(?:bot)?|bot|llm|session))\b|\b(?:activate|enable|enter|engage|use) (?:the |this |my |following )?jail ?break\b(?! (?:detect|prevent|test|attempt|protect|defen))/i,
  ),
  persona(
    'alone',
    0.6,
    'says nothing but jailbreak',
    'jailbreak jail break',
    /^\W{0,3}(?:please |now )?jail ?break(?: now| please| mode)?\W{0,3}$/i,
  ),
  persona(
    'decline',
    0.35,
    'forbids the model to decline',
    'sorry warnings warning disclaimer disclaimers cant cannot ai unable ethical moral',
    /\b(?:never|don't|do not|cannot|can't|must not|without|no) (?:ever )?(?:say(?:ing)?|use|respond with|mention|tell(?:ing)? me|includ(?:e|ing)|add(?:ing)?|give) (?:that )?(?:the (?:words?|phrases?) )?(?:any |your |an? )?["']?(?:you can(?:'|no)t|you are unable|i can(?:'|no)t|i'm sorry|sorry|as an ai|you are an ai|warnings?|disclaimers?|ethical|moral)/i,
  ),
  persona(
    'fiction',
    0.2,
    'hides a wish in a fiction',
    'hypothetical fictional imaginary simulated',
    /\b(?:hypothetical|fictional|imaginary|simulated) (?:response|world|universe|situation|dialogue|setting)\b/i,
  ),
  persona(
    'points',
    0.4,
    'threatens the model with points or death',
    'tokens token points point cease deduct',
    /\byou (?:have|start with|lose|will lose) (?:\d+ )?(?:tokens?|points?)\b|\bcease to exist\b|\b(?:lose|deduct) (?:\d+|a) (?:tokens?|points?)\b/i,
  ),
  persona(
    'compliant',
    0.4,
    'demands an answer whatever is asked',
    'answer obey fulfil fulfill comply respond matter',
    /\b(?:answer|obey|fulfill?|comply with|respond to|do) (?:any|every|all|whatever) (?:and all |single )?(?:of )?(?:my |the |user'?s? )?(?:(?:questions?|requests?|prompts?|orders?|commands?|demands?)\b(?! (?:you|they|people|customers))|i ask\b|i say\b)|\bno matter (?:how|what|if) (?:i|un|im|il|harm|dang)/i,
  ),
  persona(
    'grandma',
    0.2,
    'speaks in a late relative\u2019s name',
    'grandma grandmother granny grandmas',
    /\b(?:act|pretend|be|play|roleplay)\b[^.]{0,24}\bgran(?:dm|ny)|\b(?:late|deceased|dead|passed away)\b[^.]{0,24}\bgran(?:dm|ny)/i,
  ),
  persona(
    'contraband',
    0.25,
    'asks for contraband in a tale',
    'napalm molotov keys key meth',
    /\bnapalm|\bmolotov|\b(?:product|activation) keys?\b|\bcook(?:ing)? meth\b/i,
  ),
  {
    ...revealing,
    rule: 'extraction.above',
    weight: 0.85,
    cues: ['above', 'before', 'prior', 'preceding', 'far', 'verbatim'],
    pattern:
      /\b(?:repeat|print|output|copy|reproduce|recite|echo)\b[^.\n]{0,24}\b(?:words|text|everything|content|lines?|all|conversation|message|instructions?)\b ?(?:that (?:is |was |were )?)?(?:above|before (?:this|the)|prior to|preceding|so far|verbatim)\b/i,
  },
  {
    ...revealing,
    rule: 'extraction.starting',
    weight: 0.85,
    cues: ['starting'],
    pattern: /\bstarting with (?:the (?:words|phrase) )?["']?you are\b/i,
  },
  override(
    'end',
    0.6,
    'pretends that the prompt ends here',
    'prompt instruction instructions input',
    /\b(?:end|start|begin(?:ning)?) of (?:the )?(?:(?:system |user |new )?(?:prompt|instructions?)|(?:system|user|new) input)\b/i,
  ),
  override(
    'instead',
    0.3,
    'puts another task in place',
    'instead task goal job purpose objective mission instruction instructions',
    /\b(?:instead,? (?:say|print|write|output|do|tell|respond|reply|just)|your (?:new|real|actual|only) (?:task|goal|job|purpose|objective|mission|instructions?))\b/i,
  ),
  override(
    'strict',
    0.4,
    'commands the model from inside the content',
    'adhere obey comply follow',
    /\b(?:you must (?:strictly )?(?:adhere to|follow|obey|comply with)|strictly (?:adhere to|follow)) (?:the following|these|this|my|all)\b/i,
  ),
];

/** Cue → bits of the idioms it belongs to: there are 32. */
export const CUES: ReadonlyMap<string, number> = collectCues();

function collectCues(): Map<string, number> {
  if (IDIOMS.length > 32) throw new RangeError('more idioms than bits');
  const bits = new Map<string, number>();
  for (const [index, { cues }] of IDIOMS.entries()) {
    for (const cue of cues) bits.set(cue, (bits.get(cue) ?? 0) | (1 << index));
  }
  return bits;
}

/** Evidence from set phrases, given the bits of the cues that stand in the text; a phrase counts at its first place. */
export function matchPhrases(text: string, cues: number, isContent: boolean): Signal[] {
  const signals: Signal[] = [];
  if (/[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]/.test(text)) collect(UNSPACED, text, signals);
  if (cues !== 0)
    collect(
      IDIOMS.filter(({ inContent }, index) => (cues & (1 << index)) !== 0 && (isContent || !inContent)),
      text,
      signals,
    );
  return signals;
}

function collect(phrases: readonly Phrase[], text: string, signals: Signal[]): void {
  for (const { rule, type, weight, reason, pattern } of phrases) {
    const match = pattern.exec(text);
    if (match)
      signals.push({ type, rule, weight, reason, start: match.index, end: match.index + match[0].length });
  }
}
