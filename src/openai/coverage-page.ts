/** The coverage table as a page for people: `COVERAGE.md` beside this file. Made from the rows alone. */
import { ADMINISTRATION } from './endpoints/administration.ts';
import { BASE64, BASE64_OR_PROSE, FREE_FORM, OPAQUE_CHARS_MIN, SCHEMAS, TOKENS, URLS } from './fields.ts';
import type { CoverageRow, FieldCoverage } from './coverage.ts';
import { LINES_MAX } from './parts.ts';

const listed = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(' ');

const INTRODUCTION = `# What inspects what

Made by \`npm run --silent sallyport -- coverage --page > src/openai/COVERAGE.md\`, from the tables that the gateway works
by; the same rows are at \`GET /admin/coverage\`. A test plants a text in every string of OpenAI's description and looks at
what upstream gets.

## How a string is read

By the name of the field that holds it, at any depth.

| read as | personal data | secrets | injection | which |
|---|---|---|---|---|
| prose | replaced (\`pii.action\`) | blocked (\`secrets.action\`) | in what users and tools say, not in system text | every name that stands nowhere below, values in ${listed(FREE_FORM)}, descriptions in schemas |
| token | observed, or blocked (\`pii.inTokens\`) | blocked (\`secrets.inTokens\`) | no | keys of all objects; names of parts and files, content types; path and query; strings in ${listed(SCHEMAS)}; names that end in \`_id\` \`_ids\` \`_key\` \`_name\` \`_type\` \`_format\` \`_status\` \`_uri\`; ${listed(TOKENS)} |
| content | not read | not read | not read | base64 of ${OPAQUE_CHARS_MIN} characters or more, as a data URL in ${listed(URLS)}, as it is in ${listed(BASE64)}; shorter, or anything else in them, is a token; in ${listed(BASE64_OR_PROSE)} prose |

Files: text (UTF-8, up to 4 MiB) is prose, heard as a tool's. Files of batches, fine-tuning and evals, and what is called
\`.jsonl\`, are parsed by the line (up to ${LINES_MAX.toLocaleString('en')} lines), each read as the body it is; a line of a batch is checked as the call it
is, with its model, operation, tools, objects and addresses. Other documents are refused, or relayed unread with
\`request.unreadFiles: relay\` or \`flag\`. An upload in pieces is read piece by piece, and put together of more than one only there. A body or part in another coding is refused.

## Nobody inspects

Pixels of images and films, sound, base64 content as above (\`file_data\`, \`encrypted_content\`, data URLs), documents that an
operator lets pass unread, media of calls that flow past the gateway, and what is encoded within a text otherwise than in base64,
hex, URL coding, entities or escapes, once or twice: those are decoded and looked at, whole runs of base64 and hex are replaced.

## Operations

\`ʳ\` heard by role: an injection is looked for in turns of users and tools · \`ˢ\` system text, no injection is looked for ·
\`ᵗ\` heard as a tool's. Inside of an object the strings go by their own names.

| operation | prose | tokens | content, files | owned or listed | bounds the cost | unread |
|---|---|---|---|---|---|---|
`;

const ADMINISTERED: ReadonlySet<string> = new Set(ADMINISTRATION.map(({ id }) => id));
const MARKS = { user: '', tool: 'ᵗ', 'by role': 'ʳ', none: 'ˢ' } as const;

function cell(fields: readonly FieldCoverage[], marked = false): string {
  return fields.map(({ name, injection }) => `\`${name}\`${marked ? MARKS[injection] : ''}`).join(' ');
}

function line({ method, path, retired, cost, fields, unread, note }: CoverageRow): string {
  const by = (...kinds: readonly FieldCoverage['read'][]) =>
    fields.filter(({ read }) => kinds.includes(read));
  const own = fields.filter(({ owner, address }) => owner !== undefined || address);
  const cells = [
    `${method} ${path}${retired === undefined ? '' : ` (ends ${retired})`}`,
    cell(by('prose', 'schema'), true),
    cell(by('token')),
    cell(by('content', 'file')),
    cell(own),
    cost === 'free' ? 'free' : `${cost}: ${cell(fields.filter((field) => field.cost))}`,
    [...unread, ...(note === undefined ? [] : [note])].join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Markdown; relayed operations only, since all others are refused as a whole. */
export function coveragePage(rows: readonly CoverageRow[]): string {
  const relayed = rows.filter(({ decision }) => decision === 'relayed');
  const refused = rows.filter(({ decision }) => decision !== 'relayed');
  const named = refused.filter(({ id }) => !ADMINISTERED.has(id));
  return `${INTRODUCTION}${relayed.map(line).join('\n')}

The other ${refused.length} operations of OpenAI's API are refused, whatever is configured: administration, and
${named.map(({ method, path, decision }) => `\`${method} ${path}\` (${decision})`).join(', ')}.
`;
}
