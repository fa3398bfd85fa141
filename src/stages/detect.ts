/**
 * Asks the stronger detector about the texts that the guardrails let through, all of a call at once, each text once in
 * a while. Never lets a call through that it could not judge, unless the operator says so.
 */
import { hash } from 'node:crypto';
import { BoundedMap } from '../base/bounded-map.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { asRefusal, Refusal } from '../base/errors.ts';
import { countFindings } from '../base/finding.ts';
import { type DetectionRules, UNJUDGED, withDetected } from '../domain/requests/detection.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import type { Detector, JudgedText, Verdict } from '../ports/detector.ts';
import type { Guard } from './stage.ts';

/** What the stage works with. */
export interface DetectDeps {
  readonly detector: Detector;
  readonly detection: DetectionRules;
  readonly limiting: Limiting;
  readonly clock?: Clock;
}

/** @throws guardrail.detector, guardrail.failed, request.too_long */
export function detect(deps: DetectDeps): Guard {
  const { detection, limiting } = deps;
  const judge = remembering(deps);
  return async function detect(exchange) {
    const { caller, prepared } = exchange;
    const action = limiting.tier(caller).guardrails?.detector ?? detection.action;
    if (action === 'off' || !prepared.judged || prepared.judged.texts.length === 0) return;
    const { texts, whole } = prepared.judged;
    const isSpared = limiting.isSpared(caller);
    const failsClosed = action === 'block' && detection.onFailure === 'block';
    const isClosed = failsClosed && !isSpared;
    if (!whole && isClosed) throw new Refusal('request.too_long', { detail: 'more than detector.charsMax' });
    const verdicts = await judge(texts).catch((error: unknown) => {
      if (!isClosed) return undefined;
      const { message } = asRefusal(error);
      throw new Refusal('guardrail.failed', { detail: `detector: ${message}`, cause: error });
    });
    const stopsAtTools = limiting.screenPolicy(caller).toolInjection === 'block';
    const { seen, stops, tainted } = conclude(texts, verdicts ?? [], { detection, action, stopsAtTools });
    if (!whole || !verdicts) {
      seen.push(UNJUDGED);
      if (failsClosed) stops.push(UNJUDGED);
    }
    exchange.detected = { findings: countFindings(seen), stops: countFindings(stops), tainted };
    exchange.prepared = withDetected(prepared, exchange.detected);
    if (stops.length > 0 && !isSpared) throw new Refusal('guardrail.detector');
  };
}

interface Manner {
  readonly detection: DetectionRules;
  readonly action: 'observe' | 'block';
  /** What a tool result says stops a call as well, instead of marking it. */
  readonly stopsAtTools: boolean;
}

/** A finding for each verdict at or above the observe point; it is about the whole text. */
function conclude(
  texts: readonly JudgedText[],
  verdicts: readonly Verdict[],
  { detection: { points }, action, stopsAtTools }: Manner,
) {
  const seen: { guardrail: 'detector'; type: string }[] = [];
  const stops: typeof seen = [];
  let tainted = false;
  for (const [i, { score, type }] of verdicts.entries()) {
    if (score < points.observe) continue;
    seen.push({ guardrail: 'detector', type });
    if (action !== 'block' || score < points.block) continue;
    if (texts[i]?.role === 'tool' && !stopsAtTools) tainted = true;
    else stops.push({ guardrail: 'detector', type });
  }
  return { seen, stops, tainted };
}

/** Digests and verdicts, never a text. */
const REMEMBERED_MAX = 16_384;

/** Verdicts on texts in their order; only those that are not known are asked for, the same text once. */
function remembering({ detector, detection, clock = systemClock }: DetectDeps) {
  const known = new BoundedMap<string, { readonly verdict: Verdict; readonly until: number }>(REMEMBERED_MAX);
  return async (texts: readonly JudgedText[]): Promise<readonly Verdict[]> => {
    const now = clock.now();
    const names = texts.map(({ text, role }) => role + hash('sha256', text, 'base64'));
    const verdicts = new Map<string, Verdict>();
    const asked = new Map<string, JudgedText>();
    for (const [i, judged] of texts.entries()) {
      const name = names[i] ?? '';
      const earlier = known.get(name);
      if (earlier && now < earlier.until) verdicts.set(name, earlier.verdict);
      else asked.set(name, judged);
    }
    if (asked.size > 0) {
      const answers = await detector.judge([...asked.values()]);
      for (const [i, name] of [...asked.keys()].entries()) {
        const verdict = answers[i];
        if (!verdict) throw new Error('the detector left a text out');
        verdicts.set(name, verdict);
        if (detection.rememberMs > 0) known.set(name, { verdict, until: now + detection.rememberMs });
      }
    }
    return names.flatMap((name) => verdicts.get(name) ?? []);
  };
}
