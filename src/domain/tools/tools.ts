/**
 * What holds for tools: by name, by type, by server, for calls by their arguments. Pure, of plain data, so that it runs
 * where the body is read; never tells a name back to a caller.
 */
import { z } from 'zod';
import type { Code } from '../../base/errors.ts';
import { addressOf, coversHost } from '../../base/hosts.ts';
import { isHosted } from '../../openai/hosted-tools.ts';
import type { Caller } from '../callers/caller.ts';
import { argumentsSchema, brokenRule, type ArgumentRule, type ArgumentsForm } from './tool-arguments.ts';
import { isIn, isInLoosely, isOddName, looseName } from './tool-names.ts';

/** Names of functions and types of tools, as they are or with a `*` at their end. */
const list = z.array(z.string().min(1).max(128)).max(1000).default([]);

/** The section `tools` of the configuration. */
export const toolsSchema = z.strictObject({
  /** What holds for functions, and for tools without effect or egress, in none of the lists. */
  default: z.enum(['allow', 'deny']).default('allow'),
  allow: list,
  /** Stronger than all else; these and those that need approval in any spelling that may pass for theirs. */
  deny: list,
  needsApproval: list,
  /** Need approval as well once the exchange is tainted. */
  taintNeedsApproval: list,
  /** What taints: an injection that was found in what a tool or a document says, or that it says anything at all. */
  taintBy: z.enum(['findings', 'results']).default('findings'),
  arguments: argumentsSchema.default({}),
  /** Calls that one answer may make, those repeated in a request among them. */
  callsPerAnswerMax: z.int().min(0).max(10_000).optional(),
  /** Calls that models may make for one user in any minute, over all processes; what a person allowed is not counted. */
  callsPerMinute: z.int().min(0).max(1_000_000).optional(),
  /**
   * What becomes of an answer with a call that is not allowed: all of it is refused, or the call is cut out and a note
   * stands for it.
   */
  onDenied: z.enum(['refuse', 'cut']).default('refuse'),
  mcp: z
    .strictObject({
      /** Hosts of servers, or `*.` and the end of their names; https only. Binds whatever `allow` says. */
      serverUrlAllow: z.array(z.string().min(1).max(253)).max(1000).optional(),
      /** `always` is written into every server that is declared with less. */
      requireApproval: z.enum(['always', 'asked']).default('always'),
      /** What becomes of `headers` and `authorization` of a server. */
      headers: z.enum(['strip', 'refuse', 'relay']).default('strip'),
    })
    .prefault({}),
});
/** The section after its schema. */
export type ToolsSettings = z.infer<typeof toolsSchema>;

/** What holds for one caller. Plain data. */
export interface ToolPolicy {
  readonly settings: ToolsSettings;
  /** Names and types that the key is bound to, if it is; narrows, never opens. */
  readonly keyTools: readonly string[] | undefined;
}

/** Whether every call may be made: nothing is denied, held, bounded or unknown. */
export function isOpen({ settings, keyTools }: ToolPolicy): boolean {
  const { allow, deny, needsApproval, taintNeedsApproval, arguments: rules } = settings;
  const lists = [deny, needsApproval, taintNeedsApproval, Object.keys(rules)];
  const { callsPerAnswerMax, callsPerMinute } = settings;
  const isBound = (keyTools ?? callsPerAnswerMax ?? callsPerMinute) !== undefined;
  return allow.includes('*') && !isBound && lists.every((list) => list.length === 0);
}

/**
 * The policy of each caller, by what holds when it is asked: its `settings` are the same object until that changes.
 * @param inForce the section at the moment
 * @param denied what the kill switch shuts at the moment, the same list until that changes
 */
export function toolPolicies(
  inForce: () => ToolsSettings,
  denied: () => readonly string[],
): (caller: Caller) => ToolPolicy {
  let shut: readonly string[] = [];
  let settings = inForce();
  let narrowed = settings;
  return ({ key }) => {
    const now = inForce();
    const next = denied();
    if (next !== shut || now !== settings) {
      shut = next;
      settings = now;
      narrowed = next.length > 0 ? { ...now, deny: [...now.deny, ...next] } : now;
    }
    return { settings: narrowed, keyTools: key?.tools };
  };
}

/** Types that read only, and reach nothing that the caller has not named: they go by `default`, as functions do. */
const QUIET: ReadonlySet<string> = new Set([
  'web_search',
  'file_search',
  'code_interpreter',
  'tool_search',
  'programmatic_tool_calling',
]);
/** Dated and earlier names of a type mean the same; so do the two that the one for computers has. */
function namesOf(type: string): readonly string[] {
  const plain = type.replace(/(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/, '');
  return plain === 'computer_use' || plain === 'computer'
    ? [type, 'computer', 'computer_use']
    : [type, plain];
}

/** Of a tool that is declared or called; undefined where it is in none of the lists. */
function listing(
  tool: readonly string[],
  { settings, keyTools }: ToolPolicy,
): 'denied' | 'listed' | undefined {
  const { allow, deny, needsApproval } = settings;
  const some = (list: readonly string[]): boolean => tool.some((name) => isIn(list, name));
  if (tool.some((name) => isInLoosely(deny, name))) return 'denied';
  if (keyTools !== undefined && !some(keyTools)) return 'denied';
  return some(allow) || some(needsApproval) ? 'listed' : undefined;
}

/** Whether a function of this name may be declared and called. */
export function allowsFunction(name: string, policy: ToolPolicy): boolean {
  const found = listing([name], policy);
  return (
    found === 'listed' || (found === undefined && policy.settings.default === 'allow' && !isOddName(name))
  );
}

/** Whether a name may stand where it is neither declared nor called: it is not denied. */
export function allowsMention(name: string, { settings }: ToolPolicy): boolean {
  return !isInLoosely(settings.deny, name);
}

/** Calls of these are held for a person, once somebody can hold them. */
export function needsApproval(name: string, { settings }: ToolPolicy, tainted: boolean): boolean {
  return (
    isInLoosely(settings.needsApproval, name) || (tainted && isInLoosely(settings.taintNeedsApproval, name))
  );
}

type Fields = Readonly<Record<string | number, unknown>>;

/** Whether a tool of a type may be declared; a type that nobody knows, one with effect or egress must be listed. */
export function allowsType(type: string, fields: Fields, policy: ToolPolicy, tainted: boolean): boolean {
  const names = namesOf(type);
  const found = listing(names, policy);
  if (found === 'denied') return false;
  // Nobody could hold its calls.
  const isHeld = names.some((name) => needsApproval(name, policy, tainted));
  if (isHeld && isHosted({ ...fields, type })) return false;
  const isQuiet = names.some((name) => QUIET.has(name)) && !Object.hasOwn(fields, 'network_policy');
  return found === 'listed' || (isQuiet && policy.settings.default === 'allow');
}

/** Whether an MCP server may be declared: every way it says it is reached must be listed. */
export function allowsServer(server: Fields, policy: ToolPolicy): boolean {
  const { serverUrlAllow, headers } = policy.settings.mcp;
  const url = server['server_url'];
  const ids = [server['connector_id'], server['tunnel_id']].filter((id) => id !== undefined && id !== null);
  const hasUrl = url !== undefined && url !== null;
  const byType = listing(['mcp'], policy);
  if (byType === 'denied') return false;
  if (headers === 'refuse' && CREDENTIALS.some((name) => (server[name] ?? null) !== null)) return false;
  if (!hasUrl && ids.length === 0) return byType === 'listed';
  const isUrlFine = !hasUrl || (serverUrlAllow ? isServer(url, serverUrlAllow) : byType === 'listed');
  return isUrlFine && ids.every((id) => isConnector(id, byType === 'listed', policy.settings));
}

/** Members of a server's declaration that open it. */
export const CREDENTIALS: readonly string[] = ['authorization', 'headers'];

function isServer(url: unknown, hosts: readonly string[]): boolean {
  const address = typeof url === 'string' ? addressOf(url) : undefined;
  return address?.scheme === 'https' && hosts.some((entry) => coversHost(entry, address.host));
}

function isConnector(id: unknown, isListed: boolean, { allow, deny }: ToolsSettings): boolean {
  if (typeof id !== 'string' || isInLoosely(deny, id)) return false;
  return isListed || isIn(allow, id);
}

/** What is known of an answer when it makes a call. */
export interface CallState {
  /** Calls that it has made before. */
  readonly callsBefore: number;
  readonly tainted: boolean;
  /** An MCP server carries it out: its name is no function's, and only `deny` is about it. */
  readonly remote?: boolean;
  /** Default `json`; `text` for a custom tool. */
  readonly form?: ArgumentsForm;
}

/** What becomes of a call; `pointer` is the rule's own, never what was written. */
export type ToolVerdict =
  | { readonly verdict: 'allowed' | 'needsApproval' }
  | { readonly verdict: 'denied'; readonly code: Code; readonly pointer?: string };

/** Why it may not be made; undefined where it may, or a person may allow it. */
export function deniedBy(found: ToolVerdict): Code | undefined {
  return found.verdict === 'denied' ? found.code : undefined;
}

const DENIED: ToolVerdict = { verdict: 'denied', code: 'tool.denied' };
const ALLOWED: ToolVerdict = { verdict: 'allowed' };
const NEEDS_APPROVAL: ToolVerdict = { verdict: 'needsApproval' };

/**
 * Whether a model's call may reach whoever carries it out. Each argument rule is asked, also where approval is needed:
 * a person decides only about what the policy leaves open.
 * @param argumentsText as the model wrote them, whole
 */
export function checkToolCall(
  name: string,
  argumentsText: string,
  policy: ToolPolicy,
  state: CallState,
): ToolVerdict {
  const { settings } = policy;
  const isNameFine = state.remote ? allowsMention(name, policy) : allowsFunction(name, policy);
  if (!isNameFine) return DENIED;
  return checkRest(name, argumentsText, rulesOf(name, settings.arguments), policy, state);
}

/**
 * The same for a tool of OpenAI's own, or one that nobody knows: it goes by its type, and by the rules under that.
 * @param item all of it, as JSON
 * @param fields of it: what tells whether the caller carries it out
 */
export function checkTypedCall(
  type: string,
  item: string,
  fields: Fields,
  policy: ToolPolicy,
  state: CallState,
): ToolVerdict {
  if (!allowsType(type, fields, policy, state.tainted)) return DENIED;
  return checkRest(type, item, ownRules(type, policy.settings.arguments), policy, state);
}

function checkRest(
  name: string,
  text: string,
  rules: readonly ArgumentRule[],
  policy: ToolPolicy,
  { callsBefore, tainted, form }: CallState,
): ToolVerdict {
  if (callsBefore >= (policy.settings.callsPerAnswerMax ?? Infinity)) {
    return { verdict: 'denied', code: 'tool.calls' };
  }
  const pointer = brokenRule(text, rules, form);
  if (pointer !== undefined) return { verdict: 'denied', code: 'tool.arguments', pointer };
  return needsApproval(name, policy, tainted) ? NEEDS_APPROVAL : ALLOWED;
}

/** Whether what a tool is called with changes anything: if not, a call may be judged by its name. */
export function readsArguments(name: string, isTyped: boolean, { settings }: ToolPolicy): boolean {
  const rules = isTyped ? ownRules(name, settings.arguments) : rulesOf(name, settings.arguments);
  return rules.length > 0;
}

function rulesOf(name: string, rules: ToolsSettings['arguments']): readonly ArgumentRule[] {
  const ofAll = rules['*'] ?? NO_RULES;
  const own = ownRules(name, rules);
  return own.length === 0 ? ofAll : [...own, ...ofAll];
}
const NO_RULES: readonly ArgumentRule[] = [];

const loosely = new WeakMap<ToolsSettings['arguments'], ReadonlyMap<string, readonly ArgumentRule[]>>();

/** In any spelling: who looks a tool up carelessly is bound as well. */
function ownRules(name: string, rules: ToolsSettings['arguments']): readonly ArgumentRule[] {
  let found = loosely.get(rules);
  if (!found) {
    const all = new Map<string, readonly ArgumentRule[]>();
    for (const [key, own] of Object.entries(rules)) {
      if (key !== '*') all.set(looseName(key), [...(all.get(looseName(key)) ?? []), ...own]);
    }
    loosely.set(rules, (found = all));
  }
  return found.get(looseName(name)) ?? NO_RULES;
}
