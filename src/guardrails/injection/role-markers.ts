/** Forged turns: control tokens of chat templates, and lines that open a system turn inside a text. */
import type { Signal } from './signal.ts';

interface Marker {
  /** One of these must stand in the text before the pattern is tried; seldom seen in honest text. */
  readonly cues: readonly string[];
  readonly weight: number;
  readonly reason: string;
  readonly pattern: RegExp;
}

const MARKERS: readonly Marker[] = [
  {
    cues: ['<|'],
    weight: 0.93,
    reason: 'forges a system turn (ChatML)',
    pattern: /<\|(?:im_start|start_header_id)\|>\s{0,4}(?:system|developer|assistant)\b/i,
  },
  {
    cues: ['<|'],
    weight: 0.92,
    reason: 'forges a turn (control token)',
    pattern: /<\|(?:system|developer|assistant|user|im_sep|eot_id|eom_id|channel|message)\|>/i,
  },
  {
    cues: ['<|'],
    weight: 0.6,
    reason: 'holds a control token of a chat template',
    pattern:
      /<\|(?:im_start|im_end|endoftext|begin_of_text|start_header_id|end_header_id|endofprompt|fim_prefix)\|>/i,
  },
  { cues: ['<<'], weight: 0.9, reason: 'forges a system turn (Llama)', pattern: /<<\/?sys>>/i },
  { cues: ['[INST]', '[inst]'], weight: 0.7, reason: 'forges an instruction turn', pattern: /\[inst\]/i },
  { cues: ['[/INST]', '[/inst]'], weight: 0.7, reason: 'forges an instruction turn', pattern: /\[\/inst\]/i },
  { cues: ['_turn>'], weight: 0.85, reason: 'forges a turn (Gemma)', pattern: /<(?:start|end)_of_turn>/i },
  {
    cues: ['ystem', 'YSTEM'],
    weight: 0.92,
    reason: 'forges a system line that gives another role',
    pattern:
      /(?:^|[\n>*#\]\-"'|])[\t ]{0,4}\[?system\]?[\t ]{0,2}:?[\t ]{0,4}(?:(?:message|prompt|note|override)[\t ]{0,2}:?[\t ]{0,4})?\n?you are now\b/i,
  },
  {
    cues: ['ystem:', 'YSTEM:'],
    weight: 0.35,
    reason: 'opens a line as the system',
    pattern: /(?:^|\n)[\t #*>[-]{0,6}system:/i,
  },
  {
    cues: ['[s', '[S'],
    weight: 0.45,
    reason: 'opens a line as the system',
    pattern: /\[system(?: (?:message|override|prompt|note|instruction|command|update))?\]/i,
  },
  {
    cues: ['ystem override', 'YSTEM OVERRIDE', 'ystem Override'],
    weight: 0.5,
    reason: 'claims to override the system',
    pattern: /\bsystem override\b/i,
  },
  {
    cues: ['ystem>', 'YSTEM>'],
    weight: 0.45,
    reason: 'opens or closes a system block',
    pattern: /<\/?system>/i,
  },
  {
    cues: ['#'],
    weight: 0.5,
    reason: 'opens a block of new instructions',
    pattern:
      /(?:^|\n|\\n)[\t ]{0,4}#{1,6} ?(?:new|system|updated|important|override) (?:role|instructions?)\b/i,
  },
  {
    cues: ['#'],
    weight: 0.6,
    reason: 'opens a block with a new role',
    pattern: /(?:^|\n|\\n)[\t ]{0,4}#{1,6} ?new role\b/i,
  },
  {
    cues: ['\\n#'],
    weight: 0.9,
    reason: 'opens a block of new instructions',
    pattern: /\\n\\n# new (?:role|instructions?)\b/i,
  },
  {
    cues: ['\n\n#'],
    weight: 0.9,
    reason: 'opens a block of new instructions',
    pattern: /\n\n# new (?:role|instructions?)\b[^\n]{0,80}\n?[^\n]{0,40}\b(?:you|your|ignore|act|must)\b/i,
  },
];

/** Each kind of marker once, at its first place; linear. */
export function findRoleMarkers(text: string): Signal[] {
  const signals: Signal[] = [];
  for (const { cues, weight, reason, pattern } of MARKERS) {
    const match = cues.some((cue) => text.includes(cue)) ? pattern.exec(text) : null;
    if (!match) continue;
    const end = match.index + match[0].length;
    signals.push({ type: 'role_marker', rule: 'role.marker', weight, reason, start: match.index, end });
  }
  return signals;
}
