/**
 * What guardrails refused in a period, and what they would have refused of callers on whom they are only tried: calls by team,
 * guardrail and category, from what was decided and recorded then. A call counts once in a row, whatever was found how often.
 */
import { Refusal } from '../../base/errors.ts';
import type { Entry } from '../../ports/audit-log.ts';
import { FOUND_CODES } from './rollout.ts';

/** Calls of a team of one kind. */
export interface ReportRow {
  /** Left out: of callers without one. */
  readonly team?: string | undefined;
  readonly guardrail: string;
  /** Type of the finding. */
  readonly category: string;
  /** Of the team, whatever was found. */
  readonly calls: number;
  readonly wouldRefuse: number;
  readonly refused: number;
}

/** The actions whose entries are taken. */
export const REPORTED_ACTIONS = ['exchange.outcome', 'exchange.refused'] as const;
const ROWS_MAX = 10_000;

interface Count {
  readonly team: string | undefined;
  readonly name: string;
  wouldRefuse: number;
  refused: number;
}

/** Adds up entries in any order, each once. */
export class RefusalReport {
  readonly #team: string | undefined;
  readonly #calls = new Map<string | undefined, number>();
  readonly #counts = new Map<string, Count>();

  /** @param team of whose calls alone; undefined: of everybody's */
  constructor(team: string | undefined) {
    this.#team = team;
  }

  /** Refusals that guardrails had nothing to do with are none of its calls. @throws request.too_complex */
  take({ action, metadata }: Entry): void {
    const { code, team: of } = metadata;
    const isStopped = typeof code === 'string' && FOUND_CODES.has(code);
    if (action !== 'exchange.outcome' && !(action === 'exchange.refused' && isStopped)) return;
    const team = typeof of === 'string' ? of : undefined;
    if (this.#team !== undefined && team !== this.#team) return;
    this.#calls.set(team, (this.#calls.get(team) ?? 0) + 1);
    for (const name of namesIn(metadata['wouldRefuse'])) this.#countOf(team, name).wouldRefuse += 1;
    for (const name of namesIn(metadata['refusedFor'])) this.#countOf(team, name).refused += 1;
  }

  /** By team; those that would be refused most first. */
  rows(): readonly ReportRow[] {
    return [...this.#counts.values()]
      .sort(
        (a, b) =>
          (a.team ?? '').localeCompare(b.team ?? '', 'en') ||
          b.wouldRefuse + b.refused - (a.wouldRefuse + a.refused) ||
          a.name.localeCompare(b.name, 'en'),
      )
      .map(({ team, name, wouldRefuse, refused }) => {
        const [guardrail = '', category = ''] = name.split(':');
        return { team, guardrail, category, calls: this.#calls.get(team) ?? 0, wouldRefuse, refused };
      });
  }

  /** Calls of each team that guardrails have looked at; of none: without a name. */
  calls(): readonly { readonly team?: string | undefined; readonly calls: number }[] {
    return [...this.#calls].map(([team, calls]) => ({ team, calls }));
  }

  #countOf(team: string | undefined, name: string): Count {
    const place = JSON.stringify([team, name]);
    let count = this.#counts.get(place);
    if (!count) {
      if (this.#counts.size === ROWS_MAX) throw new Refusal('request.too_complex', { param: 'from' });
      this.#counts.set(place, (count = { team, name, wouldRefuse: 0, refused: 0 }));
    }
    return count;
  }
}

function namesIn(counts: unknown): readonly string[] {
  return typeof counts === 'object' && counts !== null ? Object.keys(counts) : [];
}
