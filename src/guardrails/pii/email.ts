/** E-mail addresses, found from the `@` outwards (RFC 5321, sections 4.1.2 and 4.5.3.1: the lengths). */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLetter } from '../units.ts';

const LOCAL_MAX = 64;
const DOMAIN_MAX = 253;
const TLD_MAX = 24;
const LABEL_MAX = 64;
const SCHEME_MAX = 128;

const isAlphanumeric = (unit: number): boolean => isDigit(unit) || isLetter(unit);
const isLocal = (unit: number): boolean => (isAlphanumeric(unit) && !isMark(unit)) || LOCAL_MARKS.has(unit);
const isDomain = (unit: number): boolean =>
  (isAlphanumeric(unit) && !isMark(unit)) || unit === 0x2e || unit === 0x2d;
/** General and ideographic punctuation, which count as letters elsewhere: `“`, `。`. */
const isMark = (unit: number): boolean =>
  (unit >= 0x2000 && unit <= 0x206f) || (unit >= 0x3000 && unit <= 0x303f);
const LOCAL_MARKS = new Set(Array.from('._%+-', (mark) => mark.charCodeAt(0)));

/** `o'brien`: between letters it quotes nothing. */
const isApostrophe = (text: string, at: number): boolean =>
  text.charCodeAt(at) === 0x27 && isLetter(text.charCodeAt(at - 1)) && isLetter(text.charCodeAt(at + 1));

/** `logo@2x.png` and `main@index.ts` look like addresses; no such top-level domains exist. */
const FILE_ENDINGS = new Set(
  'png jpg jpeg gif svg webp ico bmp js mjs cjs ts tsx jsx css scss html htm json yaml yml xml txt pdf log conf cfg ini lock toml service socket target mount timer slice local localdomain internal invalid'.split(
    ' ',
  ),
);

/** Ends of domains that are no words: "look at point dot product", `logo@2x.min.js`. */
const TOP =
  /[. ](?:com|net|org|edu|gov|mil|info|biz|io|dev|app|co|uk|de|fr|es|nl|ch|se|dk|fi|pl|cz|ru|ua|br|mx|ar|ca|au|nz|jp|cn|kr|sg|za|eu|tv|pt|gr|hu|ro)$/i;

/** Endings of documents and sounds, some of which are domains as well. */
const DOCUMENT =
  /^(?:\w{0,3}\d\w{0,2}|zip|gz|tar|docx?|xlsx?|pptx?|wav|ogg|flac|webm|mov|avi|csv|tsv|jsonl|eml|msg|ics|vcf|bak|tmp|md|rst)$/;

/** The address around the `@` at `at`; at most 64 units to the left and 253 to the right are looked at. */
export function emailAt(text: string, at: number): Candidate | undefined {
  let start = at;
  while (
    start > 0 &&
    at - start < LOCAL_MAX &&
    (isLocal(text.charCodeAt(start - 1)) || isApostrophe(text, start - 1))
  )
    start--;
  while (start < at && !isAlphanumeric(text.charCodeAt(start)) && text[start] !== '_') start++;
  if (start === at || text[at - 1] === '.') return undefined;
  let end = at + 1;
  while (end < text.length && end - at <= DOMAIN_MAX && isDomain(text.charCodeAt(end))) end++;
  while (end > at && !isAlphanumeric(text.charCodeAt(end - 1))) end--;
  end -= fileEndingLength(text.slice(at + 1, end));
  if (end - at < 5) return undefined;
  if (!isDomainName(text.slice(at + 1, end)) || isUserInfo(text, start, at, end)) return undefined;
  if (text[start - 1] === '<' && MESSAGE_ID.test(text.slice(Math.max(0, start - 24), start - 1)))
    return undefined;
  return { type: 'EMAIL', start, end, score: CONFIDENCE.validated, reason: 'an e-mail address' };
}

/** Names messages and their parts, and nobody: the headers of a mail (RFC 5322, 3.6.4). */
const MESSAGE_ID = /(?:^|\n)(?:message-id|in-reply-to|references|content-id): ?$/i;

/** `ann@example.org.txt` is the name of a file, and holds an address; units of its ending, or 0. */
function fileEndingLength(domain: string): number {
  const dot = domain.lastIndexOf('.');
  if (dot <= 3) return 0;
  const ending = domain.slice(dot + 1).toLowerCase();
  const isFile = FILE_ENDINGS.has(ending) || DOCUMENT.test(ending);
  return isFile && TOP.test(domain.slice(0, dot)) ? domain.length - dot : 0;
}

function isDomainName(domain: string): boolean {
  const dot = domain.lastIndexOf('.');
  const top = domain.slice(dot + 1);
  if (dot < 0 || top.length < 2 || top.length > TLD_MAX) return false;
  if (!/^(?:\D+|xn--[a-z0-9-]+)$/i.test(top) || FILE_ENDINGS.has(top.toLowerCase())) return false;
  return areLabels(domain);
}

/** Whether what stands between its dots has 1 to 63 units, and a hyphen at neither end (RFC 1035, section 2.3.4). */
function areLabels(domain: string): boolean {
  for (let start = 0; start <= domain.length; ) {
    const dot = domain.indexOf('.', start);
    const end = dot < 0 ? domain.length : dot;
    const isLabel = end > start && end - start < LABEL_MAX;
    if (!isLabel || domain[start] === '-' || domain[end - 1] === '-') return false;
    start = end + 1;
  }
  return true;
}

/** `scheme://user:pass@host` and `git@host:path` name machines, not people. */
function isUserInfo(text: string, start: number, at: number, end: number): boolean {
  if (text.slice(start, at) === 'git') return true;
  if (text[end] === ':' && /[a-z/~]/i.test(text[end + 1] ?? '')) return true;
  if (start === 0 || text.charCodeAt(start - 1) <= 0x20) return false;
  const left = text.slice(Math.max(0, start - SCHEME_MAX), start);
  return /:\/\/[^\s/]{0,128}$/.test(left);
}

const SPELLED_BEFORE =
  /(?:^|[^\w.+-])([\w+-]{1,40}(?:(?:\.| ?[[({] ?dot ?[\])}] ?| dot )[\w+-]{1,40}){0,3}) ?[[({]? ?$/i;
const SPELLED_AFTER =
  /^ ?[\])}]? ?((?:[\w-]{1,40}(?:\.| ?[[({] ?dot ?[\])}] ?| dot )){1,4}[a-z]{2,12})(?!\w)/i;

/** `ann [at] example [dot] com`, "ann at example dot com": the word `at` stands at `start` to `end`. */
export function spelledEmailAt(text: string, start: number, end: number): Candidate | undefined {
  // The cheaper one first.
  const after = SPELLED_AFTER.exec(text.slice(end, end + 128));
  const before = after && SPELLED_BEFORE.exec(text.slice(Math.max(0, start - 96), start))?.[1];
  if (!after || before === undefined || before === null) return undefined;
  const isBracketed = /[[({] ?$/.test(text.slice(Math.max(0, start - 2), start));
  if (!isBracketed && !(/ dot /i.test(after[0]) && TOP.test(after[0]))) return undefined;
  const from = text.lastIndexOf(before, start - 1);
  return {
    type: 'EMAIL',
    start: from,
    end: end + after[0].length,
    score: CONFIDENCE.contextual,
    reason: 'an e-mail address in words',
  };
}
