/** The `guardrails` section of the configuration, and the policy it makes for a tier. */
import { z } from 'zod';
import type { Action, GuardrailId } from '../base/finding.ts';
import { POINT_BOUNDS, PRESETS } from './injection/signal.ts';
import { allowListSchema, customPatternsSchema, TYPE_NAME } from './operator-rules.ts';
import { ENFORCED_PII_TYPES } from './decide.ts';
import { rolloutSchema } from './rollout-settings.ts';
import type { ScreenPolicy } from './screening.ts';

const action = z.enum(['off', 'observe', 'redact', 'block']);
const inTokens = z.enum(['observe', 'block']);

/** Types a probe of `pii/` can find. */
export const PII_TYPES = [
  ...ENFORCED_PII_TYPES,
  'DRIVER_LICENSE',
  'DATE_OF_BIRTH',
  'CRYPTO_WALLET',
  'PERSON',
  'ADDRESS',
  'IP',
  'URL',
] as const;

const between = ([from, to]: readonly [number, number]) => z.number().min(from).max(to);
const pointsSchema = z.strictObject({
  observe: between(POINT_BOUNDS.observe),
  block: between(POINT_BOUNDS.block),
});

const injectionSchema = z.strictObject({
  action: action.default('block'),
  /** How sure the guardrail must be, by name. */
  preset: z.enum(['strict', 'balanced', 'lenient']).default('balanced'),
  /** The same as scores, by who said it; `sallyport calibrate` fits them to the traffic of the house. */
  points: z.strictObject({ user: pointsSchema.optional(), tool: pointsSchema.optional() }).default({}),
  /** What an injection in a tool result does where the action is `block`. */
  toolResults: z.enum(['taint', 'block']).default('taint'),
});

const piiSchema = z
  .strictObject({
    action: action.default('redact'),
    /** Whether the caller gets the values back in the answer. */
    reversible: z.boolean().default(true),
    /**
     * What the action is for; other types are observed. An IP address is a person's more rarely than a machine's. Or types
     * with an action each, over what holds for them otherwise: `{ EMAIL: redact, IP: observe, URL: off }`.
     */
    types: z
      .union([z.array(z.string().regex(TYPE_NAME)), z.record(z.string().regex(TYPE_NAME), action)])
      .default([...ENFORCED_PII_TYPES]),
    /** The operator's own patterns; the action is for their types too. */
    custom: customPatternsSchema,
    /** What is never personal data: one's own hotline, a test card. */
    allow: allowListSchema,
    /** Where nothing may be rewritten (ids, names, URLs) and the action is `redact`. */
    inTokens: inTokens.default('observe'),
    /** In operations other than chat and Responses, such as embeddings; the same as there where left out. */
    elsewhere: z.literal('observe').optional(),
  })
  .superRefine(({ types, custom }, context) => {
    const known = new Set<string>([...PII_TYPES, ...custom.map(({ type }) => type)]);
    const named = Array.isArray(types) ? types : Object.keys(types);
    for (const [i, type] of named.entries()) {
      const path = ['types', Array.isArray(types) ? i : type];
      if (!known.has(type))
        context.addIssue({ code: 'custom', path, message: `${type} is no type of personal data` });
    }
  });

const secretsSchema = z.strictObject({
  action: action.default('block'),
  /** What is never a secret: keys of a sandbox. */
  allow: allowListSchema,
  inTokens: inTokens.default('block'),
});

/** What is done about what models say. What the caller said is given back and is no finding. */
const answersSchema = z.strictObject({
  /** For the types that `pii` enforces. */
  pii: action.default('observe'),
  secrets: action.default('redact'),
  /** Events of a type that OpenAI does not describe: every string of theirs is screened, or the answer ends. */
  unknownEvents: z.enum(['screen', 'block']).default('screen'),
  /** Pictures that a page would load, and links it would follow, of hosts that are not listed. */
  images: action.default('observe'),
  links: action.default('off'),
  urlAllow: z.array(z.string().min(1).max(253)).max(1000).default([]),
  /** Long runs of the request's system text. */
  systemPrompt: action.default('off'),
  /** Words that only the system text knows, in any case; what is done is the same. */
  canaries: z.array(z.string().min(6).max(128)).max(100).default([]),
});
export type AnswersSettings = z.infer<typeof answersSchema>;

const workersSchema = z.strictObject({
  threads: z.int().min(1).max(64).default(1),
  /** Jobs that may wait; one more is refused with `guardrail.busy`. */
  queueMax: z.int().min(0).max(10_000).default(64),
  /** Bodies with more text than this are screened off the event loop. */
  overBytes: z.int().min(0).max(1_048_576).default(16_384),
});

export const guardrailsSchema = z.strictObject({
  injection: injectionSchema.prefault({}),
  pii: piiSchema.prefault({}),
  secrets: secretsSchema.prefault({}),
  answers: answersSchema.prefault({}),
  /** Left out, everybody is inside. */
  rollout: rolloutSchema.optional(),
  /** For one request in a worker; over it the request is refused with `guardrail.failed`. */
  timeoutMs: z.int().min(10).max(60_000).default(2000),
  workers: workersSchema.prefault({}),
});
export type GuardrailsSettings = z.infer<typeof guardrailsSchema>;

/** The house's settings with a tier's own actions over them. */
export function screenPolicy(
  settings: GuardrailsSettings,
  overrides: Readonly<Partial<Record<GuardrailId, Action | undefined>>> = {},
): ScreenPolicy {
  const { injection, pii, secrets } = settings;
  return {
    injection: overrides.injection ?? injection.action,
    pii: overrides.pii ?? pii.action,
    secrets: overrides.secrets ?? secrets.action,
    reversible: pii.reversible,
    ...typeActions(pii),
    ...operatorRules(settings),
    toolInjection: injection.toolResults,
    injectionPoints: {
      user: injection.points.user ?? PRESETS[injection.preset],
      tool: injection.points.tool ?? PRESETS[injection.preset],
    },
    tokenFindings: { pii: pii.inTokens, secrets: secrets.inTokens },
    ...(pii.elsewhere && { piiElsewhere: pii.elsewhere }),
  };
}

/** What answers are screened by: the same types, patterns and allow-lists; undefined where nothing is looked for. */
export function answerPolicy(settings: GuardrailsSettings): ScreenPolicy | undefined {
  const { answers, pii, secrets } = settings;
  const { images, links, urlAllow } = answers;
  const hasLinks = images !== 'off' || links !== 'off';
  const hasLeak = answers.systemPrompt !== 'off';
  if (answers.pii === 'off' && answers.secrets === 'off' && !hasLinks && !hasLeak) return undefined;
  const { piiTypes, piiActions } = typeActions(pii);
  const isActedUpon = (type: string): boolean => !['off', 'observe'].includes(piiActions?.[type] ?? '');
  const acted = [...new Set([...(piiTypes ?? []), ...Object.keys(piiActions ?? {})])].filter(isActedUpon);
  return {
    injection: 'off',
    pii: answers.pii,
    secrets: answers.secrets,
    reversible: false,
    piiTypes: acted,
    output: {
      ...(hasLinks && { links: { image: images, link: links, allow: urlAllow } }),
      ...(hasLeak && { leak: { action: answers.systemPrompt, canaries: answers.canaries } }),
    },
    ...operatorRules(settings),
    tokenFindings: { pii: pii.inTokens, secrets: secrets.inTokens },
  };
}

function typeActions({
  types,
  custom,
}: GuardrailsSettings['pii']): Pick<ScreenPolicy, 'piiTypes' | 'piiActions'> {
  const own = custom.map(({ type }) => type);
  if (Array.isArray(types)) return { piiTypes: [...types, ...own] };
  return { piiTypes: [...ENFORCED_PII_TYPES, ...own], piiActions: types };
}

/** Left out where there are none, so that nobody looks for them. */
function operatorRules({ pii, secrets }: GuardrailsSettings): Pick<ScreenPolicy, 'custom' | 'allow'> {
  const hasAllowed = [pii.allow, secrets.allow].some(
    ({ values, patterns }) => values.length + patterns.length > 0,
  );
  return {
    ...(pii.custom.length > 0 ? { custom: pii.custom } : {}),
    ...(hasAllowed ? { allow: { pii: pii.allow, secrets: secrets.allow } } : {}),
  };
}
