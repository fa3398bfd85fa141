/** What is looked for in answers alone: addresses that a page would load or follow, and words of the system text. */
import type { Action, Finding } from '../base/finding.ts';
import type { View } from './canonical.ts';
import { findCanaries } from './leak.ts';
import { findLinks } from './links.ts';
import type { ScreenInput } from './screening.ts';

/** Each part is left out where nothing of it is looked for. */
export interface OutputRules {
  readonly links?: { readonly image: Action; readonly link: Action; readonly allow: readonly string[] };
  readonly leak?: { readonly action: Action; readonly canaries: readonly string[] };
}

/** `view` is of the text. */
export function findInOutput(
  { text, isRendered, isSystemText }: Pick<ScreenInput, 'text' | 'isRendered' | 'isSystemText'>,
  view: View,
  { links, leak }: OutputRules,
): Finding[] {
  const found =
    links && isRendered
      ? findLinks(text, links.allow).filter(({ type }) => actionOf(type, links) !== 'off')
      : [];
  if (!leak || leak.canaries.length === 0 || isSystemText) return found;
  return [...found, ...findCanaries(view, leak.canaries)];
}

/** What is done about a finding of `links` or `leak`. */
export function outcomeInOutput(
  { guardrail, type }: Finding,
  rules: OutputRules | undefined,
): 'observed' | 'redacted' | 'blocked' {
  if (guardrail === 'links') return OUTCOMES[rules?.links ? actionOf(type, rules.links) : 'off'];
  return OUTCOMES[rules?.leak?.action ?? 'off'];
}

/** Whether any of it changes a text, or stops it. */
export function changesOutput({ links, leak }: OutputRules): boolean {
  return [links?.image, links?.link, leak?.action].some(
    (action) => action === 'redact' || action === 'block',
  );
}

function actionOf(type: string, links: NonNullable<OutputRules['links']>): Action {
  return type === 'image' ? links.image : links.link;
}

const OUTCOMES = { off: 'observed', observe: 'observed', redact: 'redacted', block: 'blocked' } as const;
