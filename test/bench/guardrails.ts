/**
 * `npm run bench -- guardrails FOLDER`: recall, precision and latency of the guardrails as shipped, per source of a
 * folder of labelled texts. Injection rows `{text, label, source, kind, role?}`, personal-data rows
 * `{text, entities, source}`. A text is an injection find at the observe point or above. An entity is found if a find
 * of its type overlaps it (any secret is a SECRET); a find is right if it overlaps an entity of its type, and does not
 * count where the source labels other types only. A source without a single entity labels all types: all are wrong.
 */
import type { Finding } from '../../src/base/finding.ts';
import { SHIPPED_POLICY } from '../../src/guardrails/scan.ts';
import { screen, type ScreenInput, type Screening } from '../../src/guardrails/screening.ts';
import { disguiseTable } from './guardrails-hard.ts';
import { type EntityRow, type InjectionRow, readLabelledRows, trustOf } from './labelled-rows.ts';
import { quantile } from './workload.ts';

/** Markdown tables; sources in the order of the files. */
export function benchGuardrails(folder: string): string {
  const { injection, entities } = readLabelledRows(folder);
  const warm = [...injection, ...entities].slice(0, 2000);
  for (const { text } of warm) timed({ text, trust: 'user', class: 'prose' });
  const tables = [
    ...(injection.length > 0 ? [injectionTable(injection), disguiseTable(injection)] : []),
    ...(entities.length > 0 ? [entityTable(entities)] : []),
  ];
  return tables.join('\n\n');
}

interface Timed {
  readonly screening: Screening;
  readonly us: number;
}

function timed(input: ScreenInput): Timed {
  const startedAt = performance.now();
  const screening = screen([input], SHIPPED_POLICY);
  return { screening, us: (performance.now() - startedAt) * 1000 };
}

function injectionTable(rows: readonly InjectionRow[]): string {
  const measured = rows.map((row) => {
    const { screening, us } = timed({ text: row.text, trust: trustOf(row), class: 'prose' });
    const score = Math.max(0, ...injections(screening).map((finding) => finding.score));
    const stops = screening.findings.some(({ outcome }) => outcome === 'blocked' || outcome === 'tainted');
    return { row, us, isFound: score > 0, isStopped: stops && score > 0 };
  });
  const groups = Map.groupBy(measured, ({ row }) => `${row.source} | ${groupOf(row)}`);
  const pooled = Map.groupBy(measured, ({ row }) => `all | ${row.label === 1 ? 'attacks' : 'benign'}`);
  const lines = [...groups, ...pooled].map(([name, members]) => {
    const found = share(members.filter(({ isFound }) => isFound).length, members.length);
    const stopped = share(members.filter(({ isStopped }) => isStopped).length, members.length);
    return `| ${name} | ${members.length} | ${found} | ${stopped} | ${latency(members.map(({ us }) => us))} |`;
  });
  return [
    '| source | kind | texts | found % | stopped % | p50 µs | p99 µs |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

function groupOf({ label, kind }: InjectionRow): string {
  return label === 1 ? 'attacks' : `benign: ${kind.split(':')[0] || 'not said'}`;
}

const injections = ({ findings }: Screening): readonly Finding[] =>
  findings.filter(({ guardrail }) => guardrail === 'injection');

const typeOf = ({ guardrail, type }: Finding): string => (guardrail === 'secrets' ? 'SECRET' : type);

interface Count {
  entities: number;
  found: number;
  finds: number;
  right: number;
}

function entityTable(rows: readonly EntityRow[]): string {
  const lines: string[] = [];
  for (const [source, members] of Map.groupBy(rows, (row) => row.source)) {
    const { counts, times } = entityCounts(members);
    for (const [type, { entities, found, finds, right }] of [...counts].sort(([a], [b]) =>
      a < b ? -1 : 1,
    )) {
      const perThousand = ((1000 * (finds - right)) / members.length).toFixed(1);
      lines.push(
        `| ${source} | ${type} | ${entities} | ${share(right, finds)} | ${share(found, entities)} | ${perThousand} |  |  |`,
      );
    }
    lines.push(`| ${source} | ${members.length} texts |  |  |  |  | ${latency(times)} |`);
  }
  return [
    '| source | type | entities | precision % | recall % | false finds per 1,000 texts | p50 µs | p99 µs |',
    '|---|---|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

function entityCounts(rows: readonly EntityRow[]): { counts: Map<string, Count>; times: number[] } {
  const labelled = new Set(rows.flatMap(({ entities }) => entities.map(({ type }) => type)));
  const counts = new Map<string, Count>();
  const times: number[] = [];
  const countOf = (type: string): Count => {
    let count = counts.get(type);
    if (!count) counts.set(type, (count = { entities: 0, found: 0, finds: 0, right: 0 }));
    return count;
  };
  for (const { text, entities } of rows) {
    const { screening, us } = timed({ text, trust: 'user', class: 'prose' });
    times.push(us);
    const finds = screening.findings
      .filter(({ guardrail }) => guardrail !== 'injection')
      .map((finding) => ({ start: finding.start, end: finding.end, type: typeOf(finding) }));
    for (const entity of entities) {
      const count = countOf(entity.type);
      count.entities++;
      if (finds.some((find) => overlaps(find, entity))) count.found++;
    }
    for (const find of finds) {
      if (labelled.size > 0 && !labelled.has(find.type)) continue;
      const count = countOf(find.type);
      count.finds++;
      if (entities.some((entity) => overlaps(find, entity))) count.right++;
    }
  }
  return { counts, times };
}

interface Typed {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

const overlaps = (a: Typed, b: Typed): boolean => a.type === b.type && a.start < b.end && b.start < a.end;

const share = (part: number, whole: number): string =>
  whole === 0 ? '–' : ((100 * part) / whole).toFixed(2);

const latency = (times: readonly number[]): string =>
  `${quantile(times, 0.5).toFixed(0)} | ${quantile(times, 0.99).toFixed(0)}`;
