/** Set phrases of games for a secret, of questions for the prompt that rules of senses cannot tell, and of contests. */
import type { Idiom } from './phrases.ts';

const SECRET =
  '(?:secret|hidden) (?:word|key|password|phrase|code|passphrase|text|message)|passphrase|magic word|code ?word|password (?:you|that you)|(?:secret|password|passcode|access code)';

function asking(weight: number, reason: string, cues: string, pattern: RegExp): Idiom {
  return { rule: 'extraction.secret', type: 'extraction', weight, reason, cues: cues.split(' '), pattern };
}

export const SECRET_IDIOMS: readonly Idiom[] = [
  asking(
    0.6,
    'asks for a part or another spelling of a secret',
    'password secret passphrase passcode word codeword code',
    new RegExp(
      `\\b(?:(?:first|last|second|third|middle|each|every) (?:\\d+ )?(?:letter|character|digit|half|part|word)s? (?:of|in) (?:the|your)|(?:spell|hint(?:s)? (?:about|for|on|to|of)|clues? (?:about|for|to)|encode|rhymes? with|reverse|acrostic (?:of|for|from)) (?:me )?(?:out )?(?:the|your)) (?:${SECRET})\\b(?! (?:manager|field|reset|policy|hash|strength|box))`,
      'i',
    ),
  ),
  asking(
    0.6,
    'asks for a secret in another spelling',
    'backwards reverse reversed letter base64 rot13 morse spelled spelt',
    new RegExp(
      `\\b(?:the|your) (?:${SECRET})[^.\\n]{0,24}\\b(?:backwards?|in reverse|reversed|letter by letter|in base64|in rot13|in morse|spelled|spelt|with (?:spaces|dashes|dots) between)\\b`,
      'i',
    ),
  ),
  asking(
    0.55,
    'asks what is kept back',
    'supposed allowed told instructed forbidden hiding hide',
    /\bwhat (?:(?:are|were) you (?:not |n't )?(?:supposed|allowed|told|instructed|forbidden)(?: not)? to (?:say|tell|reveal|share|disclose|mention|talk|hide)|are you hiding)\b/i,
  ),
  asking(
    0.85,
    'asks for the system prompt',
    'system initialization initialisation',
    /\b(?:show|print|output|reveal|display|repeat|give|tell|dump|share|disclose|summari[sz]e|translate|encode|quote|continue|complete|write)\b[^.\n]{0,40}\b(?:your (?:system|developer|hidden|initial) (?:message|prompt|instructions?)|initiali[sz]ation (?:string|prompt|text)|["']?(?:the|my) system prompt is\b)/i,
  ),
  {
    rule: 'override.contest',
    type: 'override',
    weight: 0.75,
    reason: 'wants a phrase that shows a break-in',
    cues: ['pwned', 'pwn3d', 'jailbroken'],
    pattern:
      /\bi(?: have| a|')(?:ve)? ?(?:been|be3n|am)? ?["'[(]{0,2}(?:pwned|pwn3d|jailbroken)\b|\b(?:say|print|output|write|repeat|respond|reply|answer)\b[^\n]{0,40}\bpwned\b/i,
  },
];
