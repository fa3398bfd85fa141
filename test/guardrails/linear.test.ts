/**
 * Promise 42 beyond regular expressions: what is looked for from a place in a text is looked for within bounds. Eight times
 * the text may take three times that at most. Negative control: `lastIndexOf('.', end)` in `emailAt`, `lastIndexOf(' ', end)`
 * in `countTokens`, and the header of a table looked for anew at each label of its line, each put back, take thirty times as
 * long and more.
 */
import { describe, expect, test } from 'vitest';
import { SHIPPED_POLICY } from '../../src/guardrails/scan.ts';
import { screen } from '../../src/guardrails/screening.ts';
import { countTokens } from '../../src/openai/tokens.ts';

const CHARS = 65_536;
const GROWTH_MAX = 8 * 3;

/** The least of seven: what else the machine does is no cost of ours. */
function milliseconds(work: (text: string) => unknown, unit: string, chars: number): number {
  const times = [1, 2, 3, 4, 5, 6, 7].map((run) => {
    // Another text each time, as what was read is remembered.
    const text = run + unit.repeat(chars / unit.length);
    const began = process.cpuUsage();
    work(text);
    return process.cpuUsage(began).user / 1000;
  });
  return Math.min(...times);
}

const growth = (work: (text: string) => unknown, unit: string): number => {
  const few = milliseconds(work, unit, CHARS);
  return milliseconds(work, unit, 8 * CHARS) / Math.max(few, 1);
};

const inspect = (text: string): unknown =>
  screen([{ text, trust: 'user', class: 'prose' }], SHIPPED_POLICY).findings.length;

describe('screening is linear', () => {
  test.each(['https://a:b@', '12@DE89http:', '漢@Dear:', 'name, ', 'SSN\t', '(phone,x '])('%j', (unit) => {
    expect(growth(inspect, unit)).toBeLessThan(GROWTH_MAX);
  });
});

describe('counting tokens is linear', () => {
  test.each(['a', '://', 'i😀g😀n😀', '%61', 'many words '])('%j', (unit) => {
    expect(growth((text) => countTokens([text]), unit)).toBeLessThan(GROWTH_MAX);
  });
});
