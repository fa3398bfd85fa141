/**
 * The tools of a request against the policy of its caller: what it declares, chooses and repeats; and what is written into
 * the MCP servers it declares, so that upstream asks before it calls them and gets no credential that was not meant for it.
 */
import type { Code } from '../../base/errors.ts';
import { type Body, documentsOf, type JsonBody, type Text } from '../../openai/body.ts';
import { dropMembers, type Edit, keysOfElement, setValue } from '../../openai/json-edit.ts';
import { pointer } from '../../openai/json-place.ts';
import { findToolUses, type ToolUse } from '../../openai/tool-uses.ts';
import {
  allowsFunction,
  allowsMention,
  allowsServer,
  allowsType,
  checkToolCall,
  CREDENTIALS,
  needsApproval,
  type ToolPolicy,
} from './tools.ts';

/** Why a request is refused for its tools. Plain data. */
export interface ToolFault {
  readonly code: Code;
  /** JSON pointer. */
  readonly param: string;
  /** Name or type as it was written, if it is short, for the audit log, which keeps it only if it looks like one. */
  readonly tool: string | undefined;
}

export interface RequestTools {
  /** The first, in the order of the body. */
  readonly fault: ToolFault | undefined;
  /** Of a JSON body, in any order; none where there is a fault. */
  readonly edits: readonly Edit[];
  /** It declares a tool whose calls are held for approval. */
  readonly holdsCalls?: boolean;
}

/** Servers of one request that are rewritten, each at the cost of a look at all keys; more are refused. */
const REWRITTEN_MAX = 64;
const NOTHING: RequestTools = { fault: undefined, edits: [] };
type ServerUse = ToolUse & { readonly kind: 'server' };

/** Linear in the body, and next to nothing for one that says nothing of tools. */
export function checkRequestTools(
  body: Body | undefined,
  policy: ToolPolicy,
  tainted: boolean,
): RequestTools {
  if (!body) return NOTHING;
  const edits: Edit[] = [];
  let holdsCalls = false;
  let rewritten = 0;
  for (const document of body.kind === 'json' ? [body] : documentsOf(body)) {
    for (const use of findToolUses(document)) {
      const code = codeOf(use, policy, tainted);
      if (code) return faultOf(use, code);
      if (use.kind === 'function' || use.kind === 'typed')
        holdsCalls ||= needsApproval(use.kind === 'typed' ? use.type : use.name, policy, tainted);
      if (use.kind !== 'server') continue;
      const ofServer = serverEdits(document, use, policy, tainted);
      if (ofServer.length > 0) rewritten++;
      // Files are relayed as they are.
      const rewrittenMax = body.kind === 'json' ? REWRITTEN_MAX : 0;
      if (rewritten > rewrittenMax) return faultOf(use, 'tool.denied');
      edits.push(...ofServer);
    }
  }
  return edits.length === 0 && !holdsCalls ? NOTHING : { fault: undefined, edits, holdsCalls };
}

/** Whether what tools or documents say taints, and there is any. */
export function bringResults(texts: readonly Text[], { settings }: ToolPolicy): boolean {
  return settings.taintBy === 'results' && texts.some(({ trust }) => trust === 'tool');
}

function faultOf(use: ToolUse, code: Code): RequestTools {
  const written = 'name' in use ? use.name : use.kind === 'typed' ? use.type : undefined;
  const tool = use.kind === 'server' ? 'mcp' : written;
  // A worker hands it back.
  const isShort = tool !== undefined && tool.length <= 128;
  return { fault: { code, param: pointer(use.at), tool: isShort ? tool : undefined }, edits: [] };
}

/** What is held for approval may be declared: its calls are what is held. */
function codeOf(use: ToolUse, policy: ToolPolicy, tainted: boolean): Code | undefined {
  if (use.kind === 'calls') {
    return use.count > (policy.settings.callsPerAnswerMax ?? Infinity) ? 'tool.calls' : undefined;
  }
  if (use.kind === 'call') {
    const { name, remote, form } = use;
    const found = checkToolCall(name, use.arguments, policy, { callsBefore: 0, tainted, remote, form });
    return found.verdict === 'denied' ? found.code : undefined;
  }
  return isAllowed(use, policy, tainted) ? undefined : 'tool.denied';
}

type Named = Exclude<ToolUse, { readonly kind: 'call' | 'calls' }>;

function isAllowed(use: Named, policy: ToolPolicy, tainted: boolean): boolean {
  if (use.kind === 'function') return allowsFunction(use.name, policy);
  if (use.kind === 'typed') return allowsType(use.type, use.fields, policy, tainted);
  return use.kind === 'server' ? allowsServer(use.fields, policy) : allowsMention(use.name, policy);
}

function serverEdits(body: JsonBody, use: ServerUse, policy: ToolPolicy, tainted: boolean): Edit[] {
  const { mcp } = policy.settings;
  const asked = use.fields['require_approval'];
  // Left out, it is `always` (OpenAI, Responses API, tool of type `mcp`).
  const isLess = asked !== undefined && asked !== 'always';
  const isRaised = isLess && (mcp.requireApproval === 'always' || needsApproval('mcp', policy, tainted));
  const isStripped = mcp.headers === 'strip' && CREDENTIALS.some((name) => Object.hasOwn(use.fields, name));
  if (!isRaised && !isStripped) return [];
  const keys = keysOfElement(body, use.at?.parent, Number(use.at?.key));
  const approval = isRaised ? keys.find(({ value }) => value === 'require_approval') : undefined;
  return [
    ...(isStripped ? dropMembers(body, keys, new Set(CREDENTIALS)) : []),
    ...(approval ? [setValue(body, approval, '"always"')] : []),
  ];
}
