/**
 * Incidents in SQL: of any number of processes one opens, and all count. Holds notes sealed alone.
 */
import { type Kysely, sql } from 'kysely';
import {
  type EntryRef,
  type IncidentFilter,
  type IncidentRecord,
  type IncidentSignal,
  type IncidentStore,
  openKey,
  subjectText,
} from '../../ports/incident-store.ts';
import { changingOf, incidentFrom } from './store-sql-incident-rows.ts';
import { pruneClosed } from './store-sql-incidents-closed.ts';
import type { Tables } from './store-sql-schema.ts';

type Db = Kysely<Tables>;
/** Migrates first; faults become `store.unavailable`. */
type Run = <T>(query: (db: Db) => Promise<T>) => Promise<T>;

const LIST_MAX = 1000;
/** Rows of one INSERT. */
const SIGNALS_PER_INSERT = 500;

/** Over the tables of a store. */
export function createSqlIncidents(run: Run): IncidentStore {
  return new SqlIncidents(run);
}

class SqlIncidents implements IncidentStore {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async open(record: IncidentRecord): Promise<boolean> {
    const subject = subjectText(record.subject);
    const opened = await this.#run((db) =>
      db
        .insertInto('sallyport_incidents')
        .values({
          id: record.id,
          rule: record.rule,
          subject,
          opened_at: record.openedAt,
          last_at: record.lastAt,
          count: record.count,
          open_key: record.openedBy === 'system' ? openKey(record.rule, subject) : null,
          ...changingOf(record),
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .execute(),
    );
    return opened.length === 1;
  }

  async get(id: string): Promise<IncidentRecord | undefined> {
    const row = await this.#run((db) =>
      db.selectFrom('sallyport_incidents').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row && incidentFrom(row);
  }

  async list({
    open,
    counting,
    waiting,
    limit,
    ...equal
  }: IncidentFilter): Promise<readonly IncidentRecord[]> {
    const rows = await this.#run((db) => {
      let query = db.selectFrom('sallyport_incidents').selectAll();
      for (const name of ['state', 'rule', 'severity', 'subject'] as const) {
        const wanted = equal[name];
        if (wanted !== undefined) query = query.where(name, '=', wanted);
      }
      if (open !== undefined) query = query.where('closed_at', open ? 'is' : 'is not', null);
      if (counting !== undefined) query = query.where('open_key', counting ? 'is not' : 'is', null);
      // No text in it can look like this: its quotes would be escaped.
      if (waiting) query = query.where('record', 'not like', '%"wanted":[]%');
      return query
        .orderBy('opened_at', 'desc')
        .orderBy('id', 'desc')
        .limit(Math.min(Math.max(Math.trunc(limit), 1), LIST_MAX))
        .execute();
    });
    return rows.map(incidentFrom);
  }

  async change(next: IncidentRecord): Promise<boolean> {
    const changed = await this.#run((db) =>
      db
        .updateTable('sallyport_incidents')
        .set({
          ...changingOf({ ...next, version: next.version + 1 }),
          ...(next.closedAt !== undefined && { open_key: null }),
        })
        .where('id', '=', next.id)
        .where('version', '=', next.version)
        .returning('id')
        .execute(),
    );
    return changed.length === 1;
  }

  async count(id: string, more: number, at: number): Promise<void> {
    await this.#run((db) =>
      db
        .updateTable('sallyport_incidents')
        .set({
          count: sql<number>`count + ${more}`,
          last_at: sql<number>`case when last_at > ${at} then last_at else ${at} end`,
        })
        .where('id', '=', id)
        .execute(),
    );
  }

  async letGo(id: string): Promise<void> {
    await this.#run((db) =>
      db.updateTable('sallyport_incidents').set({ open_key: null }).where('id', '=', id).execute(),
    );
  }

  async openOnes(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (keys.length === 0) return new Map();
    const rows = await this.#run((db) =>
      db.selectFrom('sallyport_incidents').select(['id', 'open_key']).where('open_key', 'in', keys).execute(),
    );
    return new Map(rows.map(({ id, open_key: key }) => [key ?? '', id]));
  }

  async addSignals(signals: readonly IncidentSignal[]): Promise<readonly IncidentSignal[]> {
    const added: IncidentSignal[] = [];
    for (let from = 0; from < signals.length; from += SIGNALS_PER_INSERT) {
      const some = signals.slice(from, from + SIGNALS_PER_INSERT);
      const rows = await this.#run((db) =>
        db
          .insertInto('sallyport_incident_signals')
          .values(some.map(({ incident, ...signal }) => ({ ...signal, incident: incident ?? null })))
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .execute(),
      );
      added.push(...rows.map(({ incident, ...row }) => ({ ...row, ...(incident !== null && { incident }) })));
    }
    return added;
  }

  async sums(
    rule: string,
    subjects: readonly string[],
    { since, until, step }: { since: number; until?: number | undefined; step: number },
  ): Promise<ReadonlyMap<string, number>> {
    if (subjects.length === 0) return new Map();
    const rows = await this.#run((db) => {
      const query = db
        .selectFrom('sallyport_incident_signals')
        .select(['subject', sql<number>`cast(sum(weight) as bigint)`.as('sum')])
        .where('rule', '=', rule)
        .where('subject', 'in', subjects)
        .where('incident', 'is', null)
        .where('step', '=', step)
        .where('at', '>=', since);
      return (until === undefined ? query : query.where('at', '<', until)).groupBy('subject').execute();
    });
    return new Map(rows.map(({ subject, sum }) => [subject, sum]));
  }

  async addDay(rule: string, subject: string, day: number, weight: number): Promise<void> {
    await this.#run((db) =>
      db
        .insertInto('sallyport_incident_days')
        .values({ rule, subject, day, weight })
        .onConflict((conflict) =>
          conflict
            .columns(['rule', 'subject', 'day'])
            .doUpdateSet({ weight: sql<number>`sallyport_incident_days.weight + excluded.weight` }),
        )
        .execute(),
    );
  }

  async daysBefore(rule: string, subject: string, within: { since: number; until: number }): Promise<number> {
    const { sum } = await this.#run((db) =>
      db
        .selectFrom('sallyport_incident_days')
        .select(sql<number>`cast(coalesce(sum(weight), 0) as bigint)`.as('sum'))
        .where((is) => is.and({ rule, subject }))
        .where('day', '>=', within.since)
        .where('day', '<', within.until)
        .executeTakeFirstOrThrow(),
    );
    return sum;
  }

  async takeSignals(rule: string, subject: string, incident: string | undefined): Promise<number> {
    const taken = await this.#run((db) =>
      incident === undefined
        ? db
            .deleteFrom('sallyport_incident_signals')
            .where((is) => is.and({ rule, subject }))
            .where('incident', 'is', null)
            .returning('sequence')
            .execute()
        : db
            .updateTable('sallyport_incident_signals')
            .set({ incident })
            .where((is) => is.and({ rule, subject }))
            .where('incident', 'is', null)
            .returning('sequence')
            .execute(),
    );
    return taken.length;
  }

  async signalsOf(incident: string, limit: number): Promise<readonly EntryRef[]> {
    return await this.#run((db) =>
      db
        .selectFrom('sallyport_incident_signals')
        .select(['chain', 'sequence'])
        .where('incident', '=', incident)
        .orderBy('at')
        .orderBy('chain')
        .orderBy('sequence')
        .limit(limit)
        .execute(),
    );
  }

  async learn(rule: string, subject: string, value: string, at: number) {
    const row = { rule, subject, value, at };
    const learnt = await this.#run((db) =>
      db
        .insertInto('sallyport_incident_known')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returning('at')
        .execute(),
    );
    if (learnt.length === 0) return undefined;
    const { others, since } = await this.#run((db) =>
      db
        .selectFrom('sallyport_incident_known')
        .select([sql<number>`count(*)`.as('others'), sql<number>`coalesce(min(at), ${at})`.as('since')])
        .where((is) => is.and({ rule, subject }))
        .where('value', '<>', value)
        .executeTakeFirstOrThrow(),
    );
    return { others, since };
  }

  pruneClosed(before: number, except: readonly string[]): Promise<number> {
    return pruneClosed(this.#run, before, except);
  }

  async prune(before: { waiting: number; learnt: number }): Promise<void> {
    await this.#run((db) =>
      db
        .deleteFrom('sallyport_incident_signals')
        .where('at', '<', before.waiting)
        .where(
          sql<boolean>`not exists (select 1 from sallyport_incidents as i
            where i.id = sallyport_incident_signals.incident)`,
        )
        .execute(),
    );
    await this.#run((db) =>
      db.deleteFrom('sallyport_incident_days').where('day', '<', before.learnt).execute(),
    );
    await this.#run((db) =>
      db.deleteFrom('sallyport_incident_known').where('at', '<', before.learnt).execute(),
    );
  }
}
