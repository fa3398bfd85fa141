/**
 * What in a new policy is weaker than in the one before: a guardrail off, a budget up, a tool allowed. Pure. A field that no rule
 * knows counts as weaker whenever it changes, so that a new one is closed until somebody has thought about it.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import { isTree, type Policies, type PolicyTree, ruleAt } from './weakening-rules.ts';

/** One place where less is held. */
export interface Weakening {
  /** RFC 6901, into the policy. */
  readonly pointer: string;
  /** As they stand there; left out where nothing does. What only the system text may say is counted. */
  readonly from?: unknown;
  readonly to?: unknown;
  /** A few words for people. */
  readonly why: string;
}

/** In the order of their pointers; of what is stronger, or the same, nothing is told. */
export function weakenings(from: PolicyTree, to: PolicyTree): readonly Weakening[] {
  return compare(from, to, [], { from, to }).sort((a, b) =>
    a.pointer < b.pointer ? -1 : Number(a.pointer > b.pointer),
  );
}

function compare(from: unknown, to: unknown, path: readonly string[], all: Policies): Weakening[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  const said = ruleAt(path)?.(from, to, all, path);
  if (said === 'fine') return [];
  if (said !== undefined && said !== 'look inside') return [weakening(path, from, to, said)];
  const [before, after] = [treeOf(from), treeOf(to)];
  if (!before || !after || path.length === DEPTH_MAX)
    return [weakening(path, from, to, 'what it means is not known here')];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => compare(before[name], after[name], [...path, name], all));
}
const DEPTH_MAX = 16;

/** What is not there holds nothing. */
function treeOf(value: unknown): PolicyTree | undefined {
  if (value === undefined) return {};
  return isTree(value) ? value : undefined;
}

function weakening(path: readonly string[], from: unknown, to: unknown, why: string): Weakening {
  const pointer = path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const isSecret = pointer === '/guardrails/answers/canaries';
  const shown = (value: unknown): unknown => (isSecret && Array.isArray(value) ? value.length : value);
  return {
    pointer,
    ...(from !== undefined && { from: shown(from) }),
    ...(to !== undefined && { to: shown(to) }),
    why,
  };
}
