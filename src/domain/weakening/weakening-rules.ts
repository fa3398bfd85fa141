/** When a field of the policy is weaker than it was: a line a field, `*` for any name. What has no line is weaker if it changes. */
import { canonicalJson } from '../../base/canonical-json.ts';
import { HOSTED_TOOLS } from '../../openai/hosted-tools.ts';

/** The sections of a policy. */
export type PolicyTree = Readonly<Record<string, unknown>>;

/** Both policies whole, for rules that need to know more than their place. */
export interface Policies {
  readonly from: PolicyTree;
  readonly to: PolicyTree;
}

/** Why it is weaker; or that it is not; or that its parts tell. */
export type Said = string;
/** Of two values that differ; undefined is none. */
type Rule = (from: unknown, to: unknown, all: Policies, path: readonly string[]) => Said;

/** A bound on what callers may have: none is no bound. */
const limit: Rule = (from, to) => {
  if (to === undefined) return 'the limit is gone';
  return from === undefined || Number(to) <= Number(from) ? 'fine' : 'the limit is higher';
};

/** Where a tier says nothing, the house's defaults hold for its users. */
const tierLimit: Rule = (from, to, all, path) => {
  const usual = (policy: PolicyTree): unknown => inside(policy, ['defaults', path.at(-1) ?? '']);
  const [before, after] = [from ?? usual(all.from), to ?? usual(all.to)];
  return before === after ? 'fine' : limit(before, after, all, path);
};

/** Names that open something: none are none, or, of lists that narrow, all. */
const opens =
  (unsaid: 'nothing' | 'everything' | 'something else'): Rule =>
  (from, to) => {
    if (unsaid === 'everything' && from === undefined) return 'fine';
    if (unsaid === 'everything' && to === undefined) return 'all are allowed';
    if (unsaid === 'something else' && (from === undefined || to === undefined))
      return 'what holds without a list is something else';
    return beyond(to, from).length === 0 ? 'fine' : MORE;
  };

const MORE = 'more is allowed';
/** Of names where `*` is all of them, and where any that ends in it is all that begin so. */
const opensNames =
  (unsaid: 'nothing' | 'everything', ends: Ends): Rule =>
  (from, to, ...rest) => {
    const said = opens(unsaid)(from, to, ...rest);
    return said === MORE && uncovered(to, from, ends).length === 0 ? 'fine' : said;
  };
type Ends = 'all' | 'beginnings';

/** Names, or rules, that shut something. */
const shuts: Rule = (from, to) => (beyond(from, to).length === 0 ? 'fine' : 'less is held');

const shutsNames =
  (ends: Ends): Rule =>
  (from, to) =>
    uncovered(from, to, ends).length === 0 ? 'fine' : 'less is held';

/** Words from the weakest on; none is weaker than all. */
const ordered =
  (words: readonly string[]): Rule =>
  (from, to) =>
    words.findIndex((word) => word === to) >= words.findIndex((word) => word === from)
      ? 'fine'
      : 'it is less strict';

const ACTIONS = ['off', 'observe', 'redact', 'block'];
const action = ordered(ACTIONS);
const EFFORTS = ['xhigh', 'high', 'medium', 'low', 'minimal', 'none'];

/** A tier's own action, or the house's where it has none. */
const tierAction: Rule = (from, to, all, path) => {
  const guardrail = path.at(-1) ?? '';
  const ofHouse = (policy: PolicyTree): unknown => inside(policy, ['guardrails', guardrail, 'action']);
  // A detector's stands in no policy: only more than nothing can be told.
  const strongest = guardrail === 'detector' ? 'block' : undefined;
  return action(from ?? ofHouse(all.from) ?? strongest, to ?? ofHouse(all.to) ?? strongest, all, path);
};

/** Held for a person is less than nothing only where it was not open at all. */
const needsApproval: Rule = (from, to, all) => {
  if (uncovered(from, to, 'beginnings').length > 0) return 'less is held';
  const allowed = list(inside(all.from, ['tools', 'allow']));
  const isClosed = inside(all.from, ['tools', 'default']) === 'deny';
  const opened = uncovered(to, from, 'beginnings').filter((name) => {
    const mayAct = isClosed || name.includes('*') || HOSTED_TOOLS.includes(name);
    return mayAct && !allowed.includes(name) && !allowed.includes('*');
  });
  return opened.length === 0 ? 'fine' : 'what was closed waits for a person';
};

/** `store` and `background`. */
const flag: Rule = (from, to) => {
  const isHeld = to === 'forbid' || (isTree(to) && to['force'] === false);
  return isHeld && from === undefined ? 'fine' : 'something else is written, or nothing';
};

/** A section that matters by being there. */
const whole =
  (rules: { readonly added?: string; readonly gone?: string }): Rule =>
  (from, to) => {
    if (from === undefined) return rules.added ?? 'look inside';
    return to === undefined ? (rules.gone ?? 'fine') : 'look inside';
  };

/** Types in a list are acted upon; with an action each they are told one by one. */
const types: Rule = (from, to) => {
  if (Array.isArray(from) && Array.isArray(to)) return shuts(from, to, NONE, []);
  return Array.isArray(from) || Array.isArray(to) ? 'it is written otherwise' : 'look inside';
};
const NONE: Policies = { from: {}, to: {} };

/** What holds for a type that is not named depends on the type. */
const typeAction: Rule = (from, to, ...rest) => {
  if (from === undefined || to === undefined)
    return to === 'block' || from === 'off' ? 'fine' : 'it is not the same';
  return action(from, to, ...rest);
};

const more: Rule = (from, to) => (Number(to ?? 0) >= Number(from ?? 0) ? 'fine' : 'it is for fewer');
const off: Rule = (_, to) => (to === false ? 'fine' : 'it is on');

const LIMITS = Object.fromEntries(
  [
    'requestsPerMinute',
    'requestsPerHour',
    'requestsPerDay',
    'tokensPerMinute',
    'concurrency',
    'dailyBudgetUsd',
    'monthlyBudgetUsd',
    'maxTokensPerRequest',
  ].map((name) => [name, limit]),
);
const PARAMETERS = {
  store: flag,
  background: flag,
  'service_tier.allow': opens('everything'),
  'n.max': limit,
  'temperature.max': limit,
  'include.deny': shutsNames('all'),
  'reasoning.max': ordered(EFFORTS),
};

const RULES: Readonly<Record<string, Rule>> = {
  'tiers.*': whole({ added: 'a new tier' }),
  ...under('tiers.*', { ...LIMITS, requestsPerMinute: tierLimit, requestsPerHour: tierLimit }),
  'tiers.*.requestsPerDay': tierLimit,
  'tiers.*.onOverCap': () => 'fine',
  'tiers.*.models': opensNames('everything', 'beginnings'),
  ...under('tiers.*.guardrails', { injection: tierAction, pii: tierAction, secrets: tierAction }),
  'tiers.*.guardrails.detector': tierAction,
  ...under('tiers.*.parameters', PARAMETERS),
  ...under('teams.*', LIMITS),
  'teams.*.tiers': opens('something else'),
  ...under('teams.*.parameters', PARAMETERS),
  ...under('house', LIMITS),
  ...under('parameters', PARAMETERS),
  'endpoints.allow': opensNames('nothing', 'all'),
  'request.textCharsMax': limit,
  'request.characters': whole({ gone: 'any character is allowed' }),
  'request.unknownFields': ordered(['screen', 'refuse']),
  'request.unreadFiles': ordered(['relay', 'flag', 'refuse']),
  'models.unpriced': ordered(['ceiling', 'refuse']),
  'guardrails.injection.action': action,
  'guardrails.injection.preset': ordered(['lenient', 'balanced', 'strict']),
  'guardrails.injection.toolResults': ordered(['taint', 'block']),
  ...under('guardrails.pii', { action, types, reversible: off, inTokens: ordered(['observe', 'block']) }),
  'guardrails.pii.types.*': typeAction,
  'guardrails.pii.custom': shuts,
  'guardrails.*.allow.values': opens('nothing'),
  'guardrails.*.allow.patterns': opens('nothing'),
  ...under('guardrails.secrets', { action, inTokens: ordered(['observe', 'block']) }),
  ...under('guardrails.answers', { pii: action, secrets: action, images: action, links: action }),
  ...under('guardrails.answers', {
    systemPrompt: action,
    canaries: shuts,
    urlAllow: opensNames('nothing', 'all'),
  }),
  'guardrails.answers.unknownEvents': ordered(['screen', 'block']),
  'guardrails.rollout': whole({ added: 'not for everybody any more' }),
  ...under('guardrails.rollout.enforce', { teams: shuts, tiers: shuts, percent: more }),
  'guardrails.rollout.backToObserve': whole({ added: 'it may go back to observing' }),
  'tools.default': ordered(['allow', 'deny']),
  'tools.allow': opensNames('nothing', 'beginnings'),
  'tools.deny': shutsNames('beginnings'),
  'tools.needsApproval': needsApproval,
  'tools.taintNeedsApproval': shutsNames('beginnings'),
  'tools.arguments.*': shuts,
  ...under('tools', {
    callsPerAnswerMax: limit,
    callsPerMinute: limit,
    onDenied: ordered(['cut', 'refuse']),
    taintBy: ordered(['findings', 'results']),
  }),
  'tools.mcp.serverUrlAllow': opens('something else'),
  'tools.mcp.requireApproval': ordered(['asked', 'always']),
  'tools.mcp.headers': ordered(['relay', 'strip', 'refuse']),
  'references.urlAllow': opensNames('nothing', 'all'),
  // What only a start can change.
  detector: whole({ gone: 'nobody is asked any more' }),
  'detector.action': action,
  'detector.onFailure': ordered(['pass', 'block']),
  'history.enabled': off,
  'liveness.everySeconds': (_, to) => (Number(to) === 0 ? 'controls are not tried any more' : 'fine'),
  'incidents.rules.*': whole({ gone: 'the rule is gone' }),
  'incidents.rules.*.mode': ordered(['off', 'observe', 'enforce']),
  'containment.release': ordered(['one', 'auto', 'two']),
  'policy.weakerStart': ordered(['tell', 'hold']),
  'policy.widerKeys': ordered(['tell', 'hold']),
  'objects.isolation': ordered(['off', 'team', 'user']),
  'objects.unknown': ordered(['allow', 'refuse']),
  'objects.sealed': ordered(['observe', 'refuse']),
  'objects.groups.*': opens('nothing'),
};

const PATTERNS = Object.entries(RULES).map(([name, rule]) => ({ steps: name.split('.'), rule }));

/** The one for this place, if there is one. */
export function ruleAt(path: readonly string[]): Rule | undefined {
  return PATTERNS.find(
    ({ steps }) => steps.length === path.length && steps.every((step, i) => step === '*' || step === path[i]),
  )?.rule;
}

function under(path: string, rules: Readonly<Record<string, Rule>>): Readonly<Record<string, Rule>> {
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [`${path}.${name}`, rule]));
}

/** An object, and no list. */
export function isTree(value: unknown): value is PolicyTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inside(policy: PolicyTree, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isTree(value) ? value[name] : undefined), policy);
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.map((entry) => (typeof entry === 'string' ? entry : canonicalJson(entry)))
    : [];
}

/** What the first has and the second has not. */
function beyond(first: unknown, second: unknown): readonly string[] {
  const known = new Set(list(second));
  return list(first).filter((entry) => !known.has(entry));
}

/** The same, where a name of the second may stand for others. */
function uncovered(first: unknown, second: unknown, ends: Ends): readonly string[] {
  const open = list(second).filter((name) => (ends === 'all' ? name === '*' : name.endsWith('*')));
  return beyond(first, second).filter((name) => !open.some((start) => name.startsWith(start.slice(0, -1))));
}
