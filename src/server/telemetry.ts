/** Metrics, the only place that knows prom-client. Labels are bounded: never a key, a user, a model or a path. */
import { collectDefaultMetrics, Counter, Gauge, type Metric, Registry } from 'prom-client';
import type { Exchange } from '../domain/exchange.ts';
import type { GuardStatus } from '../domain/incidents/liveness.ts';
import { FOUND_CODES, stopsOf } from '../domain/rollout/rollout.ts';

const BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Read whenever metrics are. */
export interface HealthNow {
  /** Readiness checks by name. */
  readonly checks: Readonly<Record<string, boolean>>;
  readonly auditWaiting: number;
  /** Targets of exported events by name: whether the last batch arrived. */
  readonly exports: Readonly<Record<string, boolean>>;
  readonly openExchanges: number;
  /** Exchanges that a history should hold and does not; left out where there is none. */
  readonly historyLost?: number | undefined;
  /** What is known of each control; left out where none is tried. */
  readonly guards?: readonly GuardStatus[] | undefined;
  /** Guardrails have gone back to observing. */
  readonly observing?: boolean | undefined;
  /** Live keys that should be looked at. */
  readonly keys?: { readonly unused: number; readonly old: number } | undefined;
}

/** Metrics of this process. Labels are operations, codes and stages; never a key or a user. */
export interface Telemetry {
  /** How long a stage took; those without a histogram of their own are part of the overhead. */
  readonly observeStage: (stage: string, seconds: number) => void;
  done(exchange: Exchange): void;
  failedAttempt(): void;
  /** Upstream refused the gateway's key; `upstream` is a configured name. */
  readonly credentialRefused: (upstream: string) => void;
  /** A control was tried. */
  readonly guardTried: (control: string, result: string) => void;
  /** A call of the tool server; `tool` is a registered one, or `none`. */
  toolDone(tool: string, decision: string, code: string, seconds: number): void;
  /** Prometheus text format, and its content type. */
  render(): Promise<{ readonly body: string; readonly contentType: string }>;
}

/** Counts in plain numbers, and tells prom-client when it is asked: a call adds to eight of these. */
class Tally {
  readonly #counter: Counter;
  readonly #labels: readonly string[];
  readonly #added = new Map<string, number>();

  constructor(counter: Counter, labels: readonly string[]) {
    this.#counter = counter;
    this.#labels = labels;
  }

  /** @param values of the labels, in their order, a space between them */
  add(amount: number, values = ''): void {
    this.#added.set(values, (this.#added.get(values) ?? 0) + amount);
  }

  flush(): void {
    for (const [values, amount] of this.#added) {
      const words = values.split(' ');
      this.#counter.inc(Object.fromEntries(this.#labels.map((label, i) => [label, words[i] ?? ''])), amount);
    }
    this.#added.clear();
  }
}

/** A histogram without labels, in the form that a registry asks for; an observation is a step into an array. */
class Timings {
  readonly name: string;
  readonly help: string;
  readonly #counts = new Float64Array(BUCKETS.length + 1);
  #sum = 0;

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  observe(seconds: number): void {
    let at = 0;
    while (at < BUCKETS.length && seconds > (BUCKETS[at] ?? 0)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** Of prom-client's metrics: what the registry prints. */
  async get() {
    const { name, help } = this;
    let count = 0;
    const values = [...BUCKETS, '+Inf'].map((le, at) => {
      count += this.#counts[at] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: count };
    });
    const ends = [
      { metricName: `${name}_sum`, labels: {}, value: this.#sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
    return { name, help, type: 'histogram', aggregator: 'sum', values: [...values, ...ends] };
  }
}

/** Makes metrics of one registry, all named `sallyport_…`. */
function metricsOf(registry: Registry) {
  const registers = [registry];
  const tallies: Tally[] = [];
  return {
    counter: (name: string, help: string, labelNames: string[] = []): Tally => {
      const counter = new Counter({ name: `sallyport_${name}`, help, labelNames, registers });
      const tally = new Tally(counter, labelNames);
      tallies.push(tally);
      return tally;
    },
    gauge: (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name: `sallyport_${name}`, help, labelNames, registers }),
    histogram: (name: string, help: string): Timings => {
      const timings = new Timings(`sallyport_${name}`, help);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a registry asks for no more than these
      registry.registerMetric(timings as unknown as Metric);
      return timings;
    },
    flush(): void {
      for (const tally of tallies) tally.flush();
    },
  };
}
type Metrics = ReturnType<typeof metricsOf>;

/** With a registry of its own. */
export function createTelemetry(health: () => HealthNow): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'sallyport_' });
  const metrics = metricsOf(registry);
  const { counter, histogram } = metrics;
  const stages: Readonly<Record<string, Timings>> = {
    parse: histogram('screening_seconds', 'Reading, screening and pricing a request.'),
    detect: histogram('detection_seconds', 'Asking the detector, where one is configured.'),
    admit: histogram('admission_seconds', 'Taking limits and money.'),
    recordIntent: histogram('audit_seconds', 'Putting the intent on record, durably.'),
  };
  const failed = counter('failed_attempts_total', 'Refusals before authentication.');
  const refused = counter('upstream_credential_refused_total', "Upstream's refusals of its key.", [
    'upstream',
  ]);
  const tried = counter('guard_probes_total', 'Controls that were tried, by what came of it.', [
    'control',
    'result',
  ]);
  const readHealth = healthGauges(metrics, health);
  return {
    observeStage: (stage, seconds) => stages[stage]?.observe(seconds),
    done: exchangeMetrics(metrics),
    failedAttempt: () => failed.add(1),
    credentialRefused: (upstream) => refused.add(1, upstream),
    guardTried: (control, result) => tried.add(1, `${control} ${result}`),
    toolDone: toolMetrics(metrics),
    async render() {
      readHealth();
      metrics.flush();
      return { body: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

/** What the end of an exchange adds up to. */
function exchangeMetrics({ counter, histogram }: Metrics): (exchange: Exchange) => void {
  const labels = ['endpoint', 'decision', 'code'];
  const requests = counter('requests_total', 'Calls by operation, decision and code.', labels);
  const whole = histogram('request_seconds', 'From arrival to the end of the answer.');
  const overhead = histogram('overhead_seconds', 'From arrival to the first byte sent upstream.');
  const upstream = histogram('upstream_seconds', 'From the first byte sent to the head of the answer.');
  const tokens = counter('tokens_total', 'Tokens upstream reported.', ['direction']);
  const dollars = counter('dollars_total', 'Money settled, in US dollars.');
  const unreported = counter('usage_unknown_total', 'Calls charged without reported usage.');
  const over = counter('over_reservation_total', 'Calls whose reported usage exceeded the reservation.');
  const unpriced = counter('unpriced_total', 'Calls reserved at a ceiling, since nobody knows the price.');
  const calls = counter('tool_calls_total', 'Calls of tools that answers made, by decision.', ['decision']);
  const findings = counter('findings_total', 'Findings by guardrail and side.', ['guardrail', 'side']);
  const spared = counter('would_refuse_total', 'Calls that guardrails would have refused, and did not.');

  return (exchange) => {
    const { answer, charge } = exchange;
    requests.add(1, `${exchange.operation} ${exchange.ending} ${exchange.refusal?.code ?? 'none'}`);
    whole.observe((performance.now() - exchange.startedAt) / 1000);
    const prepared = exchange.prepared as Exchange['prepared'] | undefined;
    for (const [side, found] of [
      ['request', prepared?.findings],
      ['answer', answer.findings],
    ] as const) {
      for (const name in found) findings.add(found[name] ?? 0, `${name.slice(0, name.indexOf(':'))} ${side}`);
    }
    for (const decisions of answer.tools?.values() ?? [])
      for (const [decision, count] of Object.entries(decisions)) calls.add(count, decision);
    if (stopsOf(exchange) && !FOUND_CODES.has(exchange.refusal?.code ?? '')) spared.add(1);
    if (!exchange.sentUpstream) return;
    overhead.observe((exchange.sentAt - exchange.startedAt) / 1000);
    if (exchange.firstByteAt > 0) upstream.observe((exchange.firstByteAt - exchange.sentAt) / 1000);
    if (answer.usage) {
      tokens.add(answer.usage.inputTokens, 'input');
      tokens.add(answer.usage.outputTokens, 'output');
    } else unreported.add(1);
    if (charge) dollars.add(charge.nano / 1e9);
    if (charge?.over) over.add(1);
    if (exchange.prepared.quote?.unpriced) unpriced.add(1);
  };
}

function toolMetrics({ counter, histogram }: Metrics): Telemetry['toolDone'] {
  const calls = counter('tool_runs_total', 'Calls of the tool server by tool, decision and code.', [
    'tool',
    'decision',
    'code',
  ]);
  const whole = histogram('tool_run_seconds', 'From the arrival of a call of a tool to its end.');
  return (tool, decision, code, seconds) => {
    calls.add(1, `${tool} ${decision} ${code}`);
    whole.observe(seconds);
  };
}

/** Gauges that are read when they are scraped. */
function healthGauges({ gauge }: Metrics, health: () => HealthNow): () => void {
  const ready = gauge('ready', 'Readiness by check.', ['check']);
  const auditWaiting = gauge('audit_waiting', 'Audit entries waiting for the disk.');
  const auditWritable = gauge('audit_writable', 'Whether the audit log can be written.');
  const arriving = gauge('export_arriving', 'Whether exported events arrive at a target.', ['target']);
  const ledgerUsable = gauge('ledger_usable', 'Whether the ledger can be used.');
  const openExchanges = gauge('open_exchanges', 'Calls that have not ended.');
  const observing = gauge('guardrails_fallen_back', 'Whether guardrails have gone back to observing.');
  const keysUnused = gauge('keys_unused', 'Live keys that were not used for 90 days.');
  const keysOld = gauge('keys_old', 'Live keys whose secret is over 90 days old.');
  const historyLost = gauge('history_lost', 'Exchanges that a history should hold and does not.');
  const guardSilent = gauge('guard_silent', 'Whether a control that is on did not fire.', ['control']);
  return () => {
    const now = health();
    for (const [check, ok] of Object.entries(now.checks)) ready.set({ check }, ok ? 1 : 0);
    for (const [target, ok] of Object.entries(now.exports)) arriving.set({ target }, ok ? 1 : 0);
    auditWaiting.set(now.auditWaiting);
    auditWritable.set(now.checks['auditLog'] ? 1 : 0);
    ledgerUsable.set(now.checks['ledger'] ? 1 : 0);
    openExchanges.set(now.openExchanges);
    historyLost.set(now.historyLost ?? 0);
    for (const { control, result } of now.guards ?? [])
      guardSilent.set({ control }, result === 'silent' ? 1 : 0);
    observing.set(now.observing ? 1 : 0);
    keysUnused.set(now.keys?.unused ?? 0);
    keysOld.set(now.keys?.old ?? 0);
  };
}
