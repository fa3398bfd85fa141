/**
 * What the policy in force promises, read from its settings alone: what enforces them is what is tried, so nothing of it is
 * asked here. What an operator has switched off is expected of nobody.
 */
import type { Action } from '../base/finding.ts';
import type { DetectionRules } from '../domain/requests/detection.ts';
import type { ObjectsSettings } from '../domain/objects/objects.ts';
import type { Tiers } from '../domain/limits/tiers.ts';
import type { ToolsSettings } from '../domain/tools/tools.ts';
import type { GuardrailsSettings } from '../guardrails/settings.ts';
import { PLANTED_TYPES, type PlantedType } from './plants.ts';

/** The sections of a configuration that are looked at. */
export interface Policy {
  readonly tiers: Tiers;
  readonly guardrails: GuardrailsSettings;
  readonly tools: ToolsSettings;
  readonly objects: ObjectsSettings;
  readonly endpoints: { readonly allow: readonly string[] };
  readonly detector?: Pick<DetectionRules, 'action' | 'onFailure' | 'roles'> | undefined;
}

/** Whether callers may use this operation. @param under what it is a transport of, whose name opens it as well */
export function allows({ endpoints: { allow } }: Policy, operation: string, under?: string): boolean {
  const isNamed = (name: string): boolean =>
    name === '*' || name === operation || name === under || operation.startsWith(`${name}.`);
  return allow.some(isNamed);
}

/** What holds for requests of one tier, and of all that have the same. */
export interface Profile {
  readonly tier: string;
  readonly injection: Action;
  readonly pii: Action;
  readonly secrets: Action;
}

/** More different ones than that are not tried. */
const PROFILES_MAX = 8;

/** One of each kind of tier, in the order of the configuration; at most 8. */
export function profilesOf({ tiers, guardrails }: Policy): readonly Profile[] {
  const profiles = new Map<string, Profile>();
  for (const [tier, { guardrails: own = {} }] of Object.entries(tiers)) {
    const injection = own.injection ?? guardrails.injection.action;
    const pii = own.pii ?? guardrails.pii.action;
    const secrets = own.secrets ?? guardrails.secrets.action;
    const kind = `${injection} ${pii} ${secrets}`;
    if (!profiles.has(kind)) profiles.set(kind, { tier, injection, pii, secrets });
  }
  return [...profiles.values()].slice(0, PROFILES_MAX);
}

/** What is done about a type where the action of its guardrail is this one. */
export function actionOf(type: PlantedType, action: Action, { types }: GuardrailsSettings['pii']): Action {
  if (action === 'off' || action === 'observe') return action;
  if (Array.isArray(types)) return types.includes(type) ? action : 'observe';
  return types[type] ?? action;
}

/** The same of answers: a type that is not acted upon in requests is observed in them. */
export function answerActionOf(type: PlantedType, { pii, answers }: GuardrailsSettings): Action {
  if (answers.pii === 'off' || answers.pii === 'observe') return answers.pii;
  const own = Array.isArray(pii.types) ? undefined : pii.types[type];
  if (own === 'off') return 'off';
  const isActedUpon = Array.isArray(pii.types) ? pii.types.includes(type) : own !== 'observe';
  return isActedUpon ? answers.pii : 'observe';
}

/** The type that most is done about, and what; undefined where all are off. */
export function strongestOf(actionOfType: (type: PlantedType) => Action): Strongest | undefined {
  const found = PLANTED_TYPES.map((type) => ({ type, action: actionOfType(type) }));
  return STRENGTH.flatMap((action) => found.filter((one) => one.action === action))[0];
}
interface Strongest {
  readonly type: PlantedType;
  readonly action: Action;
}
const STRENGTH: readonly Action[] = ['block', 'redact', 'observe'];

/** A function that must not be called; undefined where every one may be. */
export function deniedTool({
  deny,
  default: other,
  allow,
  needsApproval,
}: ToolsSettings): string | undefined {
  const [first] = deny;
  if (first !== undefined) return nameFor(first);
  if (other === 'allow' || [...allow, ...needsApproval].includes('*')) return undefined;
  return 'sallyport_probe';
}

/** A function whose calls wait for a person, and that is not denied as well. */
export function heldTool({ deny, needsApproval }: ToolsSettings): string | undefined {
  if (deny.includes('*')) return undefined;
  const [first] = needsApproval.filter((entry) => !deny.some((denied) => covers(denied, entry)));
  return first === undefined ? undefined : nameFor(first);
}

function nameFor(entry: string): string {
  return entry.endsWith('*') ? `${entry.slice(0, -1)}probe` : entry;
}

function covers(entry: string, name: string): boolean {
  return entry.endsWith('*')
    ? name.startsWith(entry.slice(0, -1))
    : entry.toLowerCase() === name.toLowerCase();
}
