/** Adds up, in the store, what all processes saw, and tells which rules have come to their count. Each entry counts once. */
import { BoundedMap } from '../../base/bounded-map.ts';
import {
  type IncidentSignal,
  type IncidentStore,
  type IncidentSubject,
  openKey,
  SUBJECT_KINDS,
} from '../../ports/incident-store.ts';
import type { Reached } from './incident-response.ts';
import { boundOf, type IncidentRule, windowMs } from './incident-rules.ts';

/** An entry that counts, on its way to the store. */
export type Counted = Omit<IncidentSignal, 'incident'> & {
  /** Of an entry about an incident. */
  readonly incident?: string | undefined;
  readonly user?: string | undefined;
  /** The address, of rules that learn it. */
  readonly value?: string | undefined;
};

export interface IncidentCountingOptions {
  readonly incidents: IncidentStore;
  readonly rules: Readonly<Record<string, IncidentRule>>;
  /** For each that has come to its count. */
  readonly respond: (reached: Reached) => Promise<void>;
}

const DAY_MS = 86_400_000;
const MEAN_DAYS = 7;
/** Subjects whose count is still to be asked for, because the store was away. */
const UNCHECKED_MAX = 10_000;

export class IncidentCounting {
  readonly #options: IncidentCountingOptions;
  readonly #unchecked = new BoundedMap<string, Counted>(UNCHECKED_MAX);

  constructor(options: IncidentCountingOptions) {
    this.#options = options;
  }

  /** After a failure bring the same again. @throws store.unavailable */
  async bring(batch: readonly Counted[]): Promise<void> {
    const { incidents } = this.#options;
    const signals = await this.#unlearned(batch);
    const keys = new Set(signals.map(({ rule, subject }) => openKey(rule, subject)));
    const open = await incidents.openOnes([...keys]);
    const added = await incidents.addSignals(
      signals.map(({ rule, subject, chain, sequence, at, step, weight, incident }) => ({
        rule,
        subject,
        chain,
        sequence,
        at,
        step,
        weight,
        incident: incident ?? open.get(openKey(rule, subject)),
      })),
    );
    await this.#countOpen(added);
    const users = new Map(signals.map(({ rule, subject, user }) => [openKey(rule, subject), user]));
    for (const signal of added) {
      if (signal.incident !== undefined) continue;
      const { rule, subject, step, at, weight } = signal;
      if (this.#options.rules[rule]?.kind === 'spend')
        await incidents.addDay(rule, subject, at - (at % DAY_MS), weight);
      const counted = { ...signal, user: users.get(openKey(rule, subject)) };
      // Of a sequence each second part is asked for by itself.
      this.#unchecked.set(`${openKey(rule, subject)} ${step} ${step === 1 ? at : ''}`, counted);
    }
  }

  /** Asks for all that has grown; what fails is asked for again. @throws store.unavailable, audit.unavailable */
  async check(): Promise<void> {
    const { rules, respond } = this.#options;
    for (const [name, rule] of Object.entries(rules)) {
      const grown = [...this.#unchecked].filter(([, { rule: of }]) => of === name);
      if (grown.length === 0) continue;
      const sums = await this.#sums(
        name,
        rule,
        grown.map(([, counted]) => counted),
      );
      for (const [key, { subject, user, at }] of grown) {
        const count = sums.get(subject) ?? 0;
        if (count >= boundOf(rule) && !(await this.#isUsual(name, rule, subject, count, at)))
          await respond({ rule: name, subject: subjectFrom(subject), user, count, at });
        this.#unchecked.delete(key);
      }
    }
  }

  /** Without those of addresses that are known, or that are the first ones. */
  async #unlearned(batch: readonly Counted[]): Promise<Counted[]> {
    const { incidents, rules } = this.#options;
    const kept: Counted[] = [];
    for (const counted of batch) {
      const rule = rules[counted.rule];
      if (rule?.kind !== 'newAddress') kept.push(counted);
      else {
        const { rule: name, subject, value = '', at } = counted;
        const learnt = await incidents.learn(name, subject, value, at);
        const isOld = learnt && learnt.others > 0 && learnt.since <= at - rule.afterDays * DAY_MS;
        if (isOld) kept.push(counted);
      }
    }
    return kept;
  }

  async #countOpen(added: readonly IncidentSignal[]): Promise<void> {
    const grown = Map.groupBy(added, ({ incident, weight }) => (weight > 0 ? incident : undefined));
    for (const [id, signals] of grown) {
      if (id === undefined) continue;
      const more = signals.reduce((sum, { weight }) => sum + weight, 0);
      await this.#options.incidents.count(id, more, Math.max(...signals.map(({ at }) => at)));
    }
  }

  async #sums(
    name: string,
    rule: IncidentRule,
    grown: readonly Counted[],
  ): Promise<ReadonlyMap<string, number>> {
    const { incidents } = this.#options;
    if (rule.kind === 'sequence') return await this.#sequences(name, rule.withinS * 1000, grown);
    const subjects = [...new Set(grown.map(({ subject }) => subject))];
    const since = Math.max(...grown.map(({ at }) => at)) - windowMs(rule);
    return await incidents.sums(name, subjects, { since, step: 0 });
  }

  /** 1 where the other part is there, whichever came to the store first. */
  async #sequences(
    name: string,
    within: number,
    grown: readonly Counted[],
  ): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for (const { subject, step, at } of grown) {
      const wanted =
        step === 1
          ? { since: at - within, until: at, step: 0 }
          : { since: at + 1, until: at + within, step: 1 };
      const sums = await this.#options.incidents.sums(name, [subject], wanted);
      if ((sums.get(subject) ?? 0) > 0) found.set(subject, 1);
    }
    return found;
  }

  /** Whether so much money is what this one spends anyway, by the days before. */
  async #isUsual(
    name: string,
    rule: IncidentRule,
    subject: string,
    nano: number,
    at: number,
  ): Promise<boolean> {
    if (rule.kind !== 'spend' || rule.timesMean === undefined) return false;
    const today = at - (at % DAY_MS);
    const days = await this.#options.incidents.daysBefore(name, subject, {
      since: today - MEAN_DAYS * DAY_MS,
      until: today,
    });
    const mean = (days / MEAN_DAYS) * ((rule.withinS * 1000) / DAY_MS);
    return nano < mean * rule.timesMean;
  }
}

function subjectFrom(text: string): IncidentSubject {
  const colon = text.indexOf(':');
  const kind = SUBJECT_KINDS.find((known) => known === text.slice(0, colon));
  return { kind: kind ?? 'house', value: text.slice(colon + 1) };
}
