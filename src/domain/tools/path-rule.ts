/**
 * Whether a path that a model wrote stays inside of the folders a tool may touch. POSIX semantics, by segments, on the
 * text alone: whether a folder holds a symbolic link is seen only where the tool runs, which has to check it there.
 * Refuses whatever another reader (a shell, a URL decoder, Windows) could take for another path.
 */
import { z } from 'zod';

/** UTF-16 units; Linux takes 4,096 bytes. */
export const PATH_CHARS_MAX = 4096;

/** Nothing that is invisible or no character: NUL and other controls, joiners, bidi marks, surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
/**
 * Separators of Windows, drives, streams and schemes; escapes of URLs, once or more often; and what looks like `/`, `.`,
 * `\`, `:` or `~` and stays after NFKC (Unicode TR 39, confusables; yen and won are backslashes in their code pages).
 */
const FOREIGN =
  /[\\:\u2044\u2215\u29f8\u2571\u27cb\u1735\u2041\u3002\u06d4\u0701\u0702\ua4f8\u2216\u29f5\u29f9\u00a5\u20a9\u2236\ua789\u02d0\u223c\u02dc]|%(?:[0-9a-f]{2}|u)/i;
/** Which of the same a character becomes that is not ASCII. */
const SPECIAL = /[/.\\:%~\u2044\u3002\u00a5\u20a9]/;
const ABOVE_ASCII = /[^\0-\x7f]/gu;
/** Devices of Windows, whatever ends their name; superscript digits count there. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])(?:\s*\..*)?$/i;
/** A home folder, or a short name of Windows. */
const TILDE = /^~|~\d/;
/**
 * Windows drops these at the end; in front they hide dots from who reads. Servlets cut a step at `;`, URLs a path at `?` and `#`:
 * what stands before is a step of dots to them, or none.
 */
const EDGES = /^\s|[\s.]$|^\.*;|^\.+[?#]/;

/** A folder: absolute, without anything that the rule itself refuses. */
const folderSchema = z
  .string()
  .refine((folder) => folder.startsWith('/') && segmentsOf(folder) !== undefined, {
    error: 'must be an absolute POSIX path without .. and special characters',
  });

/** A path rule of the configuration. */
export const pathRuleSchema = z.strictObject({
  /** Folders that the path must be, or stand in. */
  allow: z.array(folderSchema).min(1).max(64),
  /** What relative paths count from, as the tool does; without one they are refused. */
  base: folderSchema.optional(),
});
/** A path rule after its schema. */
export type PathRule = z.infer<typeof pathRuleSchema>;

/** The path as it resolves, absolute and without `.` and empty segments; undefined if it is not allowed. */
export function allowedPath(path: string, rule: PathRule): string | undefined {
  const own = segmentsOf(path);
  if (own === undefined || (!path.startsWith('/') && rule.base === undefined)) return undefined;
  const segments = path.startsWith('/') ? own : [...(segmentsOf(rule.base ?? '/') ?? []), ...own];
  const inside = rule.allow.some((folder) =>
    (segmentsOf(folder) ?? ['']).every((segment, index) => segment === segments[index]),
  );
  return inside ? `/${segments.join('/')}` : undefined;
}

/** Its segments without `.` and empty ones; undefined where it could be read in another way. */
function segmentsOf(path: string): string[] | undefined {
  if (path === '' || path.length > PATH_CHARS_MAX || path.startsWith('//')) return undefined;
  if (UNPRINTABLE.test(path) || FOREIGN.test(path)) return undefined;
  for (const [char] of path.matchAll(ABOVE_ASCII)) {
    if (SPECIAL.test(char.normalize('NFKC'))) return undefined;
  }
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.some((segment) => DEVICE.test(segment) || TILDE.test(segment) || EDGES.test(segment))
    ? undefined
    : segments;
}
