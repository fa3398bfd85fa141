/** Patterns of the operator's: RE2 alone, whose time is linear in the text whatever the pattern is. */
import { RE2JS } from 're2js';
import { z } from 'zod';
import { BoundedMap } from './bounded-map.ts';

/** Compiled once in each thread; of more than so many, the oldest are compiled again. */
const compiled = new BoundedMap<string, RE2JS>(4096);

/** @throws an error of the engine for what is no pattern of RE2 syntax */
export function patternOf(source: string): RE2JS {
  let pattern = compiled.get(source);
  if (!pattern) compiled.set(source, (pattern = RE2JS.compile(source)));
  return pattern;
}

/** Whether it is a pattern of RE2 syntax. */
function compiles(source: string): boolean {
  try {
    patternOf(source);
    return true;
  } catch {
    return false;
  }
}

/** A pattern in the configuration, 1 to 1,000 characters; it compiles. */
export const patternSchema = z.string().min(1).max(1000).refine(compiles, 'is not a pattern of RE2 syntax');
