/** Metrics, the only place that knows prom-client. Labels are bounded: never a key, a user, a model or a path. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Exchange } from '../domain/exchange.ts';

const BUCKETS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Read whenever metrics are. */
export interface HealthNow {
  /** Readiness checks by name. */
  readonly checks: Readonly<Record<string, boolean>>;
  readonly auditWaiting: number;
  readonly openExchanges: number;
}

/** Metrics of this process. Labels are operations, codes and stages; never a key or a user. */
export interface Telemetry {
  /** How long a stage took; those without a histogram of their own are part of the overhead. */
  readonly observeStage: (stage: string, seconds: number) => void;
  done(exchange: Exchange): void;
  failedAttempt(): void;
  /** Prometheus text format, and its content type. */
  render(): Promise<{ readonly body: string; readonly contentType: string }>;
}

/** Makes metrics of one registry, all named `sallyport_…`. */
function metricsOf(registry: Registry) {
  const registers = [registry];
  return {
    counter: (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name: `sallyport_${name}`, help, labelNames, registers }),
    gauge: (name: string, help: string, labelNames: string[] = []) =>
      new Gauge({ name: `sallyport_${name}`, help, labelNames, registers }),
    histogram: (name: string, help: string) =>
      new Histogram({ name: `sallyport_${name}`, help, buckets: BUCKETS, registers }),
  };
}

/** With a registry of its own. */
export function createTelemetry(health: () => HealthNow): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'sallyport_' });
  const { counter, histogram } = metricsOf(registry);
  const stages: Readonly<Record<string, Histogram>> = {
    parse: histogram('screening_seconds', 'Reading, screening and pricing a request.'),
    admit: histogram('admission_seconds', 'Taking limits and money.'),
    recordIntent: histogram('audit_seconds', 'Putting the intent on record, durably.'),
  };
  const failed = counter('failed_attempts_total', 'Refusals before authentication.');
  const readHealth = healthGauges(registry, health);
  return {
    observeStage: (stage, seconds) => stages[stage]?.observe(seconds),
    done: exchangeMetrics(registry),
    failedAttempt: () => failed.inc(),
    async render() {
      readHealth();
      return { body: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

/** What the end of an exchange adds up to. */
function exchangeMetrics(registry: Registry): (exchange: Exchange) => void {
  const { counter, histogram } = metricsOf(registry);
  const requests = counter('requests_total', 'Calls by operation, decision and code.', [
    'endpoint',
    'decision',
    'code',
  ]);
  const whole = histogram('request_seconds', 'From arrival to the end of the answer.');
  const overhead = histogram('overhead_seconds', 'From arrival to the first byte sent upstream.');
  const upstream = histogram('upstream_seconds', 'From the first byte sent to the head of the answer.');
  const tokens = counter('tokens_total', 'Tokens upstream reported.', ['direction']);
  const dollars = counter('dollars_total', 'Money settled, in US dollars.');
  const unreported = counter('usage_unknown_total', 'Calls charged without reported usage.');
  const over = counter('over_reservation_total', 'Calls whose reported usage exceeded the reservation.');
  const unpriced = counter('unpriced_total', 'Calls reserved at a ceiling, since nobody knows the price.');
  const findings = counter('findings_total', 'Findings by guardrail.', ['guardrail']);

  return (exchange) => {
    const { answer, charge } = exchange;
    requests.inc({
      endpoint: exchange.operation,
      decision: exchange.ending,
      code: exchange.refusal?.code ?? 'none',
    });
    whole.observe((performance.now() - exchange.startedAt) / 1000);
    for (const { guardrail } of (exchange.prepared as Exchange['prepared'] | undefined)?.findings ?? []) {
      findings.inc({ guardrail });
    }
    if (!exchange.sentUpstream) return;
    overhead.observe((exchange.sentAt - exchange.startedAt) / 1000);
    if (exchange.firstByteAt > 0) upstream.observe((exchange.firstByteAt - exchange.sentAt) / 1000);
    if (answer.usage) {
      tokens.inc({ direction: 'input' }, answer.usage.inputTokens);
      tokens.inc({ direction: 'output' }, answer.usage.outputTokens);
    } else unreported.inc();
    if (charge) dollars.inc(charge.nano / 1e9);
    if (charge?.over) over.inc();
    if (exchange.prepared.quote?.unpriced) unpriced.inc();
  };
}

/** Gauges that are read when they are scraped. */
function healthGauges(registry: Registry, health: () => HealthNow): () => void {
  const { gauge } = metricsOf(registry);
  const ready = gauge('ready', 'Readiness by check.', ['check']);
  const auditWaiting = gauge('audit_waiting', 'Audit entries waiting for the disk.');
  const auditWritable = gauge('audit_writable', 'Whether the audit log can be written.');
  const ledgerUsable = gauge('ledger_usable', 'Whether the ledger can be used.');
  const openExchanges = gauge('open_exchanges', 'Calls that have not ended.');
  return () => {
    const now = health();
    for (const [check, ok] of Object.entries(now.checks)) ready.set({ check }, ok ? 1 : 0);
    auditWaiting.set(now.auditWaiting);
    auditWritable.set(now.checks['auditLog'] ? 1 : 0);
    ledgerUsable.set(now.checks['ledger'] ? 1 : 0);
    openExchanges.set(now.openExchanges);
  };
}
