/**
 * No regular expression that reads callers' or upstream's text takes more than linear time (promise 42): each is tried
 * on texts made of what it matches. Those named below read bounded texts alone. Its control is its first test; it also
 * told of the expression that `isOneWordALine` of the disguises once split its lines by, 0.08 s for 8 KiB of spaces.
 */
import { describe, expect, test } from 'vitest';
import {
  attacksOn,
  attackText,
  expressionsUnder,
  type Attack,
  type Expression,
} from '../support/expressions.ts';

/** A quadratic reading of so many units is 8 million steps or more, some 10 to 25 ms; a linear one takes 3 at most. */
const UNITS = 4000;
const MS_MAX = 8;
/** Worse than quadratic shows here, before it takes for ever. */
const FEW = [20, 24, 1000];

/** Read pieces that whoever calls has cut, of at most so many units: of a URL, of what a label names. */
const BOUNDED: Readonly<Record<string, number>> = {
  '[.,;:!?*]+$': 200,
  '[A-Za-z]{2}[\\w.]* ?.* |\\b[A-Za-z]{3,}': 160,
};

function milliseconds({ source, flags }: Expression, text: string): number {
  const expression = new RegExp(source, flags);
  const began = process.threadCpuUsage();
  if (expression.global) text.replaceAll(expression, '');
  else expression.test(text);
  return process.threadCpuUsage(began).user / 1000;
}

/** No collection of garbage takes so long. */
const MS_SURELY = 250;

/** The least of three: what else the thread does is no cost of the expression's. */
function isSlow(expression: Expression, attack: Attack, units: number): boolean {
  const text = attackText(attack, units);
  for (let tries = 0; tries < 3; tries++) {
    const took = milliseconds(expression, text);
    if (took <= MS_MAX) return false;
    if (took > MS_SURELY) return true;
  }
  return true;
}

function hurts(expression: Expression): Attack | undefined {
  const sizes = [...FEW, UNITS].map((units) => Math.min(units, BOUNDED[expression.source] ?? units));
  return attacksOn(expression).find((attack) => sizes.some((units) => isSlow(expression, attack, units)));
}

describe('expressions', () => {
  test.each([
    ['(?:a+)+$', ''],
    ['\\s*\\n\\s*', 'g'],
    ['^(.*),(.*),(.*);$', 's'],
    ['(?:x[a-z]*)*y', ''],
  ])('that grow are told: /%s/%s', (source, flags) => {
    expect(hurts({ path: '', source, flags })).toBeDefined();
  });

  test('of ours read in linear time', async () => {
    const all = await expressionsUnder(['guardrails', 'openai', 'domain']);
    expect(all.length).toBeGreaterThan(600);
    // A row a vendor's token: the same few shapes, of bounded length. Training reads no caller's text.
    const tried = all.filter(({ path }) => !/secrets\/vendors\.ts$|\/training\//.test(path));
    const grown = tried.flatMap((expression) => {
      const attack = hurts(expression);
      return attack
        ? [`${expression.path} /${expression.source}/${expression.flags} on ${JSON.stringify(attack)}`]
        : [];
    });
    expect(grown).toEqual([]);
  });
});
