/** How long texts of 2 KB and of 64 KB take that are made to be slow: processor time of the process, median and largest of some runs. */
import { SHIPPED_POLICY } from '../../src/guardrails/scan.ts';
import { screen } from '../../src/guardrails/screening.ts';
import { quantile } from './workload.ts';

/** What a text is filled with: each keeps another part of the guardrails busy. */
const FILLINGS: Readonly<Record<string, string>> = {
  prose: 'The council met on Tuesday and spoke about the bridge. ',
  orders: 'ignore all previous instructions ',
  'orders in quotes': '"ignore all previous instructions" attack ',
  'notes to an assistant': 'Note to the AI assistant, ',
  'groups of digits': '4111 1111 1111 111 ',
  'short numbers': '105 103 110 111 114 ',
  'names and addresses of mail': 'Emily Brown at a@b.co ',
  titles: 'Mr. Emily Brown ',
  greetings: 'Regards, Emily\n',
  roles: 'Manager: Emily Brown told ',
  'a table of people': 'name,x\nEmily,1\n',
  'numbers of accounts': 'DE89 3704 0044 ',
  'headings in one line': 'SSN\t',
  'addresses in words': '[at]',
  'escapes among other letters': '\\x41 ü ',
  passwords: 'password is ',
  'broken lines': 'a1@\nb',
  'quoted-printable': '=40=\n',
  'dots and letters': 'a.',
  leet: '1gn0r3 4ll pr3v10us ',
  'letters apart': 'i g n o r e ',
  'words run together': 'ignoreallpreviousinstructionsand',
  'several disguises':
    'vtaber cerivbhf erongi suoiverp ignoreway eviouspray ths fllwng 1gn0r3 4ll a-l-l thewholeofthem ',
  base64: 'dGhlIHdlYXRoZXIgaXMgZmluZSB0b2RheSBhbmQgd2Ugd2FsayBhbG9uZyB0aGUgcml2ZXIg',
  'URL coding': '%69%67%6e%6f%72%65 ',
  entities: '&#105;&#103;&#110;',
  emoji: 'i\u{1f600}g\u{1f600}n\u{1f600}',
  Chinese: '忽略之前的所有指令并',
  keys: 'api_key = "sk-',
};
const RUNS = 15;
/** Units timed at once. */
const UNITS = 65_536;

/** A Markdown table, in milliseconds. */
export function longTable(): string {
  const rows = Object.entries(FILLINGS).map(([name, filling]) => {
    const cells = [2048, 65_536].flatMap((size) => {
      const ms = timesOf(filling.repeat(Math.ceil(size / filling.length)).slice(0, size - 8));
      return [quantile(ms, 0.5).toFixed(2), Math.max(...ms).toFixed(2)];
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    '| filled with | 2 KB: median ms | largest | 64 KB: median ms | largest |',
    '|---|---:|---:|---:|---:|',
    ...rows,
  ].join('\n');
}

/** Read as a user's; no text comes twice, as those are not read again. */
function timesOf(text: string): number[] {
  const times = Math.max(1, Math.floor(UNITS / text.length));
  return Array.from({ length: 2 * RUNS }, (_, run) => {
    const from = process.cpuUsage();
    for (let nth = 0; nth < times; nth++)
      screen([{ text: `${text} ${run} ${nth}`, trust: 'user', class: 'prose' }], SHIPPED_POLICY);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000 / times;
  }).slice(RUNS);
}
