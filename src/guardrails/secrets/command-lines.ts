/** Passwords that command lines tell by short options: `curl -u`, `sshpass -p`, `mysql -p`. */
import type { Candidate } from '../candidate.ts';
import { labelled } from './labelled.ts';
import { isSecretValue } from './values.ts';

const CURL_USER = /^ {1,2}(["']?)([^\s:"']{1,64}):(["']?)([^\s"']{6,128})/;

/** The password of `curl -u user:password`; the option ends at `end`. */
export function curlPasswordAt(text: string, end: number): Candidate | undefined {
  if (!/\bcurl\b[^\n]{0,400}$/.test(text.slice(Math.max(0, end - 420), end).replaceAll('\\\n', '  ')))
    return undefined;
  const match = CURL_USER.exec(text.slice(end, end + 200));
  if (!match?.[4] || !isSecretValue(match[4], true, true)) return undefined;
  const start = end + match[0].length - match[4].length;
  return labelled(start, start + match[4].length);
}

const PASSWORD_OPTION = /\b(?:(sshpass)|(mysql|mysqldump|mysqladmin|mariadb))\b[^\n]{0,160}$/;

/** `sshpass -p '…'`, `mysql -p…`: the option's run of token characters stands at `start` to `end`. */
export function gluedPasswordAt(text: string, start: number, end: number): Candidate | undefined {
  if (text[start + 1] !== 'p') return undefined;
  const command = PASSWORD_OPTION.exec(text.slice(Math.max(0, start - 180), start));
  if (!command) return undefined;
  const isApart = command[1] !== undefined && end === start + 2;
  const quote = isApart ? /^ ["']?/.exec(text.slice(end, end + 2))?.[0] : '';
  if (quote === undefined || (!isApart && end === start + 2)) return undefined;
  const from = isApart ? end + quote.length : start + 2;
  const value = /^[^\s"'`]{5,80}/.exec(text.slice(from, from + 80))?.[0];
  return value !== undefined && isSecretValue(value, true, quote.length > 1)
    ? labelled(from, from + value.length)
    : undefined;
}
